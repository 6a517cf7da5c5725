// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes records into one buffer: {@link RelayBuffer} for any number of threads, {@link ExclusiveWriter} for one.
 *
 * <p>A record is written either in one call ({@code write}) or in three steps that need no staging copy:
 * {@link #reserve}, fill {@link #data()} from {@link #dataOffset}, {@link #commit}. Nothing is allocated in either way.
 *
 * <p>Guarantees: a record is never split over two sub-buffers; the consumer does not see a sub-buffer before every
 * record reserved in it is committed or aborted; writers never block.
 *
 * <p>Memory consistency effects: what a thread does before {@code commit} or {@code write} happens-before what a
 * consumer does after it has received the record's sub-buffer.
 */
public abstract sealed class RecordWriter permits RelayBuffer, ExclusiveWriter {
    final Geometry geometry;
    final MemorySegment data;

    // Copies of the geometry that each write reads, one field away.
    final int subBufferSize;
    final int headerBytes;
    final int shift;
    final int slotMask;
    final long offsetMask;

    RecordWriter(Geometry geometry, MemorySegment data) {
        this.geometry = geometry;
        this.data = data;
        this.subBufferSize = geometry.subBufferSize;
        this.headerBytes = geometry.headerBytes;
        this.shift = geometry.shift;
        this.slotMask = geometry.subBufferCount - 1;
        this.offsetMask = geometry.offsetMask;
    }

    /** The slot of a position. */
    final int slot(long position) {
        return (int) (position >>> shift) & slotMask;
    }

    /**
     * Reserves room for a record. The consumer cannot receive this sub-buffer, nor a writer reuse it, until the
     * reservation is committed or aborted; keep the time between short.
     *
     * @param length bytes, from 1; more than {@link #maxLength()} fails with {@link Result#TOO_LARGE}
     * @return the position of the record, 0 or more, to be passed to {@link #dataOffset} and {@link #commit}; or a
     *     {@link Result} below 0, which has been counted
     * @throws IllegalArgumentException if {@code length} is below 1
     */
    public final long reserve(int length) {
        if (length < 1) {
            throw new IllegalArgumentException("reserve of " + length + " bytes: must be 1 to " + maxLength());
        }
        return tryReserve(length);
    }

    /**
     * Makes a reserved record part of its sub-buffer. Once for each reservation, by any thread (of an exclusive writer:
     * its own).
     *
     * @param position what {@link #reserve} returned
     * @param length the length that was reserved, bytes
     */
    public abstract void commit(long position, int length);

    /**
     * Gives up a reserved record. The space cannot be taken back: its bytes are set to zero, stay part of the
     * sub-buffer and are counted as aborted; they are not a record. A format whose readers meet aborted records should
     * make zero bytes recognizable.
     *
     * @param position what {@link #reserve} returned
     * @param length the length that was reserved, bytes
     */
    public final void abort(long position, int length) {
        try {
            data.asSlice(dataOffset(position), length).fill((byte) 0);
        } catch (IllegalStateException closed) {
            rethrowIfAlive(closed); // else the memory went with the last reader
        }
        abortCommit(position, length);
    }

    /**
     * Whether a record would not fail with {@link Result#FULL} now; always true in overwrite mode. For a writer that
     * can wait, and would rather wait than lose a record: a failed write counts as lost even if it is tried again. The
     * answer is certain for the only writer of a buffer; other writers may take the room.
     *
     * @param length bytes
     * @return true if there is room
     */
    public abstract boolean hasRoom(int length);

    /** Reserves {@code length} bytes, 1 or more. */
    abstract long tryReserve(int length);

    abstract void abortCommit(long position, int length);

    /**
     * The memory of the whole buffer. Only reserved, uncommitted ranges may be written.
     *
     * @return {@code subBufferCount * subBufferSize} bytes
     */
    public final MemorySegment data() {
        return data;
    }

    /**
     * The sub-buffer that a position lies in; {@link SubBuffer#sequence()} on the consumer's side.
     *
     * @param position what {@link #reserve} or a {@code write} returned, 0 or more
     * @return the sub-buffer's sequence
     */
    public final long sequence(long position) {
        return geometry.sequence(position);
    }

    /**
     * Where a reserved record lies.
     *
     * @param position what {@link #reserve} returned
     * @return the offset of its first byte in {@link #data()}
     */
    public final long dataOffset(long position) {
        return (long) slot(position) * subBufferSize + (position & offsetMask);
    }

    /**
     * The longest record that can be written.
     *
     * @return bytes: the sub-buffer size minus the header bytes
     */
    public final int maxLength() {
        return geometry.maxLength();
    }

    /**
     * Writes one record.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     */
    public long write(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length == 0) {
            return 0L;
        }
        final long position = tryReserve(length);
        if (position < 0L) {
            return position;
        }
        try {
            MemorySegment.copy(source, offset, data, ValueLayout.JAVA_BYTE, dataOffset(position), length);
        } catch (Throwable failure) {
            return failed(position, length, failure);
        }
        commit(position, length);
        return position;
    }

    /**
     * Writes one record.
     *
     * @param source the bytes
     * @param offset offset of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     */
    public final long write(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        if (length == 0) {
            return 0L;
        }
        final long position = tryReserve(length);
        if (position < 0L) {
            return position;
        }
        try {
            MemorySegment.copy(source, offset, data, dataOffset(position), length);
        } catch (Throwable failure) {
            return failed(position, length, failure);
        }
        commit(position, length);
        return position;
    }

    /**
     * Writes the remaining bytes of {@code source} as one record.
     *
     * @param source a heap or direct buffer; on success its position moves to its limit, else it stays
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     */
    public final long write(ByteBuffer source) {
        final int length = source.remaining();
        if (length == 0) {
            return 0L;
        }
        final long result = source.hasArray()
                ? write(source.array(), source.arrayOffset() + source.position(), length)
                : writeDirect(source, length);
        if (result >= 0L) {
            source.position(source.limit());
        }
        return result;
    }

    private long writeDirect(ByteBuffer source, int length) {
        final long position = tryReserve(length);
        if (position < 0L) {
            return position;
        }
        try {
            Copy.buffer(source, data, dataOffset(position), length);
        } catch (Throwable failure) {
            return failed(position, length, failure);
        }
        commit(position, length);
        return position;
    }

    /** The copy or a callback failed: the record becomes an aborted one. */
    final long failed(long position, int length, Throwable failure) {
        abort(position, length);
        if (failure instanceof IllegalStateException closed && !data.scope().isAlive()) {
            return Result.CLOSED;
        }
        throw RecordWriter.<RuntimeException>unchecked(failure);
    }

    final void rethrowIfAlive(IllegalStateException closed) {
        if (data.scope().isAlive()) {
            throw closed;
        }
    }

    @SuppressWarnings("unchecked") // a copy throws no checked exception; this keeps errors as they are
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }
}
