// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes in bytes as users write and read them: {@code 256k} on the command line, {@code 256 KiB} in text. */
public final class Sizes implements ITypeConverter<Long> {
    private static final String SUFFIXES = "kMGT";
    private static final long STEP = 1024L;

    /**
     * Reads a size.
     *
     * @param text digits, then nothing or one of k, M, G, T (either case) for powers of 1024
     * @return bytes
     * @throws IllegalArgumentException if it is not of this form or above 2^63 - 1
     */
    public static long parse(String text) {
        long unit = 1L;
        String digits = text;
        if (!text.isEmpty()) {
            final char last = text.charAt(text.length() - 1);
            for (int i = 0; i < SUFFIXES.length(); i++) {
                if (Character.toLowerCase(last) == Character.toLowerCase(SUFFIXES.charAt(i))) {
                    unit = 1L << 10 * (i + 1);
                    digits = text.substring(0, text.length() - 1);
                }
            }
        }
        if (digits.matches("[0-9]{1,18}") && Long.parseLong(digits) <= Long.MAX_VALUE / unit) {
            return Long.parseLong(digits) * unit;
        }
        throw new IllegalArgumentException("'" + text + "': must be a number, or one with k, M, G or T (1024s), such as"
                + " 256k");
    }

    @Override
    public Long convert(String text) {
        try {
            return parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
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
    public static String text(long bytes) {
        double value = bytes;
        int suffix = -1;
        while (value >= STEP && suffix < SUFFIXES.length() - 1) {
            value /= STEP;
            suffix++;
        }
        if (suffix < 0) {
            return bytes + " B";
        }
        final String unit = " " + Character.toUpperCase(SUFFIXES.charAt(suffix)) + "iB";
        final boolean whole = value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f%s" : "%.1f%s", value, unit);
    }

    /**
     * A rate for reading, in the decimal unit that disks and networks use.
     *
     * @param bytes transferred
     * @param nanos in this time
     * @return for instance {@code 612 MB/s}
     */
    public static String rate(long bytes, long nanos) {
        return String.format(Locale.ROOT, "%.0f MB/s", bytes * 1e3 / Math.max(1L, nanos));
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

    /**
     * A time for reading.
     *
     * @param nanos the time
     * @return for instance {@code 3.1 ms} or {@code 2.4 s}
     */
    public static String time(long nanos) {
        return nanos < 1_000_000_000L ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
                : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
