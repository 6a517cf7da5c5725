// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.Locale;
import java.util.Map;

/** Numbers with units as users write and read them: {@code 256k} bytes, {@code 1.5M} per second, {@code 20ms}. */
final class Quantity {
    private static final double NANOS = 1e9;
    private static final Map<String, Double> TIMES = Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", NANOS);
    private static final Map<String, Double> BINARY = Map.of("", 1.0, "k", 1024.0, "m", 1048576.0, "g", 1073741824.0);
    private static final Map<String, Double> DECIMAL = Map.of("", 1.0, "k", 1e3, "m", 1e6, "g", NANOS);

    private Quantity() {
    }

    /** Bytes: {@code 64}, {@code 256k}, {@code 1M}, {@code 2G}, in powers of 1024. */
    static long bytes(String text) {
        return Math.round(parse(text.replaceAll("(?i)(?<=[kmg])?(iB|B)$", ""), BINARY, "bytes such as 64, 256k or 8M"));
    }

    /** Events per second: {@code 1000}, {@code 50k}, {@code 1.5M}. */
    static double perSecond(String text) {
        return parse(text.replaceAll("/s$", ""), DECIMAL, "a rate per second such as 1000, 50k or 1.5M");
    }

    /** Bytes per second, decimal: {@code 500MB/s}, {@code 1.2G}. */
    static double bytesPerSecond(String text) {
        return parse(text.replaceAll("B?(/s)?$", ""), DECIMAL, "bytes per second such as 500MB/s or 1.2G");
    }

    /** Nanoseconds: {@code 20ms}, {@code 1s}, {@code 500us}. */
    static double nanos(String text) {
        return parse(text, TIMES, "a time such as 500us, 20ms or 1s");
    }

    /** A share: {@code 0}, {@code 1e-6}, {@code 0.1%}. */
    static double share(String text) {
        final boolean percent = text.endsWith("%");
        final double value = number(percent ? text.substring(0, text.length() - 1) : text, text,
                "a share from 0 to 1, such as 0, 1e-6 or 0.1%");
        final double share = percent ? value / 100.0 : value;
        if (share < 0.0 || share >= 1.0) {
            throw new IllegalArgumentException("'" + text + "': must be a share from 0 to below 1");
        }
        return share;
    }

    private static double parse(String text, Map<String, Double> units, String expected) {
        int end = text.length();
        while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
            end--;
        }
        final Double unit = units.get(text.substring(end).toLowerCase(Locale.ROOT));
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "': must be " + expected);
        }
        return number(text.substring(0, end), text, expected) * unit;
    }

    private static double number(String digits, String text, String expected) {
        if (!digits.matches("[0-9]+(\\.[0-9]*)?([eE]-?[0-9]+)?|\\.[0-9]+")) {
            throw new IllegalArgumentException("'" + text + "': must be " + expected);
        }
        return Double.parseDouble(digits);
    }

    /** Bytes for reading: {@code 1.3 MiB}. */
    static String ofBytes(double bytes) {
        final String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024.0 && unit < units.length - 1) {
            value /= 1024.0;
            unit++;
        }
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /** Bytes as the value of an option, exactly: {@code 256k}. */
    static String option(long bytes) {
        if (bytes % (1L << 20) == 0L) {
            return (bytes >> 20) + "M";
        }
        return bytes % 1024L == 0L ? bytes / 1024L + "k" : Long.toString(bytes);
    }

    /** Nanoseconds for reading: {@code 3.1 ms}. */
    static String ofNanos(double nanos) {
        if (nanos >= NANOS) {
            return String.format(Locale.ROOT, "%.2f s", nanos / NANOS);
        }
        if (nanos >= 1e6) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
        }
        return nanos >= 1e3 ? String.format(Locale.ROOT, "%.1f us", nanos / 1e3)
                : String.format(Locale.ROOT, "%.1f ns", nanos);
    }

    /** A share for reading: {@code 0}, {@code 0.02 %}. */
    static String ofShare(double share) {
        return share == 0.0 ? "0" : String.format(Locale.ROOT, "%.3g %%", share * 100.0);
    }
}
