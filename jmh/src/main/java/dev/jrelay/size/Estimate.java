// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * What several simulations of one configuration say.
 *
 * @param total all of them together
 * @param loss the mean share of lost messages
 * @param upper the upper end of its one-sided 95 % confidence interval
 */
record Estimate(Outcome total, double loss, double upper) {
    private static final double CONFIDENCE = 0.95;
    /** -ln(1 - 0.95): with no loss in k stalls, more than 3 / k of them do not lose at this confidence. */
    private static final double RULE_OF_THREE = 3.0;

    /**
     * Simulates with the seeds {@code first}, {@code first + 1}, …
     *
     * @param seconds simulated for each seed
     */
    static Estimate of(Load load, long size, int count, long first, int seeds, double seconds) {
        final Outcome[] outcomes = IntStream.range(0, seeds).parallel()
                .mapToObj(i -> Simulator.run(load, size, count, first + i, seconds)).toArray(Outcome[]::new);
        final Outcome total = new Outcome();
        final SummaryStatistics losses = new SummaryStatistics();
        for (final Outcome outcome : outcomes) {
            total.add(outcome);
            losses.addValue(outcome.loss());
        }
        final double error = seeds < 2 ? Double.POSITIVE_INFINITY
                : new TDistribution(null, seeds - 1.0).inverseCumulativeProbability(CONFIDENCE)
                * losses.getStandardDeviation() / Math.sqrt(seeds);
        return new Estimate(total, total.loss(), total.lost == 0L ? 0.0 : losses.getMean() + error);
    }

    /** With no loss seen: the share of stalls that may still lose something, at 95 % confidence; else 1. */
    static double unseen(Load load, double simulatedSeconds) {
        final double stalls = simulatedSeconds * Load.SECOND / load.stalls().period();
        return DoubleStream.of(1.0, RULE_OF_THREE / stalls).min().orElseThrow();
    }

    boolean meets(Load load) {
        return upper <= load.loss();
    }
}
