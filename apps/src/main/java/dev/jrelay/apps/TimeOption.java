// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.units.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a time. */
final class TimeOption implements ITypeConverter<Duration> {
    private static final Duration MIN_PAUSE = Duration.ofMillis(1);
    private static final Duration MAX_PAUSE = Duration.ofDays(1);

    @Override
    public Duration convert(String text) {
        try {
            return Times.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }

    /**
     * Checks a pause between two looks.
     *
     * @param pause null if the option was not given
     * @throws ParameterException naming the option, its value and the range
     */
    static void check(CommandSpec spec, String option, Duration pause) {
        if (pause != null && (pause.compareTo(MIN_PAUSE) < 0 || pause.compareTo(MAX_PAUSE) > 0)) {
            throw new ParameterException(spec.commandLine(), option + " " + Times.text(pause.toNanos())
                    + ": must be 1ms to 24h");
        }
    }
}
