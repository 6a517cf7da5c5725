// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;

/** Sizes in bytes as users write and read them: {@code 256k} on the command line, {@code 256 KiB} in text. */
public final class Sizes {
    private static final String SUFFIXES = "kMGT";
    private static final long STEP = 1024L;
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final Map<String, BigDecimal> UNITS = Quantity.units((int) STEP, "kmgt", "", "b", "ib");

    private Sizes() {
    }

    /**
     * Reads a size.
     *
     * @param text a number, then nothing or one of k, M, G, T (either case) for powers of 1024; B or iB may follow
     * @return bytes, rounded
     * @throws IllegalArgumentException if it is not of this form or above 2^63 - 1
     */
    public static long parse(String text) {
        final String expected = "a number, or one with k, M, G or T (1024s), such as 256k";
        final BigDecimal bytes = Quantity.parse(text, UNITS, expected);
        if (bytes.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("'" + text + "': must be " + expected + ", and below 2^63");
        }
        return bytes.setScale(0, RoundingMode.HALF_UP).longValueExact();
    }

    /**
     * A size as an option's value, exactly.
     *
     * @param bytes the size
     * @return for instance {@code 256k}; plain bytes if no suffix fits
     */
    public static String option(long bytes) {
        long value = bytes;
        int suffix = -1;
        while (value >= STEP && value % STEP == 0L && suffix < SUFFIXES.length() - 1) {
            value /= STEP;
            suffix++;
        }
        return suffix < 0 ? Long.toString(value) : value + SUFFIXES.substring(suffix, suffix + 1);
    }

    /**
     * A size for reading.
     *
     * @param bytes the size
     * @return for instance {@code 1.3 GiB} or {@code 256 KiB}
     */
    public static String text(double bytes) {
        double value = bytes;
        int suffix = -1;
        while (value >= STEP && suffix < SUFFIXES.length() - 1) {
            value /= STEP;
            suffix++;
        }
        final String unit = suffix < 0 ? "B" : Character.toUpperCase(SUFFIXES.charAt(suffix)) + "iB";
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f %s" : "%.1f %s", value, unit);
    }

    /**
     * A number with its thousands marked.
     *
     * @param count the number
     * @return for instance {@code 8,402,113}
     */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
