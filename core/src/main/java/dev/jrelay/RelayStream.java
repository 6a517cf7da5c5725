// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The bytes of a buffer, read like relayfs' {@code read()}: padding is stripped, sub-buffer boundaries are crossed, the
 * committed beginning of the current sub-buffer is included, and what is returned is consumed. Header bytes are part of
 * the data. Never blocks; {@link Consumer#poll} waits.
 *
 * <pre>
 * whole     q = consumed; delivered[q] == q + 1: copy, CAS(consumed, q, q + 1)
 * partial   delivered[q] == q - n + 1, then commit[q], then tail: what is committed is a prefix without holes when
 *           the tail is still in q and its offset equals the committed bytes; copy; consumed == q still?
 * </pre>
 *
 * <p>Threads: the consumer's, one at a time. After {@link Consumer#close()} it throws {@link IllegalStateException}.
 */
public final class RelayStream {
    private static final int MAX_ATTEMPTS = 64;

    private final Consumer consumer;
    private final Window window;
    private final Geometry geometry;
    private final ControlWords words;

    /** The piece that is being copied: a range of a view, and whether the view is a whole sub-buffer. */
    private SubBuffer view;
    private int from;
    private int count;
    private boolean whole;
    private int failures;

    RelayStream(Consumer consumer, Window window) {
        this.consumer = consumer;
        this.window = window;
        this.geometry = window.geometry;
        this.words = window.words;
    }

    /**
     * Reads bytes.
     *
     * @param target where to
     * @param offset index of the first byte
     * @param length bytes wanted
     * @return bytes read; 0 if nothing is there now, or the sub-buffer next in order is held (see
     *     {@link Consumer#heldSequence()}); -1 if the channel is closed and everything is read
     * @throws IndexOutOfBoundsException if the range is not within {@code target}
     */
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        int total = 0;
        start();
        while (find(length - total)) {
            // plain: in overwrite mode it may be overwritten meanwhile; taken() finds out [B3]
            MemorySegment.copy(view.segment(), ValueLayout.JAVA_BYTE, from, target, offset + total, count);
            total += taken();
        }
        return (int) end(total, length);
    }

    /**
     * Reads bytes, as {@link #read(byte[], int, int)} does.
     *
     * @param target where to
     * @param offset offset of the first byte
     * @param length bytes wanted
     * @return bytes read; 0 if nothing is there now; -1 if the channel is closed and everything is read
     * @throws IndexOutOfBoundsException if the range is not within {@code target}
     */
    public long read(MemorySegment target, long offset, long length) {
        Objects.checkFromIndexSize(offset, length, target.byteSize());
        long total = 0L;
        start();
        while (find(length - total)) {
            Copy.segment(view.segment(), from, target, offset + total, count); // plain: as above [B3]
            total += taken();
        }
        return end(total, length);
    }

    /**
     * Reads bytes into the remaining room of {@code target}, as {@link #read(byte[], int, int)} does.
     *
     * @param target where to; its position moves behind what was read
     * @return bytes read; 0 if nothing is there now; -1 if the channel is closed and everything is read
     */
    public int read(ByteBuffer target) {
        final int length = target.remaining();
        int total = 0;
        start();
        while (find(length - total)) {
            target.put(target.position() + total, view.bytes(), from, count); // plain: as above [B3]
            total += taken();
        }
        target.position(target.position() + total);
        return (int) end(total, length);
    }

    private void start() {
        consumer.checkOpen();
        failures = 0;
    }

    /** Finds the next piece of at most {@code wanted} bytes. */
    private boolean find(long wanted) {
        if (wanted == 0L || failures == MAX_ATTEMPTS) {
            return false;
        }
        final long sequence = words.consumedAcquire();
        whole = window.isDelivered(sequence);
        if (whole) {
            view = consumer.view(sequence);
        } else {
            final long prefix = window.stablePrefix(sequence);
            view = consumer.view(sequence, geometry.subBufferSize() - (int) prefix, prefix >>> 32);
        }
        from = Math.min(readOffset(sequence), view.length());
        count = (int) Math.min(wanted, view.length() - from);
        return count > 0 || whole;
    }

    /** Consumes the piece, if what was copied was not overwritten or taken by a reset meanwhile; returns its bytes. */
    private int taken() {
        final long sequence = view.sequence();
        final boolean last = whole && from + count == view.length();
        if (last ? window.consume(sequence) : advance(sequence, from + count)) {
            failures += count == 0 ? 1 : 0; // rare, unless a peer delivers nothing over and over
            return count;
        }
        failures++;
        return 0;
    }

    /** Keeps the place in a sub-buffer that is not read to its end; false if it was overwritten meanwhile. */
    private boolean advance(long sequence, int offset) {
        words.copiedFence();
        if (words.consumedAcquire() != sequence) {
            return false;
        }
        words.readPositionOpaque(geometry.position(sequence, offset));
        return true;
    }

    private int readOffset(long sequence) {
        final long position = words.readPositionOpaque();
        return geometry.sequence(position) == sequence ? geometry.offset(position) : 0;
    }

    private long end(long total, long length) {
        return total == 0L && length > 0L && window.isDrained() ? -1L : total;
    }
}
