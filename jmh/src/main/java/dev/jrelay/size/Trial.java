// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import dev.jrelay.SharedWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * The load on the real channel: one buffer, a writer whose messages are due at times that do not depend on how fast it
 * gets on (open loop: no coordinated omission), a consumer that copies, is held to its rate and stalls as the load
 * says.
 *
 * <p>A message begins with the time it was due, ns, if it has 8 bytes or more. Losses, padding and backlog are the
 * channel's own counters.
 */
final class Trial {
    private static final long LOOK = 1_000_000L;
    /** Waits shorter than this are spun, ns: parking is not more exact than that. */
    private static final long SPIN = 100_000L;

    private final Load load;
    private final Channel channel;
    private final long seed;
    /** Of writer and consumer, so that bursts and stalls meet as they do in the simulation. */
    private final long start = System.nanoTime();
    private final Outcome outcome = new Outcome();
    private final byte[] message;
    private Throwable failure;
    private int lastPadding;

    private Trial(Load load, Channel channel, long seed) {
        this.load = load;
        this.channel = channel;
        this.seed = seed;
        this.message = new byte[load.sizes().max()];
    }

    /**
     * Runs the load.
     *
     * @param seconds how long
     * @param cancelled looked at now and then; the outcome is then that of a shorter run
     * @throws IOException if the channel cannot be opened
     */
    static Outcome run(Load load, long size, int count, long seed, double seconds, BooleanSupplier cancelled)
            throws IOException, InterruptedException {
        try (Channel channel = Channel.open(ChannelConfig.builder("trial").bufferCount(1)
                .subBufferSize(Math.toIntExact(size)).subBufferCount(count).headerBytes(load.headerBytes())
                .flushAfter(Double.isInfinite(load.delay()) ? Duration.ZERO : Duration.ofNanos((long) load.delay()))
                .preTouch(true).build())) {
            return new Trial(load, channel, seed).run((long) (seconds * Load.SECOND), cancelled);
        }
    }

    private Outcome run(long nanos, BooleanSupplier cancelled) throws IOException, InterruptedException {
        final Consumer claimed = channel.consumer(0);
        final Thread consumer = Thread.ofPlatform().name("trial-consumer").uncaughtExceptionHandler((thread, thrown) ->
                failure = thrown).start(() -> consume(claimed));
        try {
            write(nanos, cancelled);
            channel.flush();
        } finally {
            channel.close();
            consumer.join();
        }
        if (failure != null) {
            throw new IllegalStateException("the trial's consumer failed: " + failure, failure);
        }
        return outcome;
    }

    private void write(long nanos, BooleanSupplier cancelled) {
        final SharedWriter writer = channel.writer(0);
        final Traffic.Arrivals arrivals = load.traffic().arrivals(seed);
        boolean losing = false;
        long now = 0L;
        long due = 0L;
        arrivals.next();
        for (long i = 0L; arrivals.time() < nanos; i++) {
            if ((i & 1023L) == 0L && cancelled.getAsBoolean()) {
                break;
            }
            due = (long) arrivals.time();
            while (now < due) {
                now = System.nanoTime() - start;
                if (due - now > SPIN) {
                    LockSupport.parkNanos(due - now - SPIN);
                }
            }
            final boolean lost = log(writer, start + due, arrivals.length()) < 0L;
            outcome.episodes += lost && !losing ? 1L : 0L;
            losing = lost;
            arrivals.next();
            if (arrivals.time() > due) { // the last one that was due then
                now = System.nanoTime() - start;
                outcome.writing.recordValue(Math.max(0L, now - due));
            }
        }
    }

    private long log(SharedWriter writer, long due, int length) {
        if (length >= Long.BYTES) {
            for (int i = 0; i < Long.BYTES; i++) {
                message[i] = (byte) (due >>> 8 * i);
            }
        }
        return writer.write(message, 0, length);
    }

    private void consume(Consumer claimed) {
        final byte[] copy = new byte[channel.geometry().subBufferSize()];
        final Histogram latency = outcome.latency;
        final StallTimes stalls = new StallTimes(load, seed, false);
        try (Consumer consumer = claimed) {
            while (consumer.poll(LOOK) != Readiness.HANG_UP) {
                SubBuffer subBuffer = consumer.next();
                while (subBuffer != null) {
                    while (System.nanoTime() - start >= stalls.from()) {
                        waitUntil(start + (long) stalls.to());
                        stalls.next();
                    }
                    final long begin = System.nanoTime();
                    final MemorySegment bytes = subBuffer.segment();
                    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0L, copy, 0, subBuffer.length());
                    if (subBuffer.length() >= load.headerBytes() + Long.BYTES) {
                        latency.recordValue(Math.clamp(begin - bytes.get(ValueLayout.JAVA_LONG_UNALIGNED,
                                load.headerBytes()), 0L, latency.getHighestTrackableValue()));
                    }
                    lastPadding = subBuffer.padding();
                    waitUntil(begin + (long) (subBuffer.length() / load.consumerRate() * Load.SECOND));
                    consumer.subBuffersConsumed(1);
                    subBuffer = consumer.next();
                }
            }
        }
        count(channel.buffer(0).statsSinceOpen());
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0L; left = nanoTime - System.nanoTime()) {
            if (left > SPIN) {
                LockSupport.parkNanos(left - SPIN);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void count(BufferStats stats) {
        outcome.messages = stats.attempted().records();
        outcome.lost = stats.lost().records();
        outcome.lostBytes = stats.lost().bytes();
        outcome.bytes = stats.delivered().bytes();
        outcome.padding = stats.paddingBytes() - lastPadding; // the last one was flushed, not full
        outcome.subBuffers = stats.delivered().subBuffers();
        outcome.maxBacklog = stats.maxBacklog();
    }
}
