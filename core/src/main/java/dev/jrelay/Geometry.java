// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * Sizes of one buffer and the arithmetic of positions.
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
 */
final class Geometry {
    static final int MIN_SUB_BUFFER_SIZE = 8;
    static final int MAX_SUB_BUFFER_SIZE = 1 << 30;
    static final int MAX_SUB_BUFFER_COUNT = 1 << 20;

    static final long FINALIZED = 1L << 63;
    static final long PAUSED = 1L << 62;
    static final long EXCLUSIVE = 1L << 61;
    static final long FLAGS = FINALIZED | PAUSED | EXCLUSIVE;
    private static final int POSITION_BITS = 61;

    /** Bytes of one sub-buffer, {@code S}: a multiple of 8 from 8 to 2^30. */
    final int subBufferSize;
    /** Sub-buffers of one buffer, {@code n}: a power of two from 1 to 2^20. */
    final int subBufferCount;
    /** Bytes reserved for the client at the start of each sub-buffer, {@code H}: 0 to {@code S - 1}. */
    final int headerBytes;
    final boolean overwrite;
    final boolean exclusive;
    final int shift;
    final long offsetMask;
    final long sequenceMask;

    Geometry(int subBufferSize, int subBufferCount, int headerBytes, Mode mode, boolean exclusive) {
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
        this.subBufferSize = subBufferSize;
        this.subBufferCount = subBufferCount;
        this.headerBytes = headerBytes;
        this.overwrite = mode == Mode.OVERWRITE;
        this.exclusive = exclusive;
        this.shift = 32 - Integer.numberOfLeadingZeros(subBufferSize - 1);
        this.offsetMask = (1L << shift) - 1L;
        this.sequenceMask = -1L >>> 64 - POSITION_BITS + shift;
    }

    /** Bytes of one buffer: what its data file holds. */
    long bufferSize() {
        return (long) subBufferSize * subBufferCount;
    }

    /** The longest record that fits, in bytes. */
    int maxLength() {
        return subBufferSize - headerBytes;
    }

    /** The sequence of a tail word or position. */
    long sequence(long tail) {
        return (tail & ~FLAGS) >>> shift;
    }

    /** The offset of a tail word or position, in bytes. */
    int offset(long tail) {
        return (int) (tail & offsetMask);
    }

    long position(long sequence, int offset) {
        return sequence << shift | offset;
    }

    /** The tail word after {@code tail} when its sub-buffer is used up to {@code offset}; at {@code S} the next one. */
    long advance(long tail, int offset) {
        return offset == subBufferSize ? nextStart(tail) : tail & ~offsetMask | offset;
    }

    /** The tail word, flags kept, at the start of the sub-buffer after the one that {@code tail} is in. */
    long nextStart(long tail) {
        return tail & FLAGS | position(plus(sequence(tail), 1L), 0);
    }

    /** {@code sequence + count}, wrapped; {@code count} may be negative. */
    long plus(long sequence, long count) {
        return sequence + count & sequenceMask;
    }

    /** How many sub-buffers {@code later} is ahead of {@code earlier}, 0 and up, across a wrap. */
    long distance(long later, long earlier) {
        return later - earlier & sequenceMask;
    }

    /** The slot, 0 to count - 1, that sub-buffer {@code sequence} lies in. */
    int slot(long sequence) {
        return (int) sequence & subBufferCount - 1;
    }

    /** Where slot {@code slot} starts in the buffer, in bytes. */
    long slotOffset(int slot) {
        return (long) slot * subBufferSize;
    }
}
