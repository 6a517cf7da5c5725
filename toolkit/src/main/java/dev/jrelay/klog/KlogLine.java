// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Result;
import java.util.Arrays;

/**
 * A line of text in the making, from {@link Klog#line()}: add the parts, then {@link #end()}. Nothing is allocated, but
 * by {@link #add(Object)} for objects that must be asked for their string. To be used by one thread, and not after
 * {@code end}: the line may then be another thread's.
 *
 * {@snippet :
 * klog.line().add("cpu ").add(cpu).add(" buffer ").add(percent).add("% full").end();
 * }
 */
public final class KlogLine {
    /** Arguments that one {@link #format} can use; more are ignored. */
    static final int MAX_ARGUMENTS = 8;

    /** Ignores everything; shared by all threads while nothing is attached. */
    static final KlogLine NONE = new KlogLine(null, 0);

    private static final int MAX_DIGITS = 20;
    private static final Object NUMBER = new Object();

    private final Klog klog;
    private final byte[] bytes;
    private final StringBuilder scratch = new StringBuilder(32);
    private final long[] numbers = new long[MAX_ARGUMENTS];
    private final Object[] objects = new Object[MAX_ARGUMENTS];
    private int arguments;
    private int length;
    private boolean truncated;

    KlogLine(Klog klog, int maxText) {
        this.klog = klog;
        this.bytes = new byte[maxText];
        this.truncated = klog == null; // a full line ignores what is added
    }

    KlogLine clear() {
        length = 0;
        truncated = false;
        return this;
    }

    /**
     * Writes the line as one record.
     *
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long end() {
        return klog == null ? 0L : klog.write(this);
    }

    /**
     * Adds a text.
     *
     * @param text the text; null is added as {@code null}; a surrogate without its other half as {@code ?}; what throws
     *     when it is read, as a note
     * @return this
     */
    public KlogLine add(CharSequence text) {
        final CharSequence chars = text == null ? "null" : text;
        try {
            return truncated ? this : put(chars, 0, chars.length());
        } catch (Throwable thrown) {
            return note("text", chars, thrown);
        }
    }

    /**
     * Adds a part of a text.
     *
     * @param text the text
     * @param from index of the first character
     * @param to index behind the last character
     * @return this; with a note instead of what is not within {@code text}
     */
    public KlogLine add(CharSequence text, int from, int to) {
        final CharSequence chars = text == null ? "null" : text;
        try {
            return put(chars, from, to);
        } catch (Throwable thrown) {
            return note("text", chars, thrown);
        }
    }

