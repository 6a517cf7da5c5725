// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * What several simulations of one configuration say.
 *
 * @param total all of them together
 * @param upper the upper end of the one-sided 95 % confidence interval of the share of lost messages; 0 if none was
 *     seen lost
 * @param stalls of all of them
 */
record Estimate(Outcome total, double upper, double stalls) {
    private static final double CONFIDENCE = 0.95;
    private static final int SHORT_RUNS = 40;
    /** -ln(1 - 0.95): the mean of a Poisson distribution that gives 0 in one of 20 cases. */
    private static final double NONE_SEEN = 3.0;
    /** Where a loss is allowed, it is known to this share of what is allowed. */
    private static final double PRECISION = 0.05;
    private static final int ROUNDS = 10;

    /** Simulates in full, once for each seed {@code first}, {@code first + 1}, … */
    static Outcome detail(Load load, long size, int count, long first, Search.Effort effort) {
        final double seconds = effort.seconds(load);
        final Outcome total = new Outcome();
        IntStream.range(0, effort.seeds()).parallel().mapToObj(i -> Simulator.run(load, size, count, first + i,
                seconds)).toList().forEach(total::add);
        return total;
    }

    /** What is lost, over a few stalls: for what is drawn. */
    static Estimate brief(Load load, long size, int count, long first, Search.Effort effort) {
        final Sum sum = new Sum();
        sum.run(load, size, count, first, effort, false);
        return sum.estimate(load);
    }

    /**
     * What is lost, over as many stalls as a decision needs.
     *
     * @param independent whether stalls know nothing of bursts
     */
    static Estimate loss(Load load, long size, int count, long first, Search.Effort effort, boolean independent) {
        final Sum sum = new Sum();
        do {
            sum.run(load, size, count, first + sum.seeds, effort, independent);
        } while (!sum.isEnough(load, effort) && !sum.isTooMuch(effort));
        return sum.estimate(load);
    }

    /**
     * Simulates until it is clear whether the target is met: with none to be lost, until one is or enough stalls are
     * survived; else until the interval is narrow, or on one side.
     */
    static Estimate decide(Load load, long size, int count, long first, Search.Effort effort) {
        final Sum sum = new Sum();
        for (int round = 0;; round++) {
            for (int i = 0; i < 1 << Math.max(0, round - 1); i++) {
                sum.run(load, size, count, first + sum.seeds, effort, false);
            }
            final boolean isLast = round == ROUNDS || sum.isTooMuch(effort);
            final boolean isEnough = sum.isEnough(load, effort);
            final double mean = sum.losses.getMean();
            final double error = sum.error();
            final double target = load.loss();
            final boolean isClear = target == 0.0 ? sum.total.lost > 0L || isEnough
                    : mean - 2.0 * error > target || isEnough && (mean + error <= target || mean - error > target
                    || error <= PRECISION * target);
            if (isLast || isClear) {
                return sum.estimate(load);
            }
        }
    }

    /** The loss that 95 % of single runs of so many seconds stay within: what chance does to a short run. */
    static double chance(Load load, Search.Candidate candidate, long first, double seconds) {
        final double[] losses = IntStream.range(0, SHORT_RUNS).parallel().mapToDouble(i -> Simulator.brief(load,
                candidate.size(), candidate.count(), first + i, seconds, false).loss()).sorted().toArray();
        return losses[(int) Math.ceil(CONFIDENCE * SHORT_RUNS) - 1];
    }

    /** Simulations so far. */
    private static final class Sum {
        private final Outcome total = new Outcome();
        private final SummaryStatistics losses = new SummaryStatistics();
        private int seeds;
        private double nanos;

        void run(Load load, long size, int count, long first, Search.Effort effort, boolean independent) {
            final double seconds = effort.briefSeconds(load);
            IntStream.range(0, effort.seeds()).parallel().mapToObj(i -> Simulator.brief(load, size, count, first + i,
                    seconds, independent)).toList().forEach(outcome -> {
                        total.add(outcome);
                        losses.addValue(outcome.loss());
                    });
            seeds += effort.seeds();
            nanos += effort.seeds() * seconds * Load.SECOND;
        }

        boolean isEnough(Load load, Search.Effort effort) {
            return load.stalls().kind() == Stalls.Kind.NONE || stalls(load) >= effort.stallsAtLeast(load.stalls());
        }

        boolean isTooMuch(Search.Effort effort) {
            return total.messages - total.leftOut >= effort.messagesAtMost();
        }

        double stalls(Load load) {
            return nanos / load.stalls().period();
        }

        /** Half of the interval of the mean; one simulation alone says nothing of it. */
        double error() {
            return seeds < 2 ? Double.POSITIVE_INFINITY : new TDistribution(null, seeds - 1.0)
                    .inverseCumulativeProbability(CONFIDENCE) * losses.getStandardDeviation() / Math.sqrt(seeds);
        }

        Estimate estimate(Load load) {
            return new Estimate(total, total.lost == 0L ? 0.0 : losses.getMean() + error(), stalls(load));
        }
    }

    /** The share of lost messages. */
    double loss() {
        return total.loss();
    }

    /** What may be said of the loss with 95 % confidence: where none was seen in n messages, that it is below 3/n. */
    double bound() {
        return total.lost == 0L ? bound(total.messages) : upper;
    }

    /** The bound where none of {@code messages} was lost. */
    static double bound(long messages) {
        return NONE_SEEN / Math.max(1L, messages);
    }

    boolean meets(Load load) {
        return upper <= load.loss();
    }
}
