// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.units.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a time, 1ms to 24h. */
final class TimeOption implements ITypeConverter<Duration> {
    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofDays(1);

    @Override
    public Duration convert(String text) {
        final Duration time;
        try {
            time = Times.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage() + "; 1ms to 24h");
        }
        if (time.compareTo(MIN) < 0 || time.compareTo(MAX) > 0) {
            throw new TypeConversionException("'" + text + "': must be 1ms to 24h");
        }
        return time;
    }
}
