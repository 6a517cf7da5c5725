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
    private static final double TAIL = 0.025;

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

    double median() {
        return median(values);
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
        final int tail = (int) (TAIL * RESAMPLES);
        return new Ratio(median() / other.median(), ratios[tail], ratios[RESAMPLES - 1 - tail],
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
