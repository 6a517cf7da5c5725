// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** Shares of a whole as users write and read them: {@code 0.1%}. */
public final class Shares {
    private static final Map<String, BigDecimal> UNITS = Map.of("", BigDecimal.ONE, "%", new BigDecimal("0.01"));

    private Shares() {
    }

    /**
     * Reads a share.
     *
     * @param text for instance {@code 0}, {@code 1e-6} or {@code 0.1%}
     * @return from 0 to below 1
     * @throws IllegalArgumentException if it is not of this form or not in this range
     */
    public static double parse(String text) {
        final double share = Quantity.parse(text, UNITS, "a share from 0 to below 1, such as 0, 1e-6 or 0.1%")
                .doubleValue();
        if (share >= 1.0) {
            throw new IllegalArgumentException("'" + text + "': must be a share from 0 to below 1");
        }
        return share;
    }

    /**
     * A share for reading.
     *
     * @param share the share
     * @return for instance {@code 0} or {@code 0.0200 %}
     */
    public static String text(double share) {
        return share == 0.0 ? "0" : String.format(Locale.ROOT, "%.3g %%", share * 100.0);
    }
}
