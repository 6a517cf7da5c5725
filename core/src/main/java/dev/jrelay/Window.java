// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * The sub-buffers that a buffer retains: those from {@code consumed} to the tail, at most {@code n}. The one that moves
 * {@code consumed}, and accounts for what it moves over, in the process of the writers and in that of the consumer.
 *
 * <pre>
 * consume   the consumer, after it has read:           CAS(consumed, q, q + 1), DELIVERED
 * push      overwrite mode, the opener of q + n:       CAS(consumed, q, q + 1), OVERWRITTEN
 * jumpAhead overwrite mode, a consumer too slow:       CAS(consumed, q, q + k), SKIPPED
 * skipAll   reset:                                     CAS(consumed, q, q + 1), SKIPPED
 * pass      a consumer that waits no longer for a held sub-buffer: CAS(delivered[q], q - n + 1, PASSED), then
 *           CAS(consumed, q, q + 1); SKIPPED, by the deliverer whose own CAS on delivered[q] fails: it helps with
 *           the CAS on consumed first
 * </pre>
 *
 * <p>A CAS that succeeds on {@code consumed == q} also proves that the padding and records read before it were those of
 * {@code q}: nobody overwrites them before {@code consumed} has moved on.
 */
final class Window {
    final Geometry geometry;
    final ControlWords words;
    final boolean exclusive;

    /** The window of one buffer; whether it is exclusive is this process's knowledge, not the tail's. */
    Window(Geometry geometry, ControlWords words, boolean exclusive) {
        this.geometry = geometry;
        this.words = words;
        this.exclusive = exclusive;
    }

    // ---- what a sub-buffer holds; words of a shared file are clamped ---------------------------------------------

    /** Unused bytes at the end of the closed sub-buffer in a slot. */
    int padding(int slot) {
        return (int) Math.clamp(words.paddingOpaque(slot), 0L, geometry.maxLength());
    }

    /** Record bytes of the closed sub-buffer in a slot. */
    int bytes(int slot) {
        return geometry.maxLength() - padding(slot);
    }

    /** Records of the delivered sub-buffer in a slot. */
    int records(int slot) {
        return (int) Math.clamp(words.recordsOpaque(slot), 0L, geometry.maxLength());
    }

    boolean isDelivered(long sequence) {
        return words.deliveredAcquire(geometry.slot(sequence)) == geometry.after(sequence);
    }

    /** Whether the slots hold all that a tail at {@code sequence} can leave unconsumed. */
    boolean isFull(long sequence) {
        return geometry.distance(sequence, words.consumedAcquire()) >= geometry.subBufferCount();
    }

    /**
     * Records and bytes, as in the commit word, of the beginning of the current sub-buffer that is committed without
     * holes; 0 if {@code sequence} is not current, or holes are in it right now. An exclusive writer leaves no holes.
     */
    long stablePrefix(long sequence) {
        final int slot = geometry.slot(sequence);
        if (words.deliveredAcquire(slot) != lap(sequence)) {
            return 0L;
        }
        final long committed = words.commitAcquire(slot);
        if (exclusive) {
            return committed;
        }
        final long tail = words.tailAcquire();
        return geometry.sequence(tail) == sequence && geometry.offset(tail) == (int) committed ? committed : 0L;
    }

    // ---- moving consumed ------------------------------------------------------------------------------------------

    /** Moves {@code consumed} over a delivered sub-buffer as its consumer, unless somebody else has moved it. */
    boolean consume(long sequence) {
        final int slot = geometry.slot(sequence);
        final int records = records(slot);
        final int padding = padding(slot);
        final long backlog = geometry.distance(geometry.sequence(words.tailAcquire()), sequence);
        if (!words.casConsumed(sequence, geometry.after(sequence))) {
            return false;
        }
        words.ownDeliveredOpaque(records, geometry.maxLength() - padding, padding);
        if (backlog > words.maxBacklogOpaque()) {
            words.maxBacklogOpaque(Math.min(backlog, geometry.subBufferCount()));
        }
        return true;
    }

    /** Overwrite mode: takes the oldest one from the consumer before {@code sequence} is opened in its memory. */
    void push(long sequence) {
        moveOver(geometry.lapBefore(sequence), Fate.OVERWRITTEN);
    }

    /** Moves {@code consumed} over a delivered sub-buffer that nobody has taken, unless somebody else has. */
    private void moveOver(long sequence, Fate fate) {
        final int slot = geometry.slot(sequence);
        final int records = records(slot);
        final int bytes = bytes(slot);
        if (words.casConsumed(sequence, geometry.after(sequence))) {
            words.getAndAddTally(fate, 1L, records, bytes);
        }
    }

