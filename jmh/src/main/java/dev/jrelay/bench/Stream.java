// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.infra.BenchmarkParams;

/** A subject, its one writer, and a spinning consumer thread that copies everything. */
final class Stream {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final Subject subject;
    private final Subject.Writer writer;
    private final Thread consumer;
    private volatile long consumed;
    private volatile boolean stopped;
    private volatile Throwable failure;

    Stream(String name, Setting setting) {
        subject = Subject.open(name, setting.copied());
        writer = subject.newWriter();
        consumer = Thread.ofPlatform().daemon().name("consumer").start(this::consume);
    }

    private void consume() {
        long total = 0L;
        try {
            while (!stopped) {
                final long taken = subject.drain();
                if (taken == 0L) {
                    Thread.onSpinWait();
                } else {
                    total += taken;
                    consumed = total;
                }
            }
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
    }

    /** Writes messages when there is room; returns how often there was none. */
    int put(int count) {
        int full = 0;
        int written = writer.write(count);
        while (written < count) {
            full++;
            do {
                Thread.onSpinWait();
            } while (!writer.hasRoom() && failure == null);
            if (failure != null) {
                throw new IllegalStateException("the consumer failed", failure);
            }
            written += writer.write(count - written);
        }
        return full;
    }

    /** Waits until everything is consumed. */
    void close(BenchmarkParams params, long written) {
        writer.flush();
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (consumed < written && failure == null && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        stopped = true;
        try {
            consumer.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        subject.close();
        if (consumed != written) {
            throw new IllegalStateException(params.getBenchmark() + ": " + written + " messages written, " + consumed
                    + " consumed", failure);
        }
    }
}
