// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.Objects;

/**
 * The sizes of a channel's buffers, and all arithmetic of positions. The same object on both sides: {@link
 * Channel#geometry()}, {@link MappedChannel#geometry()}.
 *
 * <p>A <em>position</em> is a sequence and an offset in one non-negative long; the tail word is a position with three
 * flags above it:
 *
 * <pre>
 *   63  62  61  60                        shift  shift-1            0
 *  +---+---+---+-------------------------------+---------------------+
 *  | F | P | X |          sequence q           |       offset        |
 *  +---+---+---+-------------------------------+---------------------+
 *    F finalized (channel closed)    P paused    X exclusive buffer
 * </pre>
 *
 * <p>{@code shift} is the number of bits that an offset below the sub-buffer size needs, so a buffer takes
 * 2<sup>61</sup> bytes before its sequence wraps (7 years at 10 GB/s), and even then nothing breaks: sequences are kept
 * modulo {@code 2^(61-shift)} and compared by their distance, and the count of sub-buffers, a power of two, divides
 * that modulus. An offset is always below the sub-buffer size, since filling a sub-buffer moves the tail to the start
 * of the next one.
 *
 * @param subBufferSize bytes of one sub-buffer, {@code S}: a multiple of 8 from 8 to 2^30
 * @param subBufferCount sub-buffers of one buffer, {@code n}: a power of two from 1 to 2^20
 * @param headerBytes bytes reserved for the client at the start of each sub-buffer, {@code H}: 0 to {@code S - 1}
 * @param mode what happens when a buffer is full
 */
public record Geometry(int subBufferSize, int subBufferCount, int headerBytes, Mode mode) {
    static final int MIN_SUB_BUFFER_SIZE = 8;
    static final int MAX_SUB_BUFFER_SIZE = 1 << 30;
    static final int MAX_SUB_BUFFER_COUNT = 1 << 20;

    static final long FINALIZED = 1L << 63;
    static final long PAUSED = 1L << 62;
    static final long EXCLUSIVE = 1L << 61;
    static final long FLAGS = FINALIZED | PAUSED | EXCLUSIVE;
    private static final int POSITION_BITS = 61;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException naming the value that is out of range, and the range
     */
    public Geometry {
        if (subBufferSize < MIN_SUB_BUFFER_SIZE || subBufferSize > MAX_SUB_BUFFER_SIZE || (subBufferSize & 7) != 0) {
            throw new IllegalArgumentException("sub-buffer size " + subBufferSize
                    + " bytes: must be a multiple of 8 from " + MIN_SUB_BUFFER_SIZE + " to " + MAX_SUB_BUFFER_SIZE);
        }
        if (subBufferCount < 1 || subBufferCount > MAX_SUB_BUFFER_COUNT || Integer.bitCount(subBufferCount) != 1) {
            throw new IllegalArgumentException("sub-buffer count " + subBufferCount
                    + ": must be a power of two from 1 to " + MAX_SUB_BUFFER_COUNT);
        }
        if (headerBytes < 0 || headerBytes >= subBufferSize) {
            throw new IllegalArgumentException("header bytes " + headerBytes
                    + ": must be from 0 to the sub-buffer size minus 1, " + (subBufferSize - 1));
        }
        Objects.requireNonNull(mode, "mode");
    }

    /**
     * Bytes of one buffer: what its data file holds.
     *
     * @return {@code subBufferCount * subBufferSize}
     */
    public long bufferSize() {
        return (long) subBufferSize * subBufferCount;
    }

    /**
     * The longest record that fits.
     *
     * @return bytes: the sub-buffer size minus the header bytes
     */
    public int maxLength() {
        return subBufferSize - headerBytes;
    }

    /**
     * The sub-buffer that a position lies in.
     *
     * @param position a position or tail word
     * @return its sequence, 0 or more
     */
    public long sequence(long position) {
        return (position & ~FLAGS) >>> shift();
    }

    /**
     * Where in its sub-buffer a position lies.
     *
     * @param position a position or tail word
     * @return bytes from the sub-buffer's start
     */
    public int offset(long position) {
        return (int) (position & offsetMask());
    }

    /**
     * A position from its parts.
     *
     * @param sequence a sub-buffer's sequence
     * @param offset bytes from its start, below the sub-buffer size
     * @return the position
     */
    public long position(long sequence, int offset) {
        return sequence << shift() | offset;
    }

    /**
     * The place of a sub-buffer in the ring.
     *
     * @param sequence a sub-buffer's sequence
     * @return 0 to {@code subBufferCount - 1}
     */
    public int slot(long sequence) {
        return (int) sequence & subBufferCount - 1;
    }

    /**
     * Where a position lies in its buffer's memory.
     *
     * @param position a position
     * @return bytes from the buffer's start
     */
    public long dataOffset(long position) {
        return slotOffset(slot(sequence(position))) + offset(position);
    }

    /**
     * A sequence some sub-buffers on, across a wrap.
     *
     * @param sequence a sub-buffer's sequence
     * @param count sub-buffers to go on; may be negative
     * @return the sequence there
     */
    public long plus(long sequence, long count) {
        return sequence + count & sequenceMask();
    }

    /**
     * How many sub-buffers one sequence is ahead of another, across a wrap.
     *
     * @param later a sequence
     * @param earlier a sequence before it
     * @return sub-buffers, 0 or more
     */
    public long distance(long later, long earlier) {
        return later - earlier & sequenceMask();
    }

    boolean overwrites() {
        return mode == Mode.OVERWRITE;
    }

    int shift() {
        return 32 - Integer.numberOfLeadingZeros(subBufferSize - 1);
    }

    long offsetMask() {
        return (1L << shift()) - 1L;
    }

    long sequenceMask() {
        return -1L >>> 64 - POSITION_BITS + shift();
    }

    /** Where slot {@code slot} starts in the buffer, in bytes. */
    long slotOffset(int slot) {
        return (long) slot * subBufferSize;
    }

    /** The sequence whose delivery frees the slot of {@code sequence}: one lap before it. */
    long lapBefore(long sequence) {
        return plus(sequence, -subBufferCount);
    }

    /** What {@code delivered} holds once {@code sequence} is delivered. */
    long after(long sequence) {
        return plus(sequence, 1L);
    }

    /** The tail word after {@code tail} when its sub-buffer is used up to {@code offset}; at {@code S} the next one. */
    long advance(long tail, int offset) {
        return offset == subBufferSize ? nextStart(tail) : tail & ~offsetMask() | offset;
    }

    /** The tail word, flags kept, at the start of the sub-buffer after the one that {@code tail} is in. */
    long nextStart(long tail) {
        return tail & FLAGS | position(after(sequence(tail)), 0);
    }
}
