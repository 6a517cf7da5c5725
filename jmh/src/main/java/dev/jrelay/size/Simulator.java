// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.SplittableRandom;

/**
 * A discrete-event simulation of one buffer in no-overwrite mode, by the rules of the protocol: a message that does not
 * fit closes the sub-buffer, one that fills it exactly closes it too, so does the look of the channel's thread that
 * finds it open for the second time where there is a bound on the delay; the next one is opened unless n are produced
 * and not consumed, and the consumer frees whole sub-buffers.
 *
 * <p>Time goes from message to message; a consumer is no process of its own, since when it will have taken a
 * sub-buffer is known when that is delivered. Deterministic for a seed.
 *
 * <p>A brief run leaves out the time in which the consumer has taken everything and no stall or burst is near: nothing
 * is lost there. It counts the messages of it; padding and latencies are then those around stalls.
 */
final class Simulator {
    /** A consumer that has this share of its time to spare never falls behind without a stall or a burst. */
    private static final double SPARE = 0.5;

    private final Load load;
    private final long size;
    private final int count;
    private final SplittableRandom random;
    private final StallTimes stalls;
    private final Outcome outcome = new Outcome();

    /** When the consumer will have taken each of the last n sub-buffers, ns. */
    private final double[] taken;
    private long produced;
    private long consumed;
    private double consumerFree;

    private int offset;
    private double opened;
    private boolean losing;

    private Simulator(Load load, long size, int count, long seed, boolean independent) {
        this.load = load;
        this.size = size;
        this.count = count;
        this.random = new SplittableRandom(seed);
        this.stalls = new StallTimes(load, seed, independent);
        this.taken = new double[count];
    }

    /**
     * Simulates.
     *
     * @param size of a sub-buffer, bytes
     * @param count of sub-buffers
     * @param seed of the random numbers
     * @param seconds of simulated time
     */
    static Outcome run(Load load, long size, int count, long seed, double seconds) {
        final Simulator simulator = new Simulator(load, size, count, seed, false);
        simulator.run(seconds * Load.SECOND, load.traffic().arrivals(seed), Double.POSITIVE_INFINITY);
        return simulator.outcome;
    }

    /**
     * Simulates what matters for losses.
     *
     * @param independent whether bursts and stalls know nothing of each other; else they meet
     */
    static Outcome brief(Load load, long size, int count, long seed, double seconds, boolean independent) {
        final Simulator simulator = new Simulator(load, size, count, seed, independent);
        final boolean isIdle = load.bytesPerSecond() <= SPARE * load.consumerRate() && Double.isInfinite(load.delay());
        simulator.run(seconds * Load.SECOND, load.traffic().arrivals(seed),
                isIdle ? size / load.bytesPerSecond() * Load.SECOND : Double.POSITIVE_INFINITY);
        return simulator.outcome;
    }

    /** Runs; what lies further ahead of the next stall than {@code near} ns may be left out. */
    private void run(double until, Traffic.Arrivals arrivals, double near) {
        for (arrivals.next(); arrivals.time() < until; arrivals.next()) {
            message(arrivals.time(), arrivals.length());
            if (consumerFree <= arrivals.time() && !losing) {
                leaveOut(arrivals, until, near);
            }
        }
    }

    /** Goes on shortly before the next stall or burst, with a current sub-buffer that is as full as any. */
    private void leaveOut(Traffic.Arrivals arrivals, double until, double near) {
        while (stalls.to() <= arrivals.time()) {
            stalls.next();
        }
        final double time = Math.min(until, stalls.from()) - near;
        final long left = time <= arrivals.time() ? 0L : arrivals.skip(time);
        if (left > 0L) {
            outcome.messages += left;
            outcome.leftOut += left;
            final long used = (long) (random.nextDouble() * (size - load.headerBytes() - load.sizes().max()));
            offset = (int) (load.headerBytes() + used - (load.sizes().isFixed() ? used % load.sizes().max() : 0L));
            opened = arrivals.time(); // the bound on the delay is infinite
        }
    }

    private void message(double now, int length) {
        outcome.messages++;
        if (offset != 0 && now >= closedAt()) {
            close(closedAt());
        }
        if (offset != 0 && offset + length > size) {
            close(now);
        }
        if (offset == 0) {
            while (consumed < produced && taken[(int) (consumed % count)] <= now) {
                consumed++;
            }
            if (produced - consumed >= count) {
                outcome.lost++;
                outcome.lostBytes += length;
                outcome.episodes += losing ? 0L : 1L;
                losing = true;
                return;
            }
            offset = load.headerBytes();
            opened = now;
        }
        losing = false;
        offset += length;
        outcome.bytes += length;
        if (offset == size) {
            close(now);
        }
    }

    /** When the current sub-buffer is closed though it is not full: at the second look from its opening on. */
    private double closedAt() {
        final double look = load.delay() / 2.0;
        return Double.isInfinite(look) ? look : (Math.floor(opened / look) + 2.0) * look;
    }

    private void close(double now) {
        outcome.subBuffers++;
        outcome.padding += size - offset;
        final double begin = afterStall(Math.max(now, consumerFree));
        outcome.latency.recordValue(Math.min((long) (begin - opened), outcome.latency.getHighestTrackableValue()));
        consumerFree = work(begin, offset / load.consumerRate() * Load.SECOND);
        while (consumed < produced && taken[(int) (consumed % count)] <= now) {
            consumed++;
        }
        taken[(int) (produced % count)] = consumerFree;
        produced++;
        outcome.maxBacklog = Math.max(outcome.maxBacklog, produced - consumed);
        offset = 0;
    }

    /** When the consumer, free at {@code time}, is out of any stall. */
    private double afterStall(double time) {
        while (stalls.to() <= time) {
            stalls.next();
        }
        return Math.max(time, stalls.from() <= time ? stalls.to() : time);
    }

    /** When work of {@code nanos} that begins outside of a stall is done. */
    private double work(double begin, double nanos) {
        double now = begin;
        double left = nanos;
        while (now + left > stalls.from()) {
            left -= Math.max(0.0, stalls.from() - now);
            now = stalls.to();
            stalls.next();
        }
        return now + left;
    }
}
