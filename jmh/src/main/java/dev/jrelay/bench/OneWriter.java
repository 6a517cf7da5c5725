// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.infra.BenchmarkParams;

/** One thread that writes, and drains what it wrote when there is no room: the consumer costs it, but nobody else. */
final class OneWriter {
    private final Subject subject;
    private final Subject.Writer writer;
    private final Losses losses;
    private long drained;

    OneWriter(String subject, Setting setting, Losses losses) {
        this.subject = Subject.open(subject, setting);
        this.writer = this.subject.newWriter();
        this.losses = losses;
    }

    void write() {
        int written = writer.write(Subject.BATCH);
        while (written < Subject.BATCH) {
            drain();
            written += writer.write(Subject.BATCH - written);
        }
        losses.messages += written;
    }

    void events() {
        int written = writer.events(Subject.BATCH);
        while (written < Subject.BATCH) {
            drain();
            written += writer.events(Subject.BATCH - written);
        }
        losses.messages += written;
    }

    private void drain() {
        losses.full++;
        drained += subject.drain();
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
