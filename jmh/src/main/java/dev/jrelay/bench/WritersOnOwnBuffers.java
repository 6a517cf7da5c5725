// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
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
        limits = {"relay-shared=own-rings"})
@State(Scope.Benchmark)
public class WritersOnOwnBuffers extends Measured {
    /** Who is written to. */
    @Param({"relay-shared-overwrite", "relay-exclusive-overwrite", "relay-shared", "relay-exclusive", "agrona-1to1",
        "disruptor-single", "jctools-spsc"})
    public String subject;

    /** Bytes of a message. */
    @Param({"64", "256"})
    public int size;

    /** Bytes of payload memory of each buffer. */
    @Param("524288")
    public int capacity;

    private RelaySubject channel;
    private int writers;
    private long written;

    private synchronized Subject.Writer join() {
        writers++;
        return channel.newWriter();
    }

    /** The last one accounts for the messages of all. */
    private synchronized void leave(long messages, BenchmarkParams params) {
        written += messages;
        writers--;
        if (writers == 0 && channel.overwritten() != written) {
            throw new IllegalStateException(params.getBenchmark() + ": " + written + " messages written, "
                    + channel.overwritten() + " overwritten or there");
        }
    }

    /** One thread's buffer. */
    @State(Scope.Thread)
    public static class Side {
        private Subject own;
        private Subject.Writer writer;
        private Losses losses;
        private WritersOnOwnBuffers together;
        private long drained;

        /** Takes a buffer of the channel, or opens a ring. */
        @Setup(Level.Trial)
        public void join(WritersOnOwnBuffers benchmark, Losses counters) {
            losses = counters;
            if (benchmark.channel != null && benchmark.subject.contains("overwrite")) {
                together = benchmark;
                writer = benchmark.join();
            } else {
                own = Subject.open(benchmark.subject, benchmark.size, benchmark.capacity, false);
                writer = own.newWriter();
            }
        }

        private void write() {
            while (!writer.write()) {
                losses.full++;
                drained += own.drain();
            }
            losses.messages++;
        }

        /** Accounts for what it wrote to its own ring. */
        @TearDown(Level.Trial)
        public void leave(BenchmarkParams params) {
            writer.flush();
            if (own == null) {
                together.leave(losses.allMessages(), params);
            } else {
                drained += own.drain();
                own.close();
                if (drained != losses.allMessages()) {
                    throw new IllegalStateException(params.getBenchmark() + ": " + losses.allMessages()
                            + " messages written, " + drained + " consumed");
                }
            }
        }
    }

    /** Opens the channel. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) {
        channel = !subject.contains("overwrite") ? null
                : new RelaySubject(subject, new byte[size], capacity, false, params.getThreads());
    }

    /** One writer. */
    @Benchmark
    @Threads(1)
    public void one(Side side) {
        side.write();
    }

    /** Two writers. */
    @Benchmark
    @Threads(2)
    public void two(Side side) {
        side.write();
    }

    /** A writer for each core. */
    @Benchmark
    @Threads(Threads.MAX)
    public void all(Side side) {
        side.write();
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() {
        if (channel != null) {
            channel.close();
        }
    }
}
