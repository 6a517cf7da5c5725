// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;

/**
 * The sub-buffer switch protocol, writers' side: what happens once for each sub-buffer, and every refusal. What happens
 * for each record is in {@link SharedWriter} and {@link ExclusiveWriter}.
 *
 * <pre>
 * reserve(len)                                 one CAS on the tail takes [offset, offset + len) of sub-buffer q
 *   loop  t = tail
 *     t.offset == 0          OPEN    previous lap delivered? not full? admitted? then CAS(tail, t, (q, H + len));
 *                                    onStart(q); commit the header
 *     t.offset + len &lt;= S    APPEND  CAS(tail, t, t + len)
 *     else                   CLOSE   CAS(tail, t, (q + 1, 0)); padding[q] = S - t.offset; commit the padding
 * commit(position, len)                        one atomic add counts bytes and records of the lap
 *   the add that makes the bytes S   DELIVER   onEnd(q); records[q]; complete[q] = q + 1; commit[q] = 0;
 *                                              CAS(delivered[q], q - n + 1, q + 1); wake; closed? settle
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
 * <li>I6 FreedAfterDelivery: no undelivered sub-buffer is consumed, but passed. I7 WholeReads: a validated read is of
 * one lap.
 * <li>I10 Accounting: each record is delivered, pending, lost, overwritten, skipped or aborted, and counted there.
 * <li>I11 NoFalseLoss, I12 LossByMode, I13 TooLargeMovesNothing: a refusal has its reason and no other effect.
 * <li>I14 NoLostWakeup, I15 HangUpDrained: what a sleeping consumer may rely on.
 * </ul>
 *
 * <p>Progress: commit is wait-free, reserve and flush are lock-free. A writer that stalls between reserve and commit
 * holds its sub-buffer: a consumer that wants order waits for it or passes it, and when the next lap reaches it,
 * writers get {@link Result#STALLED}.
 *
 * <p>After the ring buffers of LTTng (M. Desnoyers, <cite>Low-Impact Operating System Tracing</cite>, 2009, ch. 5:
 * reserve by compare-and-swap, a commit counter for each sub-buffer) and of relayfs (T. Zanussi et al., OLS 2003).
 */
final class SubBufferSwitch {
    /** The tail moved while a decision was made: decide again. Not a {@link Result}. */
    static final long RETRY = Long.MIN_VALUE;

    private final RelayBuffer buffer;
    private final Geometry geometry;
    private final ControlWords words;
    private final Window window;
    private final MemorySegment[] subBuffers;
    private final Callbacks callbacks;
    private final Waiter waiter;

    SubBufferSwitch(RelayBuffer buffer, ControlWords words, Window window, MemorySegment[] subBuffers,
            Callbacks callbacks, Waiter waiter) {
        this.buffer = buffer;
        this.geometry = window.geometry;
        this.words = words;
        this.window = window;
        this.subBuffers = subBuffers;
        this.callbacks = callbacks;
        this.waiter = waiter;
    }

    /**
     * A reservation that does not simply go behind the last record.
     *
     * @param tail the tail as the writer has loaded it
     * @return the position of the record, a {@link Result} below zero, which has been counted, or {@link #RETRY}
     */
    long reserve(long tail, int length) {
        checkLength(length);
        if (length > geometry.maxLength()) {
            return lost(Loss.TOO_LARGE, length);
        }
        if ((tail & Geometry.FLAGS) != 0L) {
            return lost(tail < 0L ? Loss.CLOSED : Loss.PAUSED, length);
        }
        final int offset = geometry.offset(tail);
        if (offset == 0) {
            return open(tail, length);
        }
        if (length > geometry.subBufferSize() - offset) {
            close(tail, geometry.nextStart(tail));
            return RETRY;
        }
        return append(tail, geometry.advance(tail, offset + length));
    }

    void checkLength(int length) {
        if (length < 1) {
            throw new IllegalArgumentException("reserve of " + length + " bytes: must be 1 to " + geometry.maxLength());
        }
    }

