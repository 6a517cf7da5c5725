// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;

/**
 * The sub-buffer switch protocol, writers' side, for buffers with any number of writers.
 *
 * <pre>
 * reserve(len)                                 one CAS on the tail takes [offset, offset + len) of sub-buffer q
 *   loop  t = tail
 *     t.offset == 0          OPEN    full? previous lap delivered? admitted? then CAS(tail, t, (q, H + len));
 *     onStart(q) t.offset + len &lt;= S    APPEND  CAS(tail, t, t + len)
 *     else                   CLOSE   CAS(tail, t, (q + 1, 0)); padding[q] = S - t.offset; commit the padding
 * commit(position, len)                        one atomic add counts bytes and records of the lap
 *   the add that makes the bytes S   DELIVER   onEnd(q); records[q]; complete[q] = q + 1; commit[q] = 0;
 *                                              delivered[q] = q + 1; wake
 * </pre>
 *
 * <p>Filling a sub-buffer exactly moves the tail straight to {@code (q + 1, 0)}, so that whoever moves the tail onto a
 * boundary is <em>the</em> closer of {@code q} and stores its padding before its own commit.
 *
 * <p>Invariants, by the names they have in {@code spec/src/main/tla/RelayProps.tla}:
 * <ul>
 * <li>I2 Window: the sub-buffers from {@code consumed} to the tail, at most {@code n}, are retained, no others.
 * <li>I3 NoOverlap: reserved ranges are disjoint, and a slot is written in one lap at a time.
 * <li>I4 CommitExact: committed and outstanding bytes of a sub-buffer are those reserved, padding and header included.
 * <li>I5 OneDeliverer: one thread delivers a sub-buffer, once. I8 Hooks: onStart and onEnd run once each, in order.
 * <li>I6 FreedAfterDelivery: no undelivered sub-buffer is consumed. I7 WholeReads: a validated read is of one lap.
 * <li>I10 Accounting: each record is delivered, pending, lost, overwritten, skipped or aborted, and counted there.
 * <li>I11 NoFalseLoss, I12 LossByMode, I13 TooLargeMovesNothing: a refusal has its reason and no other effect.
 * <li>I14 NoLostWakeup, I15 HangUpDrained: what a sleeping consumer may rely on.
 * </ul>
 *
 * <p>Progress: commit is wait-free, reserve and flush are lock-free. A writer that stalls between reserve and commit
 * blocks the delivery of that sub-buffer only; when the next lap reaches it, writers get {@link Result#STALLED}.
 *
 * <p>After the ring buffers of LTTng (M. Desnoyers, <cite>Low-Impact Operating System Tracing</cite>, 2009, ch. 5:
 * reserve by compare-and-swap, a commit counter for each sub-buffer) and of relayfs (T. Zanussi et al., OLS 2003).
 */
final class SubBufferSwitch {
    /** The tail moved while a decision was made: decide again. Not a {@link Result}. */
    private static final long RETRY = Long.MIN_VALUE;

    private final Geometry geometry;
    private final ControlWords words;
    private final Callbacks callbacks;
    private final RelayBuffer buffer;
    private final Waiter waiter;
    private final MemorySegment[] subBuffers;

    // Copies of the geometry that the fast path reads.
    private final int subBufferSize;
    private final int headerBytes;
    private final long offsetMask;

    SubBufferSwitch(Geometry geometry, ControlWords words, Callbacks callbacks, RelayBuffer buffer, Waiter waiter,
            MemorySegment[] subBuffers) {
        this.geometry = geometry;
        this.words = words;
        this.callbacks = callbacks;
        this.buffer = buffer;
        this.waiter = waiter;
        this.subBuffers = subBuffers;
        this.subBufferSize = geometry.subBufferSize;
        this.headerBytes = geometry.headerBytes;
        this.offsetMask = geometry.offsetMask;
    }

    /**
     * Takes {@code length} bytes of the current sub-buffer.
     *
     * @param length 1 byte or more
     * @return the position of the record, or a {@link Result} below zero, which has been counted
     */
    long reserve(int length) {
        if (length > subBufferSize - headerBytes) {
            return lost(Result.TOO_LARGE, length);
        }
        for (;;) {
            final long tail = words.tailAcquire();
            final int offset = (int) (tail & offsetMask);
            if ((tail & Geometry.FLAGS) == 0L && offset != 0 && length < subBufferSize - offset) {
                if (append(tail, tail + length)) {
                    return tail;
                }
            } else {
                final long result = switchOrFill(tail, offset, length);
                if (result != RETRY) {
                    return result;
                }
            }
        }
    }

