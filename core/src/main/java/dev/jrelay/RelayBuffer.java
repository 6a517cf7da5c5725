// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * One buffer of a channel: a ring of sub-buffers, normally one buffer for each CPU. Any number of platform or virtual
 * threads may write to it at once.
 *
 * <p>To write without a staging copy:
 * {@snippet :
 * RelayBuffer buffer = channel.buffer();           // the current CPU's; stays valid on whichever CPU we go on
 * long position = buffer.reserve(16);
 * if (position >= 0) {
 *     long at = buffer.dataOffset(position);
 *     buffer.data().set(ValueLayout.JAVA_LONG, at, id);
 *     buffer.data().set(ValueLayout.JAVA_LONG, at + 8, value);
 *     buffer.commit(position, 16);
 * }
 * }
 *
 * <p>The buffer of an exclusive channel is written through its {@link Channel#exclusiveWriter} only; {@code write} and
 * {@code reserve} here throw {@link IllegalStateException}.
 *
 * <p>Progress: a write is lock-free, and wait-free from the reservation on. Two threads that write to one buffer slow
 * each other down by an order of magnitude (one contended cache line): what scales is a buffer for each thread or CPU.
 */
public final class RelayBuffer extends RecordWriter {
    final ControlWords words;
    final Waiter waiter = new Waiter();
    final MemorySegment[] subBuffers;
    final Callbacks callbacks;
    final SubBufferSwitch protocol;
    private final int index;

    RelayBuffer(int index, Geometry geometry, ControlWords words, MemorySegment data, Callbacks callbacks) {
        super(geometry, data);
        this.index = index;
        this.words = words;
        this.callbacks = callbacks;
        this.subBuffers = subBuffers(geometry, data);
        this.protocol = new SubBufferSwitch(geometry, words, callbacks, this, waiter, subBuffers);
    }

    static MemorySegment[] subBuffers(Geometry geometry, MemorySegment data) {
        final MemorySegment[] subBuffers = new MemorySegment[geometry.subBufferCount];
        for (int i = 0; i < subBuffers.length; i++) {
            subBuffers[i] = data.asSlice(geometry.slotOffset(i), geometry.subBufferSize);
        }
        return subBuffers;
    }

    @Override
    public long write(byte[] source, int offset, int length) {
        // In one piece if the record goes behind the last one and does not fill the sub-buffer, else step by step. What
        // the copy and the commit need is read before the CAS: a locked instruction holds up every load behind it.
        Objects.checkFromIndexSize(offset, length, source.length);
        final SubBufferSwitch protocol = this.protocol;
        final MemorySegment data = this.data;
        final long tail = words.tailAcquire();
        final int used = (int) (tail & offsetMask);
        final int slot = slot(tail);
        final long target = (long) slot * subBufferSize + used;
        if ((tail & Geometry.FLAGS) != 0L || used == 0 || length == 0 || length >= subBufferSize - used
                || !protocol.append(tail, tail + length)) {
            return super.write(source, offset, length);
        }
        try {
            MemorySegment.copy(source, offset, data, ValueLayout.JAVA_BYTE, target, length);
        } catch (Throwable failure) {
            return failed(tail, length, failure);
        }
        protocol.addCommit(tail, slot, length, 1L);
        return tail;
    }

    @Override
    long tryReserve(int length) {
        return protocol.reserve(length);
    }

    @Override
    public void commit(long position, int length) {
        protocol.commit(position, length);
    }

    @Override
    void abortCommit(long position, int length) {
        protocol.abort(position, length);
    }

    @Override
    public boolean hasRoom(int length) {
        return protocol.hasRoom(words.tailAcquire(), length);
    }

    /**
     * The buffer's number in its channel.
     *
     * @return 0 to {@code bufferCount - 1}
     */
    public int index() {
        return index;
    }

    /**
     * Whether all sub-buffers are produced and none of them consumed, so that the next sub-buffer could not be opened
     * in no-overwrite mode: {@code relay_buf_full}. A snapshot; any thread. In overwrite mode it tells whether the next
     * switch will overwrite.
     *
     * @return true if full
     */
    public boolean isFull() {
        final long tail = words.tailAcquire();
        return geometry.offset(tail) == 0 && protocol.isFull(geometry.sequence(tail));
    }

    /**
     * The memory of the sub-buffer with this sequence, for instance {@code sequence - 1} in {@link Callbacks#onStart}
     * for the predecessor.
     *
     * @param sequence a sequence
     * @return its memory, {@code subBufferSize} bytes; shared with the sub-buffers of other laps
     */
    public MemorySegment subBuffer(long sequence) {
        return subBuffers[geometry.slot(sequence)];
    }

    /**
     * Closes the current sub-buffer if it holds anything, so that the consumer gets it: {@code relay_flush} for one
     * buffer. Any thread, any time. A buffer with an exclusive writer is flushed at that writer's next call.
     */
    public void flush() {
        if (geometry.exclusive) {
            request(ControlWords.REQUEST_FLUSH, 0L);
        } else {
            protocol.flush();
        }
    }

    void pause(boolean paused) {
        if (geometry.exclusive) {
            request(paused ? ControlWords.REQUEST_PAUSE : 0L, paused ? 0L : ControlWords.REQUEST_PAUSE);
        } else {
            protocol.pause(paused);
        }
    }

    void finish() {
        if (geometry.exclusive) {
            request(ControlWords.REQUEST_FINALIZE, 0L);
        } else {
            protocol.finish();
        }
    }

    /** Whether the owner of an exclusive buffer was asked to finish it and has not. */
    boolean isFinishDue() {
        return (words.requestAcquire() & ControlWords.REQUEST_FINALIZE) != 0L && words.tailAcquire() >= 0L;
    }

    /** Asks the owner of an exclusive buffer for something; a flush is counted, the others are bits. */
    private void request(long set, long clear) {
        long request;
        long next;
        do {
            request = words.requestAcquire();
            next = set == ControlWords.REQUEST_FLUSH ? request + set : request & ~clear | set;
        } while (request != next && !words.casRequest(request, next));
    }

    /**
     * Counters of this buffer since the channel was opened (in spite of resets). Any thread, any time; the counters are
     * read one by one, so they add up exactly only while nobody writes or consumes.
     *
     * @return the counters
     */
    public BufferStats stats() {
        return BufferStats.read(geometry, words);
    }
}
