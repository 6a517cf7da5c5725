// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.units.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a time. */
final class TimeOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return Times.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }
}
