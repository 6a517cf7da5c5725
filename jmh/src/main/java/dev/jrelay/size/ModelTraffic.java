// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.SplittableRandom;

/**
 * Messages at random moments (Poisson), and bursts of messages at once with a fixed period beside them.
 *
 * @param sizes lengths of messages
 * @param rate messages per second on the average, bursts not included
 * @param burst messages of a burst
 * @param burstPeriod from one burst to the next, ns; infinite for none
 */
record ModelTraffic(MessageSizes sizes, double rate, int burst, double burstPeriod) implements Traffic {
    /** Messages without bursts. */
    ModelTraffic(MessageSizes sizes, double rate) {
        this(sizes, rate, 0, Double.POSITIVE_INFINITY);
    }

    @Override
    public double messagesPerSecond() {
        return rate + (burst == 0 ? 0.0 : burst * Load.SECOND / burstPeriod);
    }

    @Override
    public double most(double nanos) {
        final double bursts = burst == 0 ? 0.0 : burst * (1.0 + Math.floor(nanos / burstPeriod));
        return (rate * nanos / Load.SECOND + bursts) * sizes.mean();
    }

    @Override
    public boolean hasBursts() {
        return burst > 0;
    }

    /** A stall does most harm that begins with a burst: no other one meets as many of them. */
    @Override
    public double worst(long seed, double from, double to, double nanos) {
        if (burst == 0) {
            return Double.NaN;
        }
        final double first = firstBurst(seed);
        final double begin = first + Math.max(0.0, Math.ceil((from - first) / burstPeriod)) * burstPeriod;
        return begin <= to ? begin : Double.NaN;
    }

    private double firstBurst(long seed) {
        return burst == 0 ? Double.POSITIVE_INFINITY : burstPeriod * new SplittableRandom(seed).nextDouble();
    }

    @Override
    public Arrivals arrivals(long seed) {
        return new Poisson(seed);
    }

    private final class Poisson implements Arrivals {
        private final SplittableRandom random;
        private final double gap = Load.SECOND / rate;
        private double single;
        private double nextBurst;
        private int bursting;
        private double time;
        private int length;

        Poisson(long seed) {
            random = new SplittableRandom(seed).split();
            nextBurst = firstBurst(seed);
            single = gap * random.nextExponential();
        }

        @Override
        public void next() {
            if (bursting == 0 && nextBurst <= single) {
                bursting = burst;
                time = nextBurst;
                nextBurst += burstPeriod;
            }
            if (bursting > 0) {
                bursting--;
            } else {
                time = single;
                single += gap * random.nextExponential();
            }
            length = sizes.sample(random);
        }

        @Override
        public double time() {
            return time;
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public long skip(double to) {
            final double until = Math.min(to, nextBurst);
            if (bursting > 0 || until <= single) {
                return 0L;
            }
            final long left = 1L + Math.round((until - single) / gap);
            single = until + gap * random.nextExponential();
            return left;
        }
    }

    @Override
    public String toString() {
        return sizes.toString();
    }
}
