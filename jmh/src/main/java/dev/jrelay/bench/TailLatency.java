// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;

/**
 * How long does the slowest write take? A writer with a time table: message i is due at {@code start + i / rate}, and
 * its latency counts from then to the end of its write, so that a stall is charged to all messages that it delays (no
 * coordinated omission). The consumer on another core spins and copies. The switch path is in the tail: 1 of 1024
 * messages of 64 bytes opens a sub-buffer of 64 KiB.
 *
 * <p>The score is the duration of a run of 1 s; the percentiles are in {@code latency.hlog} and in the report, merged
 * over all JVMs ({@link Latencies}).
 *
 * <pre>
 * java -jar target/benchmarks.jar TailLatency
 * </pre>
 */
@Question("How long does the slowest write take, on a time table?")
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@State(Scope.Thread)
public class TailLatency extends Measured {
    private static final int WARM_UP = 20;

    /** Who is written to. */
    @Param(Group.STREAM)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** Bytes of a message. */
    @Param("64")
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    /** Messages a second. */
    @Param("1000000")
    public int rate;

    /** Messages of one run. */
    @Param("1000000")
    public int messages;

    private Losses losses;
    private Stream stream;
    private TimeTable table;

    /** Starts the consumer. */
    @Setup(Level.Trial)
    public void open(Losses counters) {
        losses = counters;
        stream = new Stream(subject, new Setting(size, capacity, storage));
        table = new TimeTable(rate);
        warm();
    }

    /**
     * As many messages as 20 runs have, as fast as they go: at the rate of a run what happens once for each sub-buffer
     * would be compiled during the measurement, on the cores of the two threads.
     */
    private void warm() {
        for (long i = 0L; i < warmUp(); i++) {
            stream.put(1);
        }
    }

    private long warmUp() {
        return (long) WARM_UP * messages;
    }

    /** One run by the time table. */
    @Benchmark
    public void run() {
        table.run(messages, this::put);
    }

    private void put() {
        losses.full += stream.put(1);
        losses.messages++;
    }

    /** Keeps the latencies of measured iterations. */
    @TearDown(Level.Iteration)
    public void keep(IterationParams iteration) {
        table.keep(iteration);
    }

    /** Accounts for every message. */
    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws IOException {
        stream.close(params, warmUp() + losses.allMessages());
        table.save(Row.subject(subject, storage) + ", " + size + " B, " + rate + "/s", params);
    }
}
