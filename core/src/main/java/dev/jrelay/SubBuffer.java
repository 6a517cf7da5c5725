// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A sub-buffer as its consumer sees it: a view that is prepared once and reused, so that consuming allocates nothing.
 *
 * <p>From {@link Consumer} it is valid until the sub-buffer is consumed, in overwrite mode until the next call of
 * {@link Consumer#next()}; from {@link Snapshot} it is a copy and stays valid. To be used by the consumer's thread.
 */
public final class SubBuffer {
    private final MemorySegment segment;
    private final ByteBuffer bytes;
    private long sequence;
    private int length;
    private int records;

    SubBuffer(MemorySegment segment) {
        this.segment = segment;
        this.bytes = segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Points the view at a sub-buffer; what comes from shared memory is clamped to what is possible. */
    SubBuffer set(long newSequence, long padding, long newRecords) {
        sequence = newSequence;
        length = (int) (segment.byteSize() - Math.clamp(padding, 0L, segment.byteSize()));
        records = (int) Math.clamp(newRecords, 0L, length);
        bytes.limit(length).position(0);
        return this;
    }

    /**
     * The memory of the sub-buffer. Only the first {@link #length()} bytes are valid; the rest is padding.
     *
     * @return {@code subBufferSize} bytes
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * The valid bytes, header included and padding stripped, ready for a channel's {@code write}. The same object each
     * time, position 0 when the view is obtained, in native byte order.
     *
     * @return a direct buffer whose limit is {@link #length()}
     */
    public ByteBuffer bytes() {
        return bytes;
    }

    /**
     * The number of this sub-buffer, counted from the opening of the channel; gaps are overwritten or skipped ones.
     *
     * @return a sequence, from 0
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Valid bytes: header and records, without padding.
     *
     * @return bytes, 0 to {@code subBufferSize}
     */
    public int length() {
        return length;
    }

    /**
     * Unused bytes at the end.
     *
     * @return bytes
     */
    public int padding() {
        return (int) segment.byteSize() - length;
    }

    /**
     * Committed records in it.
     *
     * @return records
     */
    public int records() {
        return records;
    }
}
