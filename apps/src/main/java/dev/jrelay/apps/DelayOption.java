// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.units.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the bound on the delay of a channel that a command opens, {@code --delay}. */
final class DelayOption implements ITypeConverter<Duration> {
    /** What the option does, in words. */
    static final String DESCRIPTION = "How long a record may take to reach its consumer when its sub-buffer does not "
            + "fill: 1ms to 24h; 0: until it is full.";

    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofDays(1);

    @Override
    public Duration convert(String text) {
        final Duration delay;
        try {
            delay = text.equals("0") ? Duration.ZERO : Times.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage() + "; 1ms to 24h, or 0");
        }
        if (!delay.isZero() && (delay.compareTo(MIN) < 0 || delay.compareTo(MAX) > 0)) {
            throw new TypeConversionException("'" + text + "': must be 1ms to 24h, or 0");
        }
        return delay;
    }
}
