// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The consumer of one buffer, in the channel's process ({@link Channel#consumer}) or in another one
 * ({@link MappedChannel#consumer}): takes whole sub-buffers and reports them consumed. There is at most one for each
 * buffer.
 *
 * <pre>
 * no-overwrite   q = consumed; ready when delivered[q] == q + 1; read in place; CAS(consumed, q, q + 1)
 * overwrite      the same, but copy first: whoever opens q + n pushes consumed past q before it writes there,
 *                so the CAS that consumes also proves that the copy is whole; if it fails, drop the copy, jump ahead
 * </pre>
 *
 * <p>Order: sub-buffers come in the order of their sequences. A reservation that is not finished holds its sub-buffer,
 * and with it all later ones; {@link #heldSequence()} tells which, {@link #pass()} gives it up.
 *
 * <p>Threads: one at a time. Progress: in no-overwrite mode each call is wait-free; in overwrite mode a call gives up,
 * as if nothing were ready, after a bounded number of sub-buffers were overwritten under it. Only {@link #poll} waits.
 * After {@link #close()} all methods throw {@link IllegalStateException}.
 *
 * <p>Example, the same in both modes:
 * {@snippet :
 * Readiness found;
 * while ((found = consumer.poll(100_000_000L)) != Readiness.HANG_UP) {
 *     for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
 *         file.write(s.bytes());
 *         consumer.subBuffersConsumed(1);
 *     }
 *     if (found == Readiness.HELD && writersAreGone()) {
 *         consumer.pass();
 *     }
 * }
 * }
 */
public final class Consumer implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 64;

    private final Geometry geometry;
    private final ControlWords words;
    private final Window window;
    private final MemorySegment[] subBuffers;
    private final SubBuffer[] views;
    private final SubBuffer copy;
    private final RelayStream stream;
    private final Waiting waiting;
    private final Lease lease;
    /** The oldest sub-buffer that was shown and is not reported, and how many from there on were shown. */
    private long first;
    private int shown;
    private boolean closed;

    /** Prepares the views; {@code lease} is released by {@link #close()}. */
    Consumer(Window window, MemorySegment[] subBuffers, Waiting waiting, Lease lease) {
        this.geometry = window.geometry;
        this.words = window.words;
        this.window = window;
        this.subBuffers = subBuffers;
        this.waiting = waiting;
        this.lease = lease;
        this.views = new SubBuffer[subBuffers.length];
        for (int i = 0; i < views.length; i++) {
            views[i] = new SubBuffer(subBuffers[i]);
        }
        this.copy = geometry.overwrites() ? new SubBuffer(Arena.ofAuto().allocate(geometry.subBufferSize(), 8L)) : null;
        this.stream = new RelayStream(this, window);
    }

    /**
     * Becomes the consumer of a buffer.
     *
     * @param lease acquired for the consumer by the caller
     * @throws IllegalStateException if the buffer has a consumer in a living process; the lease is released then
     */
    static Consumer claim(Window window, MemorySegment[] subBuffers, Waiting waiting, String buffer, Lease lease) {
        try {
            final Consumer consumer = new Consumer(window, subBuffers, waiting, lease);
            Claims.claimConsumer(window.words, buffer);
            return consumer;
        } catch (RuntimeException | Error failure) {
            lease.release();
            throw failure;
        }
    }

    /**
     * The oldest sub-buffer that is ready, the same again until {@link #subBuffersConsumed} is called. In no-overwrite
     * mode it is a view in place, whose memory is not reused before. In overwrite mode it is a consistent copy, which
     * writers can no longer take away; what is overwritten under the consumer is dropped and newer data taken.
     *
     * @return the sub-buffer, or null if none is ready
     */
    public SubBuffer next() {
        return peek(0);
    }

    /**
     * One of the sub-buffers that are ready, to report several of them at once. In overwrite mode there is one copy, so
     * that only {@code peek(0)} finds something.
     *
     * @param ahead 0 for the oldest, then 1 for the one after it, …; what is left out is not reported either
     * @return the sub-buffer; null if fewer are ready, or if a reset has taken the one returned for 0
     * @throws IllegalArgumentException if {@code ahead} is negative
     */
    public SubBuffer peek(int ahead) {
        checkOpen();
        if (ahead < 0) {
            throw new IllegalArgumentException("peek " + ahead + " ahead: must be 0 or more");
        }
        if (geometry.overwrites()) {
            return ahead == 0 ? peekCopy() : null;
        }
        final long oldest = words.consumedAcquire();
        if (ahead == 0 || shown == 0) {
            shown = oldest == first ? shown : 0;
            first = oldest;
        }
        if (oldest != first || ahead >= geometry.subBufferCount()) {
            return null;
        }
        for (int i = shown; i <= ahead; i++) { // one that is held may lie between
            if (!window.isDelivered(geometry.plus(oldest, i))) {
                return null;
            }
        }
        shown += ahead == shown ? 1 : 0;
        return view(geometry.plus(oldest, ahead));
    }

    private SubBuffer peekCopy() {
        if (shown == 0 && take()) {
            shown = 1;
        }
        return shown == 1 ? copy : null;
    }

    /** The view of a delivered sub-buffer. */
    SubBuffer view(long sequence) {
        final int slot = geometry.slot(sequence);
        return view(sequence, window.padding(slot), window.records(slot));
    }

    /** The view of a sub-buffer, or of its beginning. */
    SubBuffer view(long sequence, long padding, long records) {
        return views[geometry.slot(sequence)].set(sequence, padding, records);
    }

    /** Overwrite mode: copies the oldest retained sub-buffer and consumes it; the consuming CAS validates the copy. */
    private boolean take() {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            final long sequence = words.consumedAcquire();
            if (window.isDelivered(sequence)) {
                final int slot = geometry.slot(sequence);
                copy.set(sequence, window.padding(slot), window.records(slot));
                // plain: may be overwritten meanwhile; then the CAS fails [B1]
                Copy.segment(subBuffers[slot], 0L, copy.segment(), 0L, copy.length());
                if (window.consume(sequence)) {
                    return true;
                }
                window.jumpAhead();
            } else if (words.consumedAcquire() == sequence) {
                return false;
            }
        }
        return false;
    }

    /**
     * Reports sub-buffers as consumed, oldest first, so that writers may reuse them: {@code relay_subbufs_consumed}.
     * None but those seen through {@link #next()} or {@link #peek} are consumed; if a reset took these, nothing is
     * consumed and their data is to be dropped.
     *
     * @param count sub-buffers newly consumed, 0 or more
     * @return how many were consumed: less than {@code count} if fewer were seen or a reset took them
     * @throws IllegalArgumentException if {@code count} is negative or above the sub-buffer count
     */
    public int subBuffersConsumed(int count) {
        checkOpen();
        if (count < 0 || count > geometry.subBufferCount()) {
            throw new IllegalArgumentException("consumed " + count + " sub-buffers: must be 0 to "
                    + geometry.subBufferCount());
        }
        final int wanted = Math.min(count, shown);
        int consumed = 0;
        while (consumed < wanted && (geometry.overwrites() || window.consume(geometry.plus(first, consumed)))) {
            consumed++;
        }
        first = geometry.plus(first, consumed);
        shown = consumed < wanted ? 0 : shown - consumed;
        return consumed;
    }

    /**
     * The sub-buffer next in order, if it is closed but held: a record in it is reserved and neither committed nor
     * aborted. It may be finished the next moment, or never.
     *
     * @return its sequence, 0 or more, or -1 if the sub-buffer next in order is not held
     */
    public long heldSequence() {
        checkOpen();
        return window.heldSequence();
    }

    /**
     * Gives up the sub-buffer that is held, so that later ones can be taken. Its memory is not reused before its
     * reservation is finished: until then its committed records count as pending, and writers whose turn comes to it
     * get {@link Result#STALLED}; after that they count as skipped.
     *
     * @return true if it was passed; false if nothing is held, or it was delivered at this moment
     */
    public boolean pass() {
        checkOpen();
        return window.pass();
    }

    /**
     * The bytes of the buffer as a stream: relayfs' {@code read()}. Use either the stream or {@link #next()} on one
     * channel: the latter returns whole sub-buffers, also those of which a part was read.
     *
     * @return the stream, the same each time
     */
    public RelayStream stream() {
        return stream;
    }

    /**
     * Whether the channel is closed and everything is consumed.
     *
     * @return true if nothing will ever come
     */
    public boolean isDrained() {
        checkOpen();
        return window.isDrained();
    }

    /**
     * Waits for a sub-buffer: relayfs' {@code poll()}. Data in the current sub-buffer does not count until it is
     * closed; {@link RelayBuffer#flush()} closes it. In the writers' process the thread sleeps and the next delivery
     * wakes it, which costs that writer some microseconds; with a timeout of 0 nobody ever pays. From another process
     * it looks again in growing pauses of up to one millisecond.
     *
     * @param timeoutNanos how long to wait at most, ns; 0 or less only looks, and never finds {@link Readiness#HELD}
     * @return what was found; {@link Readiness#HANG_UP} only after everything is consumed or passed
     */
    public Readiness poll(long timeoutNanos) {
        checkOpen();
        final Readiness now = look();
        if (now != Readiness.TIMED_OUT || timeoutNanos <= 0L) {
            return now; // without a look at the tail: who looks all the time must not touch the writers' line
        }
        final Readiness found = waiting.poll(this, System.nanoTime() + timeoutNanos);
        return found == Readiness.TIMED_OUT && window.heldSequence() >= 0L ? Readiness.HELD : found;
    }

    /** One look, after {@code waiting} is set if the thread is about to sleep. */
    Readiness look() {
        final long sequence = words.consumedAcquire();
        if (copy != null && shown > 0 || words.deliveredVolatile(geometry.slot(sequence)) == geometry.after(sequence)) {
            return Readiness.READABLE;
        }
        return window.isDrained() ? Readiness.HANG_UP : Readiness.TIMED_OUT;
    }

    /**
     * Copies what the buffer holds without consuming it.
     *
     * @return the copies, oldest first
     */
    public Snapshot snapshot() {
        checkOpen();
        return Snapshot.take(window, subBuffers);
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    /** Lets go of the buffer, so that another consumer may take it. What is not consumed stays. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                Claims.releaseConsumer(words);
            } finally {
                lease.release();
            }
        }
    }
}
