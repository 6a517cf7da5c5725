// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** Rates as users write and read them, in the decimal units that disks and networks use. */
public final class Rates {
    private static final String PREFIXES = " kMGT";
    private static final Map<String, BigDecimal> EVENTS = Quantity.units(1000, "kmg", "", "/s");
    private static final Map<String, BigDecimal> BYTES = Quantity.units(1000, "kmgt", "", "b", "/s", "b/s");

    private Rates() {
    }

    /**
     * Reads how often something happens.
     *
     * @param text for instance {@code 1000}, {@code 50k} or {@code 1.5M/s}
     * @return events per second
     * @throws IllegalArgumentException if it is not of this form
     */
    public static double perSecond(String text) {
        return Quantity.parse(text, EVENTS, "a rate per second such as 1000, 50k or 1.5M").doubleValue();
    }

    /**
     * Reads how fast bytes come.
     *
     * @param text for instance {@code 500MB/s} or {@code 1.2G}
     * @return bytes per second
     * @throws IllegalArgumentException if it is not of this form
     */
    public static double bytesPerSecond(String text) {
        return Quantity.parse(text, BYTES, "bytes per second such as 500MB/s or 1.2G").doubleValue();
    }

    /**
     * A rate for reading.
     *
     * @param bytes transferred
     * @param nanos in this time
     * @return for instance {@code 612 MB/s}
     */
    public static String text(long bytes, long nanos) {
        return String.format(Locale.ROOT, "%.0f MB/s", bytes * 1e3 / Math.max(1L, nanos));
    }

    /**
     * How often something happens, for reading.
     *
     * @param perSecond events per second
     * @return for instance {@code 0}, {@code 41.3}, {@code 612} or {@code 1.2M}
     */
    public static String events(double perSecond) {
        return scaled(perSecond, "");
    }

    /**
     * How fast bytes come, for reading, in the unit that fits.
     *
     * @param perSecond bytes per second
     * @return for instance {@code 0 B/s} or {@code 96.3 MB/s}
     */
    public static String bytes(double perSecond) {
        return scaled(perSecond, " ") + "B/s";
    }

    private static String scaled(double perSecond, String before) {
        double value = perSecond;
        int prefix = 0;
        while (value >= 999.5 && prefix < PREFIXES.length() - 1) { // 999.9 would be written as 1000
            value /= 1e3;
            prefix++;
        }
        final String number = String.format(Locale.ROOT,
                value < 99.95 && (prefix > 0 || value != Math.rint(value)) ? "%.1f" : "%.0f", value);
        return number + before + PREFIXES.substring(prefix, prefix + 1).strip();
    }
}
