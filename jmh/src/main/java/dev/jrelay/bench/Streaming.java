// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * How fast do messages go through: one writer that waits for room, one consumer on another core that spins and copies
 * all of them?
 *
 * <p>The time of a message is that of the slower side, since the memory is small against the number of messages.
 *
 * <pre>
 * java -jar target/benchmarks.jar Streaming
 * </pre>
 */
@Question(value = "What does a message cost from one writer to a copying consumer on another core?",
        limits = {Relay.SHARED + "=stream", Relay.EXCLUSIVE + "=stream-single"})
@State(Scope.Thread)
public class Streaming extends Measured {
    /** Who is written to. */
    @Param(Group.STREAM)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** Bytes of a message. */
    @Param({"16", "64", "256", "1024"})
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    private Losses losses;
    private Stream stream;

    /** Starts the consumer. */
    @Setup(Level.Trial)
    public void open(Losses counters) {
        losses = counters;
        stream = new Stream(subject, new Setting(size, capacity, storage));
    }

    /** Messages, each repeated until it is taken. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() {
        losses.full += stream.put(Subject.BATCH);
        losses.messages += Subject.BATCH;
    }

    /** Accounts for every message. */
    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) {
        stream.close(params, losses.allMessages());
    }
}
