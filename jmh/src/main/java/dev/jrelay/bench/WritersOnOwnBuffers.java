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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What does a write cost when each of several threads writes to a buffer of its own? The channels have a buffer for
 * each thread; of the peers each thread has a ring. Each thread drains its own when it is full. The time is that of
 * each writer's messages: flat is good.
 *
 * <pre>
 * java -jar target/benchmarks.jar WritersOnOwnBuffers
 * </pre>
 */
@Question(value = "What does a write cost when 1, 2 and all cores write to a buffer each?",
        limits = {Relay.SHARED + "=own-rings"})
@State(Scope.Benchmark)
public class WritersOnOwnBuffers extends Measured {
    /** Who is written to. */
    @Param(Group.OWN_BUFFERS)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** Bytes of a message. */
    @Param({"64", "256"})
    public int size;

    /** Bytes of payload memory of each buffer. */
    @Param("524288")
    public int capacity;

    /** On the one channel with a buffer for each; null where each thread has a ring. */
    private Writers together;

    /** One thread's buffer. */
    @State(Scope.Thread)
    public static class Side {
        private Writers writers;
        private Subject.Writer writer;
        private Losses losses;

        /** Takes a buffer of the channel, or opens a ring. */
        @Setup(Level.Trial)
        public void join(WritersOnOwnBuffers benchmark, Losses counters) {
            losses = counters;
            writers = benchmark.together != null ? benchmark.together
                    : new Writers(Subject.open(benchmark.subject, benchmark.setting()));
            writer = writers.join();
        }

        private void write() {
            losses.full += writers.put(writer);
            losses.messages += Subject.BATCH;
        }

        /** Accounts for every message. */
        @TearDown(Level.Trial)
        public void leave(BenchmarkParams params) {
            writers.leave(writer, losses.allMessages(), params);
        }
    }

    /** Opens the channel. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) {
        together = !Peers.isIn(Group.OVERWRITE, subject) ? null
                : new Writers(Subject.open(subject, setting().withBuffers(params.getThreads())));
    }

    private Setting setting() {
        return new Setting(size, capacity, storage);
    }

    /** One writer. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    @Threads(1)
    public void one(Side side) {
        side.write();
    }

    /** Two writers. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    @Threads(2)
    public void two(Side side) {
        side.write();
    }

    /** A writer for each core. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    @Threads(Threads.MAX)
    public void all(Side side) {
        side.write();
    }
}
