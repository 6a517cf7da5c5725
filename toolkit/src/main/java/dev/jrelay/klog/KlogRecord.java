// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.RecordWriter;
import dev.jrelay.Result;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The format of klog records, and how one is written.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------------------------------------------------------+
 *   |                              id                               |
 *   +---------------------------------------------------------------+
 *   |                     check, never 0, stored last               |
 *   +---------------------------------------------------------------+
 *   |                                                               |
 *   +              timestamp, ns (of the clock in use)              +
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                       length, in bytes                        |
 *   +---------------------------------------------------------------+
 *   |     length bytes: UTF-8 text, or anything                    ...
 *  ...                        zeros up to a multiple of 8           |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>All fields are little-endian; records start at multiples of 8. A record is self-delimiting. A reservation that was
 * aborted is a run of zeros; since {@code check} is never 0, no record begins with a word of zeros, and a reader skips
 * such words one by one.
 *
 * <p>{@code check} is a 32-bit hash of the record's position (sequence and offset), id, length and bytes. It is stored
 * after all the rest, so a record whose check is right is complete. The position is in it because unused parts of a
 * ring hold records of earlier laps: these fail the check, so nothing old is ever taken for new. The timestamp is not
 * in it, as {@code dev.jrelay.ctf} may raise it at delivery. What is not a record passes the check with a probability
 * of 2<sup>-32</sup>; it guards against crashes, not against forgery.
 */
public final class KlogRecord {
    /** Text, complete. */
    public static final int TEXT = 0;
    /** Bytes. */
    public static final int RAW = 1;
    /** Text of which the end was cut off. */
    public static final int TRUNCATED = 2;
    /** In CTF packets only: what is left of reservations that were aborted. */
    public static final int ABORTED = 3;

    /** Bytes before the text or raw bytes. */
    public static final int HEADER_BYTES = 20;
    /** Records start at multiples of this, bytes. */
    public static final int ALIGNMENT = 8;
    /** Bytes of the smallest record. */
    public static final int MIN_SIZE = 24;

    static final long CHECK = 4L;
    static final long TIMESTAMP = 8L;
    static final long LENGTH = 16L;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle CHECK_WORD =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio: spreads every input bit

    private KlogRecord() {
    }

    /**
     * The size of a record in the buffer.
     *
     * @param length its text or raw bytes, 0 or more
     * @return bytes, a multiple of 8 (clamped to the largest int, which fits into no sub-buffer)
     */
    public static int size(int length) {
        return (int) Math.min(Integer.MAX_VALUE, (long) HEADER_BYTES + length + (ALIGNMENT - 1) & -ALIGNMENT);
    }

    /**
     * Writes one record. Nothing is allocated.
     *
     * @param writer the buffer; its header bytes must be a multiple of 8, and all its records of this format
     * @param id {@link #TEXT}, {@link #RAW} or {@link #TRUNCATED}
     * @param timestamp ns, read from the clock before this call, so that it is not later than the reservation
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes, 0 or more
     * @return 0 or more for success, or a {@link Result} below 0, which the channel has counted
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     * @throws IllegalArgumentException if records of another format have put the buffer out of step
     */
    public static long write(RecordWriter writer, int id, long timestamp, byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return write(writer, id, timestamp, source, null, offset, length);
    }

    /**
     * Writes one record, as {@link #write(RecordWriter, int, long, byte[], int, int)} does.
     *
     * @param writer the buffer
     * @param id {@link #TEXT}, {@link #RAW} or {@link #TRUNCATED}
     * @param timestamp ns, read before this call
     * @param source the bytes
     * @param offset offset of the first byte
     * @param length bytes, 0 or more
     * @return 0 or more for success, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     */
    public static long write(RecordWriter writer, int id, long timestamp, MemorySegment source, long offset,
            int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        return write(writer, id, timestamp, null, source, offset, length);
    }

    /** Writes one record, of the array or, if that is null, of the segment; the range is the caller's to check. */
    static long write(RecordWriter writer, int id, long timestamp, byte[] array, MemorySegment segment,
            long offset, int length) {
        final int size = size(length);
        final long position = writer.reserve(size);
        if (position < 0L) {
            return position;
        }
        boolean filled = false;
        try {
            final MemorySegment data = writer.data();
            final long at = writer.dataOffset(position);
            if ((at & ALIGNMENT - 1) != 0L) {
                throw new IllegalArgumentException("position " + position
                        + " is no multiple of 8: there are records of another format in this channel");
            }
            data.set(LONG, at + size - ALIGNMENT, 0L); // the zeros behind the bytes; then the rest over it
            data.set(INT, at, id);
            data.set(LONG, at + TIMESTAMP, timestamp);
            data.set(INT, at + LENGTH, length);
            if (array != null) {
                MemorySegment.copy(array, (int) offset, data, ValueLayout.JAVA_BYTE, at + HEADER_BYTES, length);
            } else {
                MemorySegment.copy(segment, offset, data, at + HEADER_BYTES, length);
            }
            seal(data, at, position, id, size);
            filled = true;
        } finally {
            if (!filled) {
                writer.abort(position, size);
            }
        }
        writer.commit(position, size);
        return position;
    }

    /**
     * Turns a run of zeros, left by aborted reservations, into one {@link #ABORTED} record, for formats that know no
     * gaps. Readers skip it like the zeros.
     *
     * @param subBuffer the whole sub-buffer, which nobody else uses
     * @param sequence its sequence
     * @param at where the zeros begin, a multiple of 8
     * @param size bytes, a multiple of 8, at least {@link #MIN_SIZE}
     * @param timestamp ns
     */
    public static void fillGap(MemorySegment subBuffer, long sequence, long at, int size, long timestamp) {
        subBuffer.set(INT, at, ABORTED);
        subBuffer.set(LONG, at + TIMESTAMP, timestamp);
        subBuffer.set(INT, at + LENGTH, size - HEADER_BYTES);
        seal(subBuffer, at, position(sequence, at, subBuffer.byteSize()), ABORTED, size);
    }

    /** Stores the check; release: a process that dies before it leaves no valid record, whatever else is stored. */
    private static void seal(MemorySegment data, long at, long position, int id, int size) {
        final int check = check(data, at, position, id, size);
        if (data.isNative()) {
            CHECK_WORD.setRelease(data, at + CHECK, check);
        } else {
            data.set(INT, at + CHECK, check); // an array dies with its process
        }
    }

    /**
     * The check of the record at {@code at}.
     *
     * @param data holds it
     * @param at its offset there
     * @param position its position in the channel
     * @param id its id
     * @param size its size in the buffer, a multiple of 8
     * @return the value its check must have, not 0
     */
    static int check(MemorySegment data, long at, long position, int id, int size) {
        long hash = (position ^ (long) id << 61) * MULTIPLIER;
        for (long word = LENGTH; word < size; word += 8L) {
            hash = (hash ^ hash >>> 32 ^ data.get(LONG, at + word)) * MULTIPLIER;
        }
        final int check = (int) (hash >>> 32);
        return check != 0 ? check : 1;
    }

    /**
     * The position that a channel gives to a record, as {@code docs/layout.md} defines it.
     *
     * @param sequence sequence of its sub-buffer
     * @param offset its offset there, bytes
     * @param subBufferSize bytes
     * @return the position that {@link RecordWriter#reserve} has returned
     */
    static long position(long sequence, long offset, long subBufferSize) {
        return sequence << 64 - Long.numberOfLeadingZeros(subBufferSize - 1L) | offset;
    }
}
