// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Writes records into one buffer: {@link SharedWriter} for any number of threads, {@link ExclusiveWriter} for one.
 *
 * <p>A record is written either in one call ({@code write}) or in three steps that need no staging copy:
 * {@link #reserve}, fill {@link #data()} from {@link #dataOffset}, {@link #commit}; {@code write} is these three steps.
 * Nothing is allocated in either way.
 *
 * {@snippet :
 * long position = writer.reserve(16);
 * if (position >= 0) {
 *     long at = writer.dataOffset(position);
 *     writer.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at, id);
 *     writer.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8, value);
 *     writer.commit(position, 16);
 * }
 * }
 *
 * <p>Guarantees: a record is never split over two sub-buffers; the consumer does not see a sub-buffer before every
 * record reserved in it is committed or aborted; writers never block.
 *
 * <p>After the channel is closed, {@code reserve} and {@code write} return {@link Result#CLOSED}; a record reserved
 * before can still be filled, and committed or aborted: its memory lives until then.
 *
 * <p>Memory consistency effects: what a thread does before {@code commit} or {@code write} happens-before what a
 * consumer does after it has received the record's sub-buffer.
 */
public abstract sealed class RecordWriter extends ControlWords permits SharedWriter, ExclusiveWriter {
    /** One committed record, in a commit word; its bytes are added to it. */
    static final long RECORD = 1L << 32;

    final RelayBuffer buffer;
    final SubBufferSwitch protocol;
    final Geometry geometry;
    final int subBufferSize;
    final MemorySegment data;
    /** The array behind the data, if it is on the heap: copies between arrays are cheaper than to any other memory. */
    private final byte[] array;

    RecordWriter(RelayBuffer buffer, ControlWords words, Geometry geometry, MemorySegment data) {
        super(words);
        this.buffer = buffer;
        this.protocol = buffer.protocol;
        this.geometry = geometry;
        this.subBufferSize = geometry.subBufferSize();
        this.data = data;
        this.array = data.heapBase().orElse(null) instanceof byte[] bytes && data.address() == 0L ? bytes : null;
    }

    /**
     * Reserves room for a record. The consumer cannot receive this sub-buffer, nor a writer reuse it, until the
     * reservation is committed or aborted; keep the time between short.
     *
     * @param length bytes, from 1; more than {@link Geometry#maxLength()} fails with {@link Result#TOO_LARGE}
     * @return the position of the record, 0 or more, to be passed to {@link #dataOffset} and {@link #commit}; or a
     *     {@link Result} below 0, which has been counted
     * @throws IllegalArgumentException if {@code length} is below 1
     */
    public abstract long reserve(int length);

    /**
     * Makes a reserved record part of its sub-buffer. Once for each reservation, by any thread (of an exclusive writer:
     * its own), also after the channel is closed. The consumer gets the record with its sub-buffer, when that is full
     * or flushed.
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
    public abstract void abort(long position, int length);

    /**
     * Whether a record would not fail with {@link Result#FULL} now; always true in overwrite mode. For a writer that
     * can wait, and would rather wait than lose a record: a failed write counts as lost even if it is tried again. The
     * answer is certain for the only writer of a buffer; other writers may take the room.
     *
     * @param length bytes
     * @return true if there is room
     */
    public abstract boolean hasRoom(int length);

    /**
     * The buffer that the records go to.
     *
     * @return the buffer
     */
    public final RelayBuffer buffer() {
        return buffer;
    }

    /**
     * The memory of the whole buffer. Only reserved, uncommitted ranges may be written. It is freed when the channel is
     * closed, the last reservation finished and the last consumer gone; an access after that throws
     * {@link IllegalStateException}.
     *
     * @return {@code subBufferCount * subBufferSize} bytes
     */
    public final MemorySegment data() {
        return data;
    }

    /**
     * Where a reserved record lies.
     *
     * @param position what {@link #reserve} returned, before it is committed or aborted
     * @return the offset of its first byte in {@link #data()}
     */
    public abstract long dataOffset(long position);

    /**
     * Writes one record.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     */
    public final long write(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length == 0) {
            return 0L;
        }
        final long position = reserve(length);
        if (position >= 0L) {
            try {
                copy(source, offset, dataOffset(position), length);
            } catch (Throwable failure) { // the file was truncated under its mapping
                abort(position, length);
                throw failure;
            }
            commit(position, length);
        }
        return position;
    }

    private void copy(byte[] source, int offset, long to, int length) {
        if (array != null) {
            System.arraycopy(source, offset, array, (int) to, length);
        } else {
            MemorySegment.copy(source, offset, data, ValueLayout.JAVA_BYTE, to, length);
        }
    }

    /**
     * Writes one record.
     *
     * @param source the bytes
     * @param offset offset of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     * @throws IllegalStateException if {@code source} is closed; the record is aborted then
     */
    public final long write(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        if (length == 0) {
            return 0L;
        }
        final long position = reserve(length);
        if (position >= 0L) {
            try {
                Copy.segment(source, offset, data, dataOffset(position), length);
            } catch (Throwable failure) {
                abort(position, length);
                throw failure;
            }
            commit(position, length);
        }
        return position;
    }

    /**
     * Writes the remaining bytes of {@code source} as one record.
     *
     * @param source a heap or direct buffer; on success its position moves to its limit, else it stays
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IllegalStateException if the memory of {@code source} is closed; the record is aborted then
     */
    public final long write(ByteBuffer source) {
        final int length = source.remaining();
        if (length == 0) {
            return 0L;
        }
        final long position = source.hasArray()
                ? write(source.array(), source.arrayOffset() + source.position(), length)
                : writeDirect(source, length);
        if (position >= 0L) {
            source.position(source.limit());
        }
        return position;
    }

    private long writeDirect(ByteBuffer source, int length) {
        final long position = reserve(length);
        if (position >= 0L) {
            try {
                Copy.buffer(source, data, dataOffset(position), length);
            } catch (Throwable failure) {
                abort(position, length);
                throw failure;
            }
            commit(position, length);
        }
        return position;
    }
}
