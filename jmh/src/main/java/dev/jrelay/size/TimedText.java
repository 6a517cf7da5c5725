// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Times;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with times. Either each line is {@code TIME SIZE}, a time and a length in bytes; or lines are messages
 * themselves and begin with a time, and one that does not belongs to the moment of the line before. A time is seconds
 * ({@code 12.000345}), a number with a unit ({@code 15ms}, {@code 120345ns}), or a date and time
 * ({@code 2026-11-26T22:38:11.123456Z}, with a blank instead of the T and without a zone too), in brackets or not.
 */
final class TimedText {
    private static final Pattern TIME = Pattern.compile("\\[?((\\d{4}-\\d\\d-\\d\\d)[T ](\\d\\d:\\d\\d:\\d\\d"
            + "(?:[.,]\\d{1,9})?)(Z|[+-]\\d\\d:?\\d\\d)?|\\d+(?:\\.\\d+)?(?:ns|us|ms|s)?)(?:\\]|,?(?=\\s|$))");
    private static final Pattern SIZE = Pattern.compile("\\s+(\\d{1,8})\\s*");
    private static final int DATE = 2;
    private static final int CLOCK = 3;
    private static final int ZONE = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private TimedText() {
    }

    /** Reads all lines; false, and nothing read, if the first one has no time. */
    static boolean read(String text, Messages messages) {
        boolean isTable = false;
        boolean isFirst = true;
        long time = 0L;
        for (final String line : (Iterable<String>) text.lines()::iterator) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            final Matcher matcher = TIME.matcher(line);
            final boolean hasTime = matcher.lookingAt();
            if (isFirst && !hasTime) {
                return false;
            }
            isTable = isFirst ? SIZE.matcher(line.substring(matcher.end())).matches() : isTable;
            isFirst = false;
            time = hasTime ? nanos(matcher) : time;
            messages.add(time, isTable ? size(line, hasTime ? matcher.end() : 0) : line.length() + 1);
        }
        return !isFirst;
    }

    private static long nanos(Matcher matcher) {
        if (matcher.group(DATE) == null) {
            final String number = matcher.group(1);
            return Times.parse(Character.isDigit(number.charAt(number.length() - 1)) ? number + "s" : number).toNanos();
        }
        final LocalDateTime local = LocalDateTime.parse(matcher.group(DATE) + "T"
                + matcher.group(CLOCK).replace(',', '.'));
        final String zone = matcher.group(ZONE);
        final ZoneOffset offset = zone == null ? ZoneOffset.UTC : ZoneOffset.of(zone);
        return local.toEpochSecond(offset) * NANOS_PER_SECOND + local.getNano();
    }

    private static int size(String line, int from) {
        final Matcher size = SIZE.matcher(line.substring(from));
        if (from == 0 || !size.matches()) {
            throw new IllegalArgumentException("--from: line '" + line + "': must be TIME SIZE, as those before it");
        }
        return Integer.parseInt(size.group(1));
    }
}
