// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.measure;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a count; what is wrong is said with the user's own value and the range. */
public class CountOption implements ITypeConverter<Integer> {
    private static final int MAX = 1_000_000;

    private final int min;

    /** From 0. */
    public CountOption() {
        this(0);
    }

    CountOption(int min) {
        this.min = min;
    }

    @Override
    public Integer convert(String text) {
        final long count = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1L;
        if (count < min || count > MAX) {
            throw new TypeConversionException("'" + text + "': must be a number from " + min + " to " + MAX);
        }
        return (int) count;
    }

    /** From 1. */
    public static final class Positive extends CountOption {
        /** From 1. */
        public Positive() {
            super(1);
        }
    }
}
