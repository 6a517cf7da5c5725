// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.units;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments as users write and read them: {@code 2026-01-31T12:00:00Z}, or {@code 10m} for ten minutes ago. */
public final class Moments {
    private static final long NANOS = 1_000_000_000L;
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);

    private Moments() {
    }

    /**
     * Reads a moment.
     *
     * @param text an ISO 8601 moment such as {@code 2026-01-31T12:00:00.5Z}, in UTC if no Z is behind it; or a time,
     *     which is so long ago
     * @param now what it is to be counted from
     * @return ns since 1970
     * @throws IllegalArgumentException if it is not of this form, or beyond what ns in 64 bits reach, 1677 to 2262
     */
    public static long nanos(String text, Instant now) {
        try {
            if (text.indexOf('T') < 0) {
                return nanos(now.minus(Times.parse(text)));
            }
            return nanos(text.endsWith("Z") ? Instant.parse(text)
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException wrong) {
            throw new IllegalArgumentException("'" + text + "': must be a moment such as 2026-01-31T12:00:00Z, from "
                    + "1677 to 2262, or a time such as 10m for ten minutes ago", wrong);
        }
    }

    private static long nanos(Instant moment) {
        return Math.addExact(Math.multiplyExact(moment.getEpochSecond(), NANOS), moment.getNano());
    }

    /**
     * A moment for reading, with all nine digits of its ns, so that columns stay columns.
     *
     * @param nanos ns since 1970
     * @return for instance {@code 2026-01-31T12:00:00.000000000Z}
     */
    public static String text(long nanos) {
        final LocalDateTime moment =
                LocalDateTime.ofEpochSecond(Math.floorDiv(nanos, NANOS), 0, ZoneOffset.UTC);
        return SECONDS.format(moment) + String.format(Locale.ROOT, ".%09dZ", Math.floorMod(nanos, NANOS));
    }
}