    /** The APPEND that fills the sub-buffer exactly. */
    private long append(long tail, long next) {
        if (!words.casTail(tail, next)) {
            return RETRY;
        }
        words.reservedFence();
        words.paddingOpaque(slot(tail), 0L);
        return tail;
    }

    private long open(long tail, int length) {
        final long sequence = geometry.sequence(tail);
        final Loss cause = obstacle(sequence);
        if (cause != null) {
            return words.tailAcquire() == tail ? lost(cause, length) : RETRY; // a decision on an old tail is void
        }
        if (geometry.overwrites()) {
            window.push(sequence);
        }
        final int end = geometry.headerBytes() + length;
        if (!words.casTail(tail, geometry.advance(tail, end))) {
            return RETRY;
        }
        words.reservedFence();
        if (end == geometry.subBufferSize()) {
            words.paddingOpaque(geometry.slot(sequence), 0L);
        }
        final long position = geometry.position(sequence, geometry.headerBytes());
        try {
            start(sequence);
        } catch (Throwable thrown) {
            commitHeader(position);
            buffer.writer().abort(position, length);
            throw thrown;
        }
        commitHeader(position);
        return position;
    }

    /** Why sub-buffer {@code sequence} cannot be opened now, or null. */
    Loss obstacle(long sequence) {
        if (words.deliveredAcquire(geometry.slot(sequence)) != window.lap(sequence)) {
            return Loss.STALLED;
        }
        if (!geometry.overwrites() && window.isFull(sequence)) {
            return Loss.FULL;
        }
        return callbacks.admit(buffer, sequence) ? null : Loss.REFUSED;
    }

    void start(long sequence) {
        callbacks.onStart(buffer, sequence, subBuffers[geometry.slot(sequence)]);
    }

    /** Whether a record would fit into the sub-buffer at {@code tail}, or the next one is not full. */
    boolean hasRoom(long tail, int length) {
        final int offset = geometry.offset(tail);
        if (geometry.overwrites() || offset != 0 && length <= geometry.subBufferSize() - offset) {
            return true;
        }
        return !window.isFull(geometry.plus(geometry.sequence(tail), offset == 0 ? 0L : 1L));
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
        final int padding = geometry.subBufferSize() - geometry.offset(tail);
        words.paddingOpaque(slot(tail), padding);
        addCommit(tail, padding);
    }

    private void commitHeader(long position) {
        if (geometry.headerBytes() > 0) {
            addCommit(position, geometry.headerBytes());
        }
    }

    /** Commits bytes that are no record: a header, padding, an aborted record. */
    void addCommit(long position, int bytes) {
        final long committed = words.getAndAddCommit(slot(position), bytes) + bytes;
        if ((int) committed == geometry.subBufferSize()) {
            deliver(geometry.sequence(position), committed >>> 32);
        }
    }

    /**
     * Runs on the one thread whose commit completed the lap; it has the whole sub-buffer to itself. What comes from
     * shared words is clamped before the client sees it.
     */
    void deliver(long sequence, long records) {
        final int slot = geometry.slot(sequence);
        try {
            callbacks.onEnd(buffer, sequence, subBuffers[slot], window.padding(slot),
                    (int) Math.min(records, geometry.maxLength()));
        } finally {
            publish(sequence, slot, records);
        }
    }

    private void publish(long sequence, int slot, long records) {
        final long after = geometry.after(sequence);
        words.recordsOpaque(slot, records);
        words.completeOpaque(slot, after);
        words.commitOpaque(slot, 0L);
        if (!words.casDelivered(slot, window.lap(sequence), after)) {
            window.finishPass(sequence);
        }
        wake();
        if (words.closedVolatile() != 0L) {
            buffer.settle();
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

    /** The tail is final: tells a consumer that waits for the next sub-buffer that none may come. */
    void hangUp() {
        words.closedVolatile(1L);
        wake();
        buffer.settle();
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

    private int slot(long position) {
        return geometry.slot(geometry.sequence(position));
    }

    /** Counts a lost record under its cause. */
    long lost(Loss cause, int length) {
        words.getAndAddLost(cause, length);
        return cause.result();
    }
}
