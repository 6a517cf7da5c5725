// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

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
    private static final int SHORT_RUNS = 40;
    /** -ln(1 - 0.95): the mean of a Poisson distribution that gives 0 in one of 20 cases. */
    private static final double NONE_SEEN = 3.0;

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

    /** The loss that 95 % of single runs of so many seconds stay within: what chance does to a short run. */
    static double chance(Load load, Search.Candidate candidate, long first, double seconds) {
        final double[] losses = IntStream.range(0, SHORT_RUNS).parallel().mapToDouble(i -> Simulator.run(load,
                candidate.size(), candidate.count(), first + i, seconds).loss()).sorted().toArray();
        return losses[(int) Math.ceil(CONFIDENCE * SHORT_RUNS) - 1];
    }

    /** What may be said of the loss with 95 % confidence: where none was seen in n messages, that it is below 3/n. */
    double bound() {
        return total.lost == 0L ? NONE_SEEN / Math.max(1L, total.messages) : upper;
    }

    boolean meets(Load load) {
        return upper <= load.loss();
    }
}
