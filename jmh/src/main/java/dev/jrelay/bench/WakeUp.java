// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import dev.jrelay.SharedWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does the delivery of a sub-buffer cost its writer when the consumer sleeps, polls, or is not there, and how long
 * until the consumer has it? {@code deliver} is a write and a flush, {@code roundTrip} lasts until the consumer has
 * consumed it.
 *
 * <p>The times are samples of single calls, {@code nanoTime} included.
 *
 * <pre>
 * java -jar target/benchmarks.jar WakeUp
 * </pre>
 */
@Question("What does it cost a writer to wake a sleeping consumer?")
@BenchmarkMode(Mode.SampleTime)
@State(Scope.Thread)
public class WakeUp extends Measured {
    private static final long WAIT_NANOS = 1_000_000_000L;

    /** What the consumer does while there is nothing. */
    @Param({"none", "polling", "sleeping"})
    public String consumer;

    /** Where the channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    private final byte[] message = new byte[64];
    private Place place;
    private Channel channel;
    private SharedWriter writer;
    private Thread thread;
    private volatile long consumed;
    private long delivered;

    /** Starts the consumer. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        final boolean none = consumer.equals("none");
        place = new Place(storage);
        channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).bufferCount(1)
                .subBufferSize(4096).subBufferCount(64)
                .mode(none ? dev.jrelay.Mode.OVERWRITE : dev.jrelay.Mode.NO_OVERWRITE).build());
        writer = channel.writer(0);
        consumed = 0L;
        delivered = 0L;
        thread = none ? null : Thread.ofPlatform().daemon().start(this::consume);
    }

    private void consume() {
        final boolean sleeping = consumer.equals("sleeping");
        try (Consumer c = channel.consumer(0)) {
            long total = 0L;
            for (;;) {
                final Readiness readiness = c.poll(sleeping ? WAIT_NANOS : 0L);
                if (readiness == Readiness.HANG_UP) {
                    return;
                }
                for (SubBuffer s = c.next(); s != null; s = c.next()) {
                    c.subBuffersConsumed(1);
                    total++;
                    consumed = total;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Waits until the consumer has nothing to do, and does it. */
    @Setup(Level.Invocation)
    public void settle() {
        if (thread != null) {
            while (consumed < delivered
                    || consumer.equals("sleeping") && thread.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
    }

    /** The writer's side. */
    @Benchmark
    public void deliver() {
        writer.write(message, 0, message.length);
        channel.flush();
        delivered++;
    }

    /** Both sides. */
    @Benchmark
    public void roundTrip() {
        deliver();
        while (thread != null && consumed < delivered) {
            Thread.onSpinWait();
        }
    }

    /** Ends the consumer. */
    @TearDown(Level.Trial)
    public void close() throws InterruptedException, IOException {
        channel.close();
        if (thread != null) {
            thread.join();
        }
        place.close();
        if (thread != null && consumed != delivered) {
            throw new IllegalStateException(delivered + " sub-buffers delivered, " + consumed + " consumed");
        }
    }
}
