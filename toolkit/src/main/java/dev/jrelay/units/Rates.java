// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/** Rates as users write and read them, in the decimal units that disks and networks use. */
public final class Rates {
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
}