    /** Moves the tail within its sub-buffer, or exactly to its end. */
    boolean append(long tail, long next) {
        if (!words.casTail(tail, next)) {
            return false;
        }
        words.reservedFence();
        return true;
    }

    /** All but the APPEND that leaves room behind it: what happens once for each sub-buffer, and failures. */
    private long switchOrFill(long tail, int offset, int length) {
        if ((tail & Geometry.FLAGS) != 0L) {
            return lost(barred(tail), length);
        }
        if (offset == 0) {
            return open(tail, length);
        }
        final long next = geometry.nextStart(tail);
        if (length > subBufferSize - offset) {
            close(tail, next);
            return RETRY;
        }
        if (!append(tail, next)) {
            return RETRY;
        }
        words.paddingOpaque(slot(tail), 0L);
        return tail;
    }

    private long open(long tail, int length) {
        final long sequence = geometry.sequence(tail);
        final long cause = obstacle(sequence);
        if (cause != 0L) {
            return words.tailAcquire() == tail ? lost(cause, length) : RETRY; // a decision on an old tail is void
        }
        if (geometry.overwrite) {
            pushConsumed(sequence);
        }
        final int end = headerBytes + length;
        if (!words.casTail(tail, geometry.advance(tail, end))) {
            return RETRY;
        }
        words.reservedFence();
        if (end == subBufferSize) {
            words.paddingOpaque(geometry.slot(sequence), 0L);
        }
        return start(sequence, length);
    }

    /** Why sub-buffer {@code sequence} cannot be opened now: a {@link Result}, or 0 if it can. */
    long obstacle(long sequence) {
        if (!geometry.overwrite && isFull(sequence)) {
            return Result.FULL;
        }
        final long lapBefore = geometry.plus(sequence, -geometry.subBufferCount);
        if (words.deliveredAcquire(geometry.slot(sequence)) != geometry.plus(lapBefore, 1L)) {
            return Result.STALLED;
        }
        return callbacks.admit(buffer, sequence) ? 0L : Result.REFUSED;
    }

    boolean isFull(long sequence) {
        return geometry.distance(sequence, words.consumedAcquire()) >= geometry.subBufferCount;
    }

    /** Whether a record would fit into the sub-buffer at {@code tail}, or the next one is not full. */
    boolean hasRoom(long tail, int length) {
        final int offset = geometry.offset(tail);
        if (geometry.overwrite || offset != 0 && length <= subBufferSize - offset) {
            return true;
        }
        return !isFull(geometry.plus(geometry.sequence(tail), offset == 0 ? 0L : 1L));
    }

    /**
     * Overwrite mode: takes the oldest sub-buffer from the consumer before its memory is opened again. The CAS succeeds
     * only if it is still the oldest, which also proves that the counts read before it are its own.
     */
    void pushConsumed(long sequence) {
        final int slot = geometry.slot(sequence);
        final long oldest = geometry.plus(sequence, -geometry.subBufferCount);
        final long records = words.recordsOpaque(slot);
        final long bytes = subBufferSize - headerBytes - words.paddingOpaque(slot);
        if (words.casConsumed(oldest, geometry.plus(oldest, 1L))) {
            countSubBuffer(ControlWords.OVERWRITTEN, records, bytes);
        }
    }

    private long start(long sequence, int length) {
        final long position = geometry.position(sequence, headerBytes);
        try {
            callbacks.onStart(buffer, sequence, subBuffers[geometry.slot(sequence)]);
        } catch (Throwable thrown) {
            return buffer.failed(position, length, thrown);
        }
        return position;
    }

    /** Moves the tail off an open sub-buffer; the thread that succeeds is its closer. */
    private boolean close(long tail, long next) {
        if (!words.casTail(tail, next)) {
            return false;
        }
        commitPadding(tail);
        return true;
    }

    private void commitPadding(long tail) {
        final int padding = subBufferSize - geometry.offset(tail);
        words.paddingOpaque(slot(tail), padding);
        addCommit(tail, slot(tail), padding, 0L);
    }

    /** Makes a reserved record part of its sub-buffer. Any thread, once. */
    void commit(long position, int length) {
        addCommit(position, slot(position), bytes(position, length), 1L);
    }

    /** Gives up a reserved record: its bytes stay, they are no record. Any thread, once. */
    void abort(long position, int length) {
        words.getAndAddCounter(ControlWords.ABORTED, 1L);
        words.getAndAddCounter(ControlWords.ABORTED + 8L, length);
        addCommit(position, slot(position), bytes(position, length), 0L);
    }

    /** The bytes a commit accounts for: the opener's own commit carries the header. */
    private long bytes(long position, int length) {
        return (int) (position & offsetMask) == headerBytes ? headerBytes + length : length;
    }

