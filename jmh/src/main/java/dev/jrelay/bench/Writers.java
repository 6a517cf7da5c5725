// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Several threads that write to one subject; whoever finds no room drains it, one at a time. */
final class Writers {
    private final Subject subject;
    private final ReentrantLock draining = new ReentrantLock();
    private int writers;
    private long written;
    private long drained;

    Writers(Subject subject) {
        this.subject = subject;
    }

    synchronized Subject.Writer join() {
        writers++;
        return subject.newWriter();
    }

    /** Writes a batch of messages; returns how often there was no room. */
    int put(Subject.Writer writer) {
        int full = 0;
        int written = writer.write(Subject.BATCH);
        while (written < Subject.BATCH) {
            full++;
            do {
                drain();
            } while (!writer.hasRoom());
            written += writer.write(Subject.BATCH - written);
        }
        return full;
    }

    private void drain() {
        if (draining.tryLock()) {
            try {
                drained += subject.drain();
            } finally {
                draining.unlock();
            }
        } else {
            Thread.yield();
        }
    }

    /** The last one accounts for the messages of all. */
    synchronized void leave(Subject.Writer writer, long messages, BenchmarkParams params) {
        written += messages;
        writer.flush();
        if (--writers > 0) {
            return;
        }
        final long overwritten = subject.overwritten();
        drained += overwritten > 0L ? overwritten : subject.drain();
        subject.close();
        if (drained != written) {
            throw new IllegalStateException(params.getBenchmark() + ": " + written + " messages written, " + drained
                    + " consumed or overwritten");
        }
    }
}
