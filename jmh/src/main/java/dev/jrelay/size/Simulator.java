// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.SplittableRandom;

/**
 * A discrete-event simulation of one buffer in no-overwrite mode, by the rules of the protocol: a message that does not
 * fit closes the sub-buffer, one that fills it exactly closes it too, the next one is opened unless n are produced and
 * not consumed, and the consumer frees whole sub-buffers. Messages come at random (Poisson), bursts at once.
 *
 * <p>Time goes from message to message; a consumer is no process of its own, since when it will have taken a
 * sub-buffer is known when that is delivered. Deterministic for a seed.
 */
final class Simulator {
    private final Load load;
    private final long size;
    private final int count;
    private final SplittableRandom random;
    private final SplittableRandom stallRandom;
    private final Outcome outcome = new Outcome();

    /** When the consumer will have taken each of the last n sub-buffers, ns. */
    private final double[] taken;
    private long produced;
    private long consumed;
    private double consumerFree;
    private double stallFrom;
    private double stallTo;
    private double nextPeriod;

    private int offset;
    private double opened;
    private boolean losing;

    private Simulator(Load load, long size, int count, long seed) {
        this.load = load;
        this.size = size;
        this.count = count;
        this.random = new SplittableRandom(seed);
        this.stallRandom = random.split();
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
        final Simulator simulator = new Simulator(load, size, count, seed);
        simulator.run(seconds * Load.SECOND);
        return simulator.outcome;
    }

    private void run(double until) {
        final double gap = Load.SECOND / load.rate();
        nextStall();
        double burst = load.burst() == 0 ? Double.POSITIVE_INFINITY : load.burstPeriod() * random.nextDouble();
        double now = 0.0;
        for (;;) {
            final double next = now + gap * random.nextExponential();
            while (burst <= next && burst < until) {
                for (int i = 0; i < load.burst(); i++) {
                    message(burst);
                }
                burst += load.burstPeriod();
            }
            if (next >= until) {
                return;
            }
            now = next;
            message(now);
        }
    }

    private void message(double now) {
        final int length = load.sizes().sample(random);
        outcome.messages++;
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
        while (stallTo <= time) {
            nextStall();
        }
        return Math.max(time, stallFrom <= time ? stallTo : time);
    }

    /** When work of {@code nanos} that begins outside of a stall is done. */
    private double work(double begin, double nanos) {
        double now = begin;
        double left = nanos;
        while (now + left > stallFrom) {
            left -= Math.max(0.0, stallFrom - now);
            now = stallTo;
            nextStall();
        }
        return now + left;
    }

    private void nextStall() {
        if (load.stalls().kind() == Stalls.Kind.NONE) {
            stallFrom = Double.POSITIVE_INFINITY;
            stallTo = Double.POSITIVE_INFINITY;
            return;
        }
        final double length = load.stalls().sample(stallRandom);
        stallFrom = Math.max(stallTo, nextPeriod + (load.stalls().period() - length) * stallRandom.nextDouble());
        stallTo = stallFrom + length;
        nextPeriod += load.stalls().period();
    }
}
