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
 * What does a write cost when several threads write to one buffer? A thread that finds no room drains the buffer, if no
 * other does. The time is that of each writer's messages.
 *
 * <pre>
 * java -jar target/benchmarks.jar WritersOnOneBuffer
 * </pre>
 */
@Question(value = "What does a write cost when 1, 2 and all cores write to one buffer?",
        limits = {"relay=one-ring"})
@State(Scope.Benchmark)
public class WritersOnOneBuffer extends Measured {
    /** Who is written to. */
    @Param(Group.ONE_BUFFER)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** Bytes of a message. */
    @Param({"64", "256"})
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    private Writers writers;

    /** One thread's writer and its account. */
    @State(Scope.Thread)
    public static class Side {
        private Subject.Writer writer;
        private Writers writers;
        private Losses losses;

        /** Takes part. */
        @Setup(Level.Trial)
        public void join(WritersOnOneBuffer benchmark, Losses counters) {
            writers = benchmark.writers;
            writer = writers.join();
            losses = counters;
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

    /** Opens the subject. */
    @Setup(Level.Trial)
    public void open() {
        writers = new Writers(Subject.open(subject, new Setting(size, capacity, storage)));
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
