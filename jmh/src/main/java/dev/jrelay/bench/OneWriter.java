// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.infra.BenchmarkParams;

/** One thread that writes, and drains what it wrote when there is no room: the consumer costs it, but nobody else. */
final class OneWriter {
    /** Messages of one invocation: a loop, as in {@code limits.c}. */
    static final int BATCH = 256;

    private final Subject subject;
    private final Subject.Writer writer;
    private final Losses losses;
    private long drained;

    OneWriter(String subject, int size, int capacity, Losses losses) {
        this.subject = Subject.open(subject, size, capacity, false);
        this.writer = this.subject.newWriter();
        this.losses = losses;
    }

    void write() {
        final Subject.Writer to = writer;
        int written = 0;
        for (int i = 0; i < BATCH; i++) {
            if (to.write() || drained() && to.write()) {
                written++;
            }
        }
        count(written);
    }

    void events() {
        final Subject.Writer to = writer;
        int written = 0;
        for (int i = 0; i < BATCH; i++) {
            if (to.event(i) || drained() && to.event(i)) {
                written++;
            }
        }
        count(written);
    }

    private void count(int written) {
        losses.messages += written;
        losses.lost += BATCH - written;
    }

    private boolean drained() {
        losses.full++;
        drained += subject.drain();
        return true;
    }

    /** Every message must have come out again, or have been overwritten where that is the mode. */
    void close(BenchmarkParams params) {
        writer.flush();
        final long overwritten = subject.overwritten();
        drained += overwritten > 0L ? overwritten : subject.drain();
        subject.close();
        if (drained != losses.allMessages()) {
            throw new IllegalStateException(params.getBenchmark() + ": " + losses.allMessages() + " messages written, "
                    + drained + " consumed or overwritten");
        }
    }
}
