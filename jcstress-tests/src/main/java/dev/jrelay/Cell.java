// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A buffer under stress: the shipped classes on a slice of a {@link Pool}, in its initial state for each sample, and
 * what the tests ask of it.
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
    /** Null of an exclusive buffer. */
    final SharedWriter writer;
    final Consumer consumer;
    /** Calls of {@code onStart} and {@code onEnd}, and whether a callback found something wrong. */
    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicInteger faults = new AtomicInteger();
    /** How often the buffer has let go of its memory. */
    final AtomicInteger settled = new AtomicInteger();

    private final boolean exclusive;
    private final MemorySegment block;
    private final MemorySegment data;

    /** A cell in its initial state, whose consumer looks at the same memory as its writers. */
    Cell(int index, Geometry geometry, boolean exclusive, long first, MemorySegment block, MemorySegment data,
            Callbacks callbacks) {
        this(index, geometry, exclusive, first, block, data, callbacks, null, null);
    }

    /** A cell whose consumer has the same memory at other addresses, if there are any, as another process has. */
    Cell(int index, Geometry geometry, boolean exclusive, long first, MemorySegment block, MemorySegment data,
            Callbacks callbacks, MemorySegment blockRead, MemorySegment dataRead) {
        this.geometry = geometry;
        this.exclusive = exclusive;
        this.block = block;
        this.data = data;
        fill(first);
        this.words = new ControlWords(block, geometry.subBufferCount());
        this.buffer = new RelayBuffer(index, new Window(geometry, words, exclusive), data, callbacks,
                settled::getAndIncrement);
        this.writer = buffer.writer();
        this.consumer = blockRead == null
                ? new Consumer(buffer.window, buffer.subBuffers, new Waiting.Asleep(words, buffer.waiter), lease())
                : new Consumer(new Window(geometry, new ControlWords(blockRead, geometry.subBufferCount()), exclusive),
                        RelayBuffer.subBuffers(geometry, dataRead), new Waiting.InPauses(), lease());
    }

    private static Lease lease() {
        return new Lease(1, () -> { });
    }

    /** Puts a cell that was used back into its initial state, but for what the buffer knows beside its words. */
    void initialize(long first) {
        consumer.subBuffersConsumed(geometry.subBufferCount()); // forgets what it has shown
        fill(first);
        buffer.waiter.leave();
        starts.setPlain(0);
        ends.setPlain(0);
        faults.setPlain(0);
    }

    private void fill(long first) {
        block.fill((byte) 0);
        data.fill((byte) 0);
        ControlWords.initialize(block, geometry, first, exclusive);
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
        return writer.write(RECORDS[tag], 0, length);
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
        writer.commit(position, length);
    }

    void fill(long position, int tag, int length) {
        MemorySegment.copy(RECORDS[tag], 0, data, ValueLayout.JAVA_BYTE, geometry.dataOffset(position), length);
    }

    /** Takes and reports one sub-buffer; 1 if it was consumed. */
    int consume() {
        consumer.next();
        return consumer.subBuffersConsumed(1);
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
            count += consumer.stream().read(target, count, target.length - count);
        }
        return count;
    }

    /** The records that were attempted, as the counters add up. */
    int attempted() {
        return (int) buffer.statsSinceOpen().attempted().records();
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

    /** The tag of a reserved record as its memory has it now, or -1. */
    int tagAt(long position, int length) {
        return tag(data.asSlice(geometry.dataOffset(position), length));
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
     * For arbiters: flushes (a shared buffer), consumes what is left, and adds up.
     *
     * @return for each sub-buffer two decimal digits, records and padding in units, oldest first; -1 if a unit of what
     *     was delivered is torn or was never written, if bytes were committed that nobody reserved, or if the counters
     *     disagree with {@code attempted}
     */
    int audit(int attempted) {
        if (!exclusive) {
            buffer.flush();
        }
        int result = 0;
        for (SubBuffer next = consumer.next(); next != null; next = consumer.next()) {
            result = result * 100 + next.records() * 10 + next.padding() / UNIT;
            for (int at = geometry.headerBytes(); at < next.length(); at += UNIT) {
                if (tag(next, at, UNIT) < 1) {
                    return -1;
                }
            }
            consumer.subBuffersConsumed(1);
        }
        for (int slot = 0; slot < geometry.subBufferCount(); slot++) {
            if (words.commitAcquire(slot) != 0L) {
                return -1;
            }
        }
        final BufferStats stats = buffer.statsSinceOpen();
        return stats.attempted().records() == attempted && stats.backlog() == 0L && faults.get() == 0 ? result : -1;
    }
}