    /** One commit: {@code bytes} and {@code records} at {@code position}, which lies in {@code slot}. */
    void addCommit(long position, int slot, long bytes, long records) {
        final long added = records << 32 | bytes;
        final long committed = words.getAndAddCommit(slot, added) + added;
        if ((int) committed == subBufferSize) {
            deliver(geometry.sequence(position), slot, committed >>> 32);
        }
    }

    /** Runs on the one thread whose commit completed the lap; it has the whole sub-buffer to itself. */
    void deliver(long sequence, int slot, long records) {
        try {
            final int padding = (int) words.paddingOpaque(slot);
            callbacks.onEnd(buffer, sequence, subBuffers[slot], padding, (int) records);
        } catch (IllegalStateException closed) {
            buffer.rethrowIfAlive(closed); // else the memory went with the last reader
        } finally {
            final long after = geometry.plus(sequence, 1L);
            words.recordsOpaque(slot, records);
            words.completeOpaque(slot, after);
            words.commitOpaque(slot, 0L);
            words.deliveredVolatile(slot, after);
            wake();
        }
    }

    private void wake() {
        if (words.waitingVolatile() != 0L) {
            words.waitingVolatile(0L);
            waiter.wake();
        }
    }

    /** Closes the current sub-buffer if it holds anything. Any thread, any time, also while paused. */
    void flush() {
        long tail;
        do {
            tail = words.tailAcquire();
        } while (geometry.offset(tail) != 0 && !close(tail, geometry.nextStart(tail)));
    }

    /** Bars writers for good and closes the current sub-buffer, in one step. */
    void finish() {
        for (;;) {
            final long tail = words.tailAcquire();
            if (tail < 0L) {
                return;
            }
            final boolean open = geometry.offset(tail) != 0;
            if (words.casTail(tail, (open ? geometry.nextStart(tail) : tail) | Geometry.FINALIZED)) {
                try {
                    if (open) {
                        commitPadding(tail);
                    }
                } finally {
                    hangUp();
                }
                return;
            }
        }
    }

    /** Tells a consumer that waits for the next sub-buffer that none may come. */
    void hangUp() {
        words.closedVolatile(1L);
        wake();
    }

    /** Sets or clears the paused flag; of a finalized tail it is left as it is. */
    void pause(boolean paused) {
        long tail;
        long next;
        do {
            tail = words.tailAcquire();
            next = paused ? tail | Geometry.PAUSED : tail & ~Geometry.PAUSED;
        } while (tail >= 0L && tail != next && !words.casTail(tail, next));
    }

    /**
     * Consumes everything before the current sub-buffer, counted as skipped.
     *
     * @return false if a writer still holds a reserved record, which keeps its sub-buffer and those after it
     */
    boolean skipAll() {
        final long bound = geometry.sequence(words.tailAcquire());
        for (int i = 0; i < geometry.subBufferCount; i++) {
            final long sequence = words.consumedAcquire();
            final long ahead = geometry.distance(bound, sequence);
            if (ahead == 0L || ahead > geometry.subBufferCount) {
                return true;
            }
            if (!skip(sequence)) {
                return false;
            }
        }
        return true;
    }

    /** Consumes one sub-buffer as skipped; false if it is not delivered yet. */
    private boolean skip(long sequence) {
        final int slot = geometry.slot(sequence);
        if (words.deliveredAcquire(slot) != geometry.plus(sequence, 1L)) {
            return words.consumedAcquire() != sequence;
        }
        final long records = words.recordsOpaque(slot);
        final long bytes = subBufferSize - headerBytes - words.paddingOpaque(slot);
        if (words.casConsumed(sequence, geometry.plus(sequence, 1L))) {
            countSubBuffer(ControlWords.SKIPPED, records, bytes);
        }
        return true;
    }

    private int slot(long tail) {
        return geometry.slot(geometry.sequence(tail));
    }

    private long barred(long tail) {
        if (geometry.exclusive) { // not the flag: a peer could set that
            throw new IllegalStateException("the channel is exclusive: write through its exclusiveWriter");
        }
        return tail < 0L ? Result.CLOSED : Result.PAUSED;
    }

    /** Counts a lost record under its cause. */
    long lost(long cause, int length) {
        final long counter = ControlWords.LOST + (-1L - cause) * 16L;
        words.getAndAddCounter(counter, 1L);
        words.getAndAddCounter(counter + 8L, length);
        return cause;
    }

    private void countSubBuffer(long counter, long records, long bytes) {
        words.getAndAddCounter(counter, 1L);
        words.getAndAddCounter(counter + 8L, records);
        words.getAndAddCounter(counter + 16L, bytes);
    }
}
