// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.units.Sizes;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a size within a range; what is wrong is said with the user's own value and the range. */
class SizeOption implements ITypeConverter<Integer> {
    static final int MAX_SIZE = 1 << 30;
    private static final int MAX_EVENT = 1 << 20;

    private final long min;
    private final long max;
    private final String range;

    /** From a byte to the size of the largest sub-buffer. */
    SizeOption() {
        this(1L, MAX_SIZE);
    }

    SizeOption(long min, long max) {
        this.min = min;
        this.max = max;
        this.range = range(min, max);
    }

    @Override
    public Integer convert(String text) {
        final long size;
        try {
            size = Sizes.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage() + "; " + range);
        }
        if (size < min || size > max) {
            throw new TypeConversionException("'" + text + "': must be " + range);
        }
        return (int) size;
    }

    private static String range(long min, long max) {
        return Sizes.option(min) + " to " + Sizes.option(max);
    }

    /** Of a sub-buffer. */
    static final class SubBuffer extends SizeOption {
        SubBuffer() {
            super(8L, MAX_SIZE);
        }

        @Override
        public Integer convert(String text) {
            final int size = super.convert(text);
            if (size % 8 != 0) {
                throw new TypeConversionException("'" + text + "': must be a multiple of 8, from 8 to "
                        + Sizes.option(MAX_SIZE));
            }
            return size;
        }
    }

    /** The number of sub-buffers, which may have the suffixes of a size. */
    static final class SubBufferCount extends SizeOption {
        private static final int MAX = 1 << 20;

        SubBufferCount() {
            super(1L, MAX);
        }

        @Override
        public Integer convert(String text) {
            final int count = super.convert(text);
            final int below = Integer.highestOneBit(count);
            if (below != count) {
                throw new TypeConversionException("'" + text + "': must be a power of two, from 1 to "
                        + Sizes.option(MAX) + "; next are " + below + " and " + 2 * below);
            }
            return count;
        }
    }

    /** Of what {@code selftest} writes. */
    static final class Event extends SizeOption {
        Event() {
            super(1L, MAX_EVENT);
        }
    }

    /**
     * Checks a size whose range depends on other options.
     *
     * @throws ParameterException naming the option, its value as it was given, and the range
     */
    static void check(CommandSpec spec, String option, int size, long min, long max) {
        if (size < min || size > max) {
            throw new ParameterException(spec.commandLine(), option + " " + given(spec, option, size) + ": must be "
                    + range(min, max));
        }
    }

    private static String given(CommandSpec spec, String option, int size) {
        final var texts = spec.findOption(option).originalStringValues();
        return texts.isEmpty() ? Sizes.option(size) : texts.getLast();
    }
}
