// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A buffer under stress: the shipped classes on a slice of a {@link Pool}, put back into its initial state for each
 * sample, and what the tests ask of it.
 *
 * <p>A record is 4 bytes or more, all of them its <em>tag</em>, 1 to 9, so that a reader can tell whose bytes it sees;
 * memory that nobody has written holds 0.
 */
final class Cell {
    /** Bytes of the shortest record, and of the unit in which {@link #audit} counts. */
    static final int UNIT = 4;

    /** How often an actor looks again for what the other one does, so that the two really overlap. */
    static final int LOOKS = 40;

    /** A sub-buffer that takes long enough to copy for a writer to come in between. */
    static final int LARGE = 1024;

    private static final long EACH_BYTE = 0x0101_0101_0101_0101L;
    private static final byte[][] RECORDS = records();

    final Geometry geometry;
    final ControlWords words;
    final RelayBuffer buffer;
    final Consumer consumer;
    /** Calls of {@code onStart} and {@code onEnd}, and whether a callback found something wrong. */
    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicInteger faults = new AtomicInteger();

    private final MemorySegment block;
    private final MemorySegment data;

    /** A cell whose consumer looks at the same memory as its writers. */
    Cell(int index, Geometry geometry, MemorySegment block, MemorySegment data, Callbacks callbacks) {
        this.geometry = geometry;
        this.block = block;
        this.data = data;
        this.words = new ControlWords(block, geometry.subBufferCount);
        this.buffer = new RelayBuffer(index, geometry, words, data, callbacks);
        this.consumer = new Consumer(geometry, words, buffer.subBuffers, buffer.waiter, () -> { });
    }

    /** A cell whose consumer has the same memory at other addresses, as another process has. */
    Cell(int index, Geometry geometry, MemorySegment block, MemorySegment data, MemorySegment blockView,
            MemorySegment dataView) {
        this.geometry = geometry;
        this.block = block;
        this.data = data;
        this.words = new ControlWords(block, geometry.subBufferCount);
        this.buffer = new RelayBuffer(index, geometry, words, data, Callbacks.NONE);
        this.consumer = new Consumer(geometry, new ControlWords(blockView, geometry.subBufferCount),
                RelayBuffer.subBuffers(geometry, dataView), null, () -> { });
    }

    /** As {@link Channel#open} leaves a buffer whose first sub-buffer has number {@code first}. */
    void initialize(long first) {
        block.fill((byte) 0);
        data.fill((byte) 0);
        words.initialize(geometry, first);
        buffer.waiter.leave();
        if (!geometry.overwrite) {
            consumer.peek(0); // looks at this sample, and no longer at the one before
        }
        starts.setPlain(0);
        ends.setPlain(0);
        faults.setPlain(0);
    }

    private static byte[][] records() {
        final byte[][] records = new byte[10][LARGE];
        for (int tag = 0; tag < records.length; tag++) {
            Arrays.fill(records[tag], (byte) tag);
        }
        return records;
    }

    /** The shipped {@code write} of {@code length} bytes {@code tag}. */
    long write(int tag, int length) {
        return buffer.write(RECORDS[tag], 0, length);
    }

    /** The same through an exclusive writer. */
    static long write(ExclusiveWriter writer, int tag, int length) {
        return writer.write(RECORDS[tag], 0, length);
    }

    /** {@link #write}, tried again while it fails; the other actor may be about to make room. */
    long writeSoon(int tag, int length) {
        long result = write(tag, length);
        for (int look = 0; look < LOOKS && result < 0L; look++) {
            result = write(tag, length);
        }
        return result;
    }

    /** Writes into a reservation and commits it. */
    void complete(long position, int tag, int length) {
        fill(position, tag, length);
        buffer.commit(position, length);
    }

    void fill(long position, int tag, int length) {
        MemorySegment.copy(RECORDS[tag], 0, data, ValueLayout.JAVA_BYTE, buffer.dataOffset(position), length);
    }

    /** The next sub-buffer, looked for a while; null if none was ready. */
    SubBuffer nextSoon() {
        SubBuffer next = consumer.next();
        for (int look = 0; look < LOOKS && next == null; look++) {
            next = consumer.next();
        }
        return next;
    }

    /** Reads until {@code target} is full, for a while; how many bytes came. */
    int readSoon(byte[] target) {
        int count = 0;
        for (int look = 0; look < LOOKS && count < target.length; look++) {
            count += consumer.read(target, count, target.length - count);
        }
        return count;
    }

    /** The tag that all of the {@code length} bytes from {@code offset} have, or -1 if they differ: a torn record. */
    static int tag(SubBuffer subBuffer, int offset, int length) {
        return tag(subBuffer.segment().asSlice(offset, length));
    }

    private static int tag(MemorySegment bytes) {
        final int tag = bytes.get(ValueLayout.JAVA_BYTE, 0L);
        long at = 0L;
        for (; at <= bytes.byteSize() - Long.BYTES; at += Long.BYTES) {
            if (bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != tag * EACH_BYTE) {
                return -1;
            }
        }
        for (; at < bytes.byteSize(); at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != tag) {
                return -1;
            }
        }
        return tag;
    }

    /** The tag of a whole sub-buffer that holds one record, or -1. */
    static int tag(SubBuffer subBuffer) {
        return tag(subBuffer, 0, subBuffer.length());
    }

    /** The tag of the first {@code length} bytes of an array, or -1. */
    static int tag(byte[] bytes, int length) {
        return tag(MemorySegment.ofArray(bytes).asSlice(0L, length));
    }

    /**
     * For arbiters: flushes, consumes what is left, and adds up.
     *
     * @return for each sub-buffer two decimal digits, records and padding in units, oldest first; -1 if a unit of what
     *     was delivered is torn or was never written, if bytes were committed that nobody reserved, or if the counters
     *     disagree with {@code attempted}
     */
    int audit(int attempted) {
        buffer.flush();
        int result = 0;
        for (SubBuffer next = consumer.next(); next != null; next = consumer.next()) {
            result = result * 100 + next.records() * 10 + next.padding() / UNIT;
            for (int at = geometry.headerBytes; at < next.length(); at += UNIT) {
                if (tag(next, at, UNIT) < 1) {
                    return -1;
                }
            }
            consumer.subBuffersConsumed(1);
        }
        for (int slot = 0; slot < geometry.subBufferCount; slot++) {
            if (words.commitAcquire(slot) != 0L) {
                return -1;
            }
        }
        final BufferStats stats = buffer.stats();
        return stats.attemptedRecords() == attempted && stats.backlog() == 0L && faults.get() == 0 ? result : -1;
    }
}
