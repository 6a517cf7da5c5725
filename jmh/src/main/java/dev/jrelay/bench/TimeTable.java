// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * When each event of a run is due: event i at {@code start + i / rate}. Its latency counts from then to the end of its
 * write, so that a stall is charged to all events that it delays (no coordinated omission).
 */
final class TimeTable {
    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST = 60L * SECOND;
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(LONGEST, DIGITS);
    private final Histogram measured = new Histogram(LONGEST, DIGITS);
    private final long interval;

    /** With {@code rate} events a second. */
    TimeTable(int rate) {
        this.interval = SECOND / rate;
    }

    /** One run: each event is written as soon as it is due. */
    void run(int events, Runnable write) {
        long due = System.nanoTime();
        for (int i = 0; i < events; i++) {
            due += interval;
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            write.run();
            histogram.recordValue(System.nanoTime() - due);
        }
    }

    /** At the end of an iteration: keeps its latencies if it was a measured one. */
    void keep(IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            measured.add(histogram);
        }
        histogram.reset();
    }

    /** Leaves the latencies of all measured iterations. */
    void save(String name, BenchmarkParams params) throws IOException {
        Latencies.save(name, params.getThreads(), measured);
    }
}
