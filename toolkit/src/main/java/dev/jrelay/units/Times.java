// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Times as users write and read them: {@code 200ms}, {@code 1.5s}, {@code 2m}. */
public final class Times {
    private static final double MICROSECOND = 1e3;
    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final Map<String, BigDecimal> UNITS = Map.of("ns", BigDecimal.ONE,
            "us", BigDecimal.valueOf(1_000L), "ms", BigDecimal.valueOf(1_000_000L),
            "s", BigDecimal.valueOf(1_000_000_000L), "m", BigDecimal.valueOf(60_000_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000_000L));

    private Times() {
    }

    /**
     * Reads a time.
     *
     * @param text a number, then ns, us, ms, s, m or h
     * @return the time, to the nanosecond
     * @throws IllegalArgumentException if it is not of this form, or above 2^63 - 1 ns, which are 292 years
     */
    public static Duration parse(String text) {
        return Duration.ofNanos(exactly(text).setScale(0, RoundingMode.HALF_UP).longValueExact());
    }

    /**
     * Reads a time to calculate with.
     *
     * @param text a number, then ns, us, ms, s, m or h
     * @return nanoseconds
     * @throws IllegalArgumentException if it is not of this form, or above 2^63 - 1 ns, which are 292 years
     */
    public static double nanos(String text) {
        return exactly(text).doubleValue();
    }

    private static BigDecimal exactly(String text) {
        final BigDecimal nanos =
                Quantity.parse(text, UNITS, "a number with ns, us, ms, s, m or h, such as 500us, 20ms or 1.5s");
        if (nanos.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("'" + text + "': must be 292 years or less");
        }
        return nanos;
    }

    /**
     * A time for reading.
     *
     * @param nanos the time
     * @return for instance {@code 3.1 ms} or {@code 2.40 s}
     */
    public static String text(double nanos) {
        if (nanos >= SECOND) {
            return String.format(Locale.ROOT, "%.2f s", nanos / SECOND);
        }
        if (nanos >= MILLISECOND) {
            return String.format(Locale.ROOT, "%.1f ms", nanos / MILLISECOND);
        }
        return nanos >= MICROSECOND ? String.format(Locale.ROOT, "%.1f us", nanos / MICROSECOND)
                : String.format(Locale.ROOT, "%.1f ns", nanos);
    }
}
