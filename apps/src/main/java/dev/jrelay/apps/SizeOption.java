// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.units.Sizes;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a size, or a count with the same suffixes; and checks those of a channel. */
final class SizeOption implements ITypeConverter<Long> {
    private static final long MAX_COUNT = 1L << 20;
    static final long MAX_SIZE = 1L << 30;

    @Override
    public Long convert(String text) {
        try {
            return Sizes.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }

    /**
     * The sizes of a channel that a command opens, from its options {@code -b} and {@code -n}.
     *
     * @throws ParameterException naming the option, its value and the range
     */
    static Geometry geometry(CommandSpec spec, long subBufferSize, long subBufferCount, Mode mode) {
        check(spec, "-b", subBufferSize, 8L, MAX_SIZE);
        require(spec, subBufferSize % 8L == 0L, "-b " + subBufferSize + ": must be a multiple of 8");
        check(spec, "-n", subBufferCount, 1L, MAX_COUNT);
        final long below = Long.highestOneBit(subBufferCount);
        require(spec, below == subBufferCount, "-n " + subBufferCount + ": must be a power of two, from 1 to "
                + MAX_COUNT + "; next are " + below + " and " + Math.min(2L * below, MAX_COUNT));
        return new Geometry((int) subBufferSize, (int) subBufferCount, 0, mode);
    }

    static void check(CommandSpec spec, String option, long value, long min, long max) {
        require(spec, value >= min && value <= max, option + " " + value + ": must be " + min + " to " + max);
    }

    static void require(CommandSpec spec, boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