    private KlogLine put(CharSequence text, int from, int to) {
        for (int i = from; i < to && !truncated; i++) {
            final char c = text.charAt(i);
            if (c < 0x80) {
                put(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < to && Character.isLowSurrogate(text.charAt(i + 1))) {
                putCodePoint(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                putCodePoint(Character.isSurrogate(c) ? '?' : c);
            }
        }
        return this;
    }

    /**
     * Adds a character.
     *
     * @param c the character; half a surrogate pair is added as {@code ?}
     * @return this
     */
    public KlogLine add(char c) {
        if (!truncated) {
            putCodePoint(Character.isSurrogate(c) ? '?' : c);
        }
        return this;
    }

    /**
     * Adds {@code true} or {@code false}.
     *
     * @param value which
     * @return this
     */
    public KlogLine add(boolean value) {
        return add(value ? "true" : "false");
    }

    /**
     * Adds a number in decimal digits.
     *
     * @param value the number
     * @return this
     */
    public KlogLine add(long value) {
        long rest = value; // kept negative: the most negative number has no positive counterpart
        if (rest < 0L) {
            add('-');
        } else {
            rest = -rest;
        }
        long power = 1L;
        for (int i = 1; i < MAX_DIGITS - 1 && rest / power <= -10L; i++) {
            power *= 10L;
        }
        for (; power > 0L && !truncated; power /= 10L) {
            put('0' - (int) (rest / power % 10L));
        }
        return this;
    }

    /**
     * Adds a number in hexadecimal digits.
     *
     * @param value the number, taken as unsigned
     * @return this
     */
    public KlogLine addHex(long value) {
        for (int shift = 60 - (Long.numberOfLeadingZeros(value | 1L) & ~3); shift >= 0 && !truncated; shift -= 4) {
            put("0123456789abcdef".charAt((int) (value >>> shift) & 0xf));
        }
        return this;
    }

    /**
     * Adds a number as {@link Double#toString(double)} writes it.
     *
     * @param value the number
     * @return this
     */
    public KlogLine add(double value) {
        if (!truncated) {
            scratch.setLength(0);
            add(scratch.append(value));
        }
        return this;
    }

    /**
     * Adds an object: a {@link CharSequence}, number, character or boolean as the other methods do, anything else by
     * its {@code toString}. One that throws, be it an {@link Error}, is replaced by a note and counted
     * ({@link Klog#failureCount()}): a log does not break what it logs.
     *
     * @param value the object, may be null
     * @return this
     */
    public KlogLine add(Object value) {
        if (truncated) {
            return this;
        }
        return switch (value) {
            case null -> add("null");
            case CharSequence text -> add(text);
            case Long number -> add(number.longValue());
            case Integer number -> add(number.longValue());
            case Double number -> add(number.doubleValue());
            case Boolean bool -> add(bool.booleanValue());
            case Character character -> add(character.charValue());
            default -> addString(value);
        };
    }

    private KlogLine addString(Object value) {
        final String string;
        try {
            string = value.toString();
        } catch (Throwable thrown) {
            return note("toString", value, thrown);
        }
        return add(string);
    }

    /** Says in the line that a part of it could not be had, and why. */
    KlogLine note(String what, Object of, Throwable thrown) {
        if (klog != null) {
            klog.failed();
            add('(').add(what).add(" of ").add(of.getClass().getName()).add(" threw ").add(thrown.getClass().getName())
                    .add(')');
        }
        return this;
    }

    /** Keeps an argument for {@link #format}. */
    KlogLine argument(long value) {
        if (arguments < MAX_ARGUMENTS) {
            numbers[arguments] = value;
            objects[arguments++] = NUMBER;
        }
        return this;
    }

    /** Keeps an argument for {@link #format}. */
    KlogLine argument(Object value) {
        if (arguments < MAX_ARGUMENTS) {
            objects[arguments++] = value;
        }
        return this;
    }

    /**
     * Adds a text in which {@code %d} stands for a number, {@code %x} for one in hexadecimal, {@code %c} for a
     * character (or the code point with this number), {@code %s} for anything, {@code %%} for {@code %}. Each takes the
     * next argument of {@code printf}, whatever its type; there are no widths or precisions. What has no argument, or
     * is no such directive, is added as it is; nothing throws.
     *
     * @param pattern the text; null is added as {@code null}
     * @return this
     */
    public KlogLine format(String pattern) {
        final String format = pattern == null ? "null" : pattern;
        int used = 0;
        for (int i = 0; i < format.length() && !truncated; i++) {
            final char c = format.charAt(i);
            final char next = i + 1 < format.length() ? format.charAt(i + 1) : 0;
            final char directive = c == '%' ? next : 0;
            if (directive == '%') {
                put('%');
                i++;
            } else if (used < arguments && (directive == 'd' || directive == 'x' || directive == 'c'
                    || directive == 's')) {
                addArgument(directive, used++);
                i++;
            } else if (Character.isHighSurrogate(c) && Character.isLowSurrogate(next)) {
                putCodePoint(format.codePointAt(i++));
            } else {
                add(c);
            }
        }
        Arrays.fill(objects, 0, arguments, null);
        arguments = 0;
        return this;
    }

    private void addArgument(char directive, int index) {
        final Object value = objects[index];
        final boolean isNumber = value == NUMBER || value instanceof Long || value instanceof Integer
                || value instanceof Short || value instanceof Byte;
        if (!isNumber) {
            add(value);
            return;
        }
        final long number = value == NUMBER ? numbers[index] : ((Number) value).longValue();
        if (directive == 'x') {
            addHex(value instanceof Integer ? number & 0xffff_ffffL : number);
        } else if (directive == 'c') {
            final boolean valid = number >= 0L && number <= Character.MAX_CODE_POINT
                    && (number < Character.MIN_SURROGATE || number > Character.MAX_SURROGATE);
            putCodePoint(valid ? (int) number : '?');
        } else {
            add(number);
        }
    }

    /** Adds a whole character, as UTF-8, or none of it. */
    private void putCodePoint(int c) {
        final int size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (size > bytes.length - length) {
            truncated = true;
        } else if (size == 1) {
            put(c);
        } else {
            put(0xf00 >> size & 0xff | c >> 6 * (size - 1)); // size leading ones, then a zero
            for (int shift = 6 * (size - 2); shift >= 0; shift -= 6) {
                put(0x80 | c >> shift & 0x3f);
            }
        }
    }

    private void put(int b) {
        if (length == bytes.length) {
            truncated = true;
        } else {
            bytes[length++] = (byte) b;
        }
    }

    /** Cuts the text off at {@code max} bytes if it is longer, at the beginning of a character. */
    void limit(int max) {
        if (length > max) {
            length = wholeCharacters(bytes, 0, max);
            truncated = true;
        }
    }

    /** The most of {@code max} bytes of UTF-8 behind {@code offset} that does not end within a character. */
    static int wholeCharacters(byte[] bytes, int offset, int max) {
        int whole = max;
        while (whole > 0 && (bytes[offset + whole] & 0xc0) == 0x80) {
            whole--;
        }
        return whole;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    boolean isTruncated() {
        return truncated;
    }
}
