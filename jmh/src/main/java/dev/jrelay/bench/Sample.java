// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Measured values of one thing, under a name.
 *
 * @param name what was measured
 * @param values at least one
 */
record Sample(String name, List<Double> values) {
    private static final int RESAMPLES = 2000;
    private static final long SEED = 20261L;
    /** Those beyond one end of a 95 % interval. */
    private static final int TAIL_COUNT = RESAMPLES / 40;

    /**
     * A quotient of two medians.
     *
     * @param value the quotient
     * @param low lower end of its 95 % interval
     * @param high upper end
     * @param minima the quotient of the least values: what another machine's work disturbs least
     */
    record Ratio(double value, double low, double high, double minima) {
    }

    /**
     * The ends of an interval.
     *
     * @param low the lower
     * @param high the upper
     */
    record Interval(double low, double high) {
    }

    double median() {
        return median(values);
    }

    /** The median's 95 % interval by resampling (bootstrap, always with the same seed): never beyond the values. */
    Interval interval() {
        final SplittableRandom random = new SplittableRandom(SEED);
        final double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            medians[i] = median(resample(random));
        }
        Arrays.sort(medians);
        return new Interval(medians[TAIL_COUNT], medians[RESAMPLES - 1 - TAIL_COUNT]);
    }

    static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        final int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
    }

    /** This median beside another, the interval by resampling both (bootstrap, always with the same seed). */
    Ratio over(Sample other) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final double[] ratios = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            ratios[i] = median(resample(random)) / median(other.resample(random));
        }
        Arrays.sort(ratios);
        return new Ratio(median() / other.median(), ratios[TAIL_COUNT], ratios[RESAMPLES - 1 - TAIL_COUNT],
                Collections.min(values) / Collections.min(other.values));
    }

    private double[] resample(SplittableRandom random) {
        final double[] drawn = new double[values.size()];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = values.get(random.nextInt(drawn.length));
        }
        return drawn;
    }
}
