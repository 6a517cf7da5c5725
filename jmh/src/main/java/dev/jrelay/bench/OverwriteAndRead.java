// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.BufferStats;
import dev.jrelay.Consumer;
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
 * What does a live reader cost the writer of a flight recorder? Overwrite mode, 64 bytes, with no reader, with one that
 * takes sub-buffers as fast as it can, and with one that takes snapshots.
 *
 * <pre>
 * java -jar target/benchmarks.jar OverwriteAndRead
 * </pre>
 */
@Question("What does a live reader cost a writer in overwrite mode?")
@State(Scope.Thread)
public class OverwriteAndRead extends Measured {
    /** Which kind of buffer. */
    @Param(Group.OVERWRITE)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** What the other thread does. */
    @Param({"none", "take", "snapshot"})
    public String reader;

    /** Bytes of a message. */
    @Param("64")
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    private RelaySubject relay;
    private Subject.Writer writer;
    private Losses losses;
    private Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** Starts the reader. */
    @Setup(Level.Trial)
    public void open(Losses counters) {
        losses = counters;
        relay = (RelaySubject) Subject.open(subject, new Setting(size, capacity, storage));
        writer = relay.newWriter();
        stopped = false;
        thread = reader.equals("none") ? null : Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
        try (Consumer consumer = relay.channel().consumer(0)) {
            while (!stopped) {
                if (reader.equals("snapshot")) {
                    consumer.snapshot();
                } else if (consumer.next() == null) {
                    Thread.onSpinWait();
                }
            }
        } catch (RuntimeException | Error thrown) {
            failure = thrown;
        }
    }

    /** Messages; one that is refused is given up. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() {
        int left = Subject.BATCH;
        while (left > 0) {
            final int written = writer.write(left);
            losses.messages += written;
            left -= written;
            if (left > 0) {
                losses.lost++;
                left--;
            }
        }
    }

    /** Accounts for every message: taken, passed over, overwritten or still there. */
    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) throws InterruptedException {
        stopped = true;
        if (thread != null) {
            thread.join();
        }
        final BufferStats stats = relay.channel().statsSinceReset();
        relay.close();
        if (failure != null || stats.attempted().records() != losses.allMessages()) {
            throw new IllegalStateException(params.getBenchmark() + ": " + losses.allMessages() + " messages, " + stats,
                    failure);
        }
    }
}
