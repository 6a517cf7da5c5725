// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How a stream of bytes is cut into records. Every record keeps the bytes that delimit it, so records written one after
 * the other are a stream of the same format again. Stateless.
 */
public sealed interface RecordFormat {
    /**
     * Where a record ends.
     *
     * @param bytes holds the record
     * @param from its first byte
     * @param to end of what is known of the stream
     * @return index behind its last byte, or -1 if it is not complete
     */
    int end(byte[] bytes, int from, int to);

    /**
     * Where the last complete record ends.
     *
     * @param bytes holds records, the first one from {@code from}
     * @param from first byte
     * @param to end of what is known of the stream
     * @return index behind the last complete record; {@code from} if there is none
     */
    int lastEnd(byte[] bytes, int from, int to);

    /**
     * The whole length of a record of which only the beginning is there.
     *
     * @param bytes holds the beginning
     * @param from its first byte
     * @param to end of what is known of the stream
     * @return bytes, or -1 if its beginning does not tell
     */
    long length(byte[] bytes, int from, int to);

    /**
     * Whether what is left at the end of the input is a record: a line without line end, a short block.
     *
     * @return true if so
     */
    boolean mayEndEarly();

    /** Lines, each with its {@code \n}; a {@code \r} before it is part of the line. */
    record Lines() implements RecordFormat {
        private static final VarHandle WORD =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
        private static final long ONES = 0x0101_0101_0101_0101L;
        private static final long TOPS = 0x8080_8080_8080_8080L;
        private static final long NEWLINES = '\n' * ONES;

        @Override
        public int end(byte[] bytes, int from, int to) {
            int at = from;
            for (; at <= to - 8; at += 8) { // the lowest top bit that is set marks the first byte equal to \n
                final long word = (long) WORD.get(bytes, at) ^ NEWLINES;
                final long found = word - ONES & ~word & TOPS;
                if (found != 0L) {
                    return at + (Long.numberOfTrailingZeros(found) >>> 3) + 1;
                }
            }
            for (; at < to; at++) {
                if (bytes[at] == '\n') {
                    return at + 1;
                }
            }
            return -1;
        }

        @Override
        public int lastEnd(byte[] bytes, int from, int to) {
            int at = to;
            while (at > from && bytes[at - 1] != '\n') {
                at--;
            }
            return at;
        }

        @Override
        public long length(byte[] bytes, int from, int to) {
            return -1L;
        }

        @Override
        public boolean mayEndEarly() {
            return true;
        }
    }

    /** A length of 4 bytes, little-endian and unsigned, then as many bytes; the prefix is part of the record. */
    record Prefixed() implements RecordFormat {
        private static final int PREFIX = 4;
        private static final VarHandle LENGTH =
                MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();

        @Override
        public int end(byte[] bytes, int from, int to) {
            final long length = length(bytes, from, to);
            return length < 0L || length > to - from ? -1 : from + (int) length;
        }

        @Override
        public int lastEnd(byte[] bytes, int from, int to) {
            int at = from;
            for (int end = from; end >= 0; end = end(bytes, at, to)) {
                at = end;
            }
            return at;
        }

        @Override
        public long length(byte[] bytes, int from, int to) {
            return to - from < PREFIX ? -1L : PREFIX + Integer.toUnsignedLong((int) LENGTH.get(bytes, from));
        }

        @Override
        public boolean mayEndEarly() {
            return false;
        }
    }

    /**
     * Blocks of one size; the last one may be shorter.
     *
     * @param size bytes, 1 or more
     */
    record Blocks(int size) implements RecordFormat {
        @Override
        public int end(byte[] bytes, int from, int to) {
            return to - from < size ? -1 : from + size;
        }

        @Override
        public int lastEnd(byte[] bytes, int from, int to) {
            return to - (to - from) % size;
        }

        @Override
        public long length(byte[] bytes, int from, int to) {
            return size;
        }

        @Override
        public boolean mayEndEarly() {
            return true;
        }
    }
}
