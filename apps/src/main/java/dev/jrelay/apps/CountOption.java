// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a count; what is wrong is said with the user's own value and the range. */
class CountOption implements ITypeConverter<Integer> {
    private static final String NUMBER = "-?[0-9]{1,18}";
    private static final int MANY = 1_000_000;

    private final int min;
    private final int max;

    /** From 0 to the most. */
    CountOption() {
        this(0, Integer.MAX_VALUE);
    }

    CountOption(int min, int max) {
        this.min = min;
        this.max = max;
    }

    @Override
    public Integer convert(String text) {
        final long count = text.matches(NUMBER) ? Long.parseLong(text) : Long.MIN_VALUE;
        if (count < min || count > max) {
            throw new TypeConversionException("'" + text + "': must be a number from " + min + " to " + max);
        }
        return (int) count;
    }

    /** Of the buffers of a channel, or of threads. */
    static final class Buffers extends CountOption {
        Buffers() {
            super(1, 4096);
        }
    }

    /** How often, or how many at once. */
    static final class Times extends CountOption {
        Times() {
            super(1, MANY);
        }
    }
}