    /** The writers are as fast as the consumer: skips half of what is retained, to gain distance. */
    void jumpAhead() {
        final long sequence = words.consumedAcquire();
        final long retained = geometry.distance(geometry.sequence(words.tailAcquire()), sequence);
        final long half = Math.min(retained, geometry.subBufferCount()) / 2L;
        long count = 0L;
        long records = 0L;
        long bytes = 0L;
        while (count < half && isDelivered(geometry.plus(sequence, count))) {
            final int slot = geometry.slot(geometry.plus(sequence, count));
            records += records(slot);
            bytes += bytes(slot);
            count++;
        }
        if (count > 0L && words.casConsumed(sequence, geometry.plus(sequence, count))) {
            words.getAndAddTally(Fate.SKIPPED, count, records, bytes);
        }
    }

    /**
     * Moves {@code consumed} to the current sub-buffer.
     *
     * @return false if a reservation holds a sub-buffer: it and those after it stay
     */
    boolean skipAll() {
        final long bound = geometry.sequence(words.tailAcquire());
        for (int i = 0; i < geometry.subBufferCount(); i++) {
            final long sequence = words.consumedAcquire();
            final long ahead = geometry.distance(bound, sequence);
            if (ahead == 0L || ahead > geometry.subBufferCount()) {
                return true; // others have gone past the bound
            }
            if (isDelivered(sequence)) {
                moveOver(sequence, Fate.SKIPPED);
            } else if (words.consumedAcquire() == sequence) {
                return false;
            }
        }
        return true;
    }

    // ---- held sub-buffers -----------------------------------------------------------------------------------------

    /** The sequence at {@code consumed} if it is closed and a reservation keeps it from being delivered, or -1. */
    long heldSequence() {
        final long sequence = words.consumedAcquire();
        return isClosed(sequence) && (words.deliveredAcquire(geometry.slot(sequence)) & ~ControlWords.PASSED)
                == lap(sequence) ? geometry.plus(sequence, 0L) : -1L;
    }

    private boolean isClosed(long sequence) {
        final long ahead = geometry.distance(geometry.sequence(words.tailAcquire()), sequence);
        return ahead != 0L && ahead <= geometry.subBufferCount();
    }

    /** What {@code delivered} holds while {@code sequence} is being written. */
    long lap(long sequence) {
        return geometry.after(geometry.lapBefore(sequence));
    }

    /** Moves {@code consumed} over a held sub-buffer; its deliverer, if it ever comes, will count it as skipped. */
    boolean pass() {
        final long sequence = words.consumedAcquire();
        final int slot = geometry.slot(sequence);
        if (!isClosed(sequence)) {
            return false;
        }
        final long delivered = words.deliveredAcquire(slot);
        final long passed = ControlWords.PASSED | lap(sequence);
        final boolean isPassed = delivered == passed // by a consumer that was killed before its second step
                || delivered == lap(sequence) && words.casDelivered(slot, delivered, passed);
        if (isPassed) {
            words.casConsumed(sequence, geometry.after(sequence)); // unless the deliverer has helped
        }
        return isPassed;
    }

    /**
     * The deliverer of a sub-buffer that was passed meanwhile accounts for it and gives its slot back. It helps one who
     * passes and has not come to the second step, or was killed before it: nobody may find the sub-buffer delivered and
     * not passed.
     */
    void finishPass(long sequence) {
        final int slot = geometry.slot(sequence);
        words.casConsumed(sequence, geometry.after(sequence));
        words.getAndAddTally(Fate.SKIPPED, 1L, records(slot), bytes(slot));
        words.deliveredVolatile(slot, geometry.after(sequence));
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Whether the channel is closed, its tail therefore final, and everything is consumed. */
    boolean isDrained() {
        return words.closedVolatile() != 0L && geometry.sequence(words.tailAcquire()) == words.consumedAcquire();
    }

    /** Whether every sub-buffer before a final tail is delivered: no reservation is open, and none will be made. */
    boolean isSettled() {
        final long end = geometry.sequence(words.tailAcquire());
        for (int i = geometry.subBufferCount(); i > 0; i--) {
            final long sequence = geometry.plus(end, -i);
            if (words.deliveredVolatile(geometry.slot(sequence)) != geometry.after(sequence)) {
                return false;
            }
        }
        return true;
    }
}
