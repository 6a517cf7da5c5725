// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as users write them: a number and a unit, {@code 200ms}, {@code 1s}, {@code 2m}. */
final class Times implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(us|ms|s|m|h)");

    /**
     * Reads a time.
     *
     * @param text 1 to 9 digits, then us, ms, s, m or h
     * @return the time
     * @throws TypeConversionException if it is not of this form
     */
    @Override
    public Duration convert(String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "': must be a number with us, ms, s, m or h, such as 200ms");
        }
        final long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> Duration.ofNanos(count * 1000L);
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }
}
