// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.SplittableRandom;

/**
 * When the stalls of a run are: one in each period. Bursts and stalls that both come by the clock meet again and again,
 * or never; which of the two cannot be told beforehand, so a stall is taken to begin where it does most harm, unless
 * the two are said to be independent. Not thread-safe.
 */
final class StallTimes {
    private final Load load;
    private final long seed;
    private final boolean independent;
    private final SplittableRandom random;
    private double from;
    private double to;
    private double period;

    /** Stands at the first stall. */
    StallTimes(Load load, long seed, boolean independent) {
        this.load = load;
        this.seed = seed;
        this.independent = independent;
        this.random = new SplittableRandom(~seed);
        next();
    }

    /** Goes to the next stall. */
    void next() {
        final Stalls stalls = load.stalls();
        if (stalls.kind() == Stalls.Kind.NONE) {
            from = Double.POSITIVE_INFINITY;
            to = Double.POSITIVE_INFINITY;
            return;
        }
        final double length = stalls.sample(random);
        final double share = random.nextDouble();
        final double latest = period + stalls.period() - length;
        final double worst = independent ? Double.NaN : load.traffic().worst(seed, period, latest, length);
        from = Math.max(to, Double.isNaN(worst) ? period + (latest - period) * share : worst);
        to = from + length;
        period += stalls.period();
    }

    /** When the current one begins, ns. */
    double from() {
        return from;
    }

    /** When it is over, ns. */
    double to() {
        return to;
    }
}
