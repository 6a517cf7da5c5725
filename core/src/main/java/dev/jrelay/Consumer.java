// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * The consumer of one buffer, in the channel's process ({@link Channel#consumer}) or in another one
 * ({@link MappedChannel#consumer}). There is at most one for each buffer.
 *
 * <pre>
 * no-overwrite   q = consumed; ready when delivered[q] == q + 1; read in place; CAS(consumed, q, q + 1)
 * overwrite      the same, but copy first: whoever opens q + n pushes consumed past q before it writes there,
 *                so the CAS that consumes also proves that the copy is whole; if it fails, drop the copy, jump ahead
 * partial        delivered[q] == q - n + 1, then commit[q], then tail: what is committed is a prefix without holes
 *                when the tail is still in q and its offset equals the committed bytes
 * </pre>
 *
 * <p>Threads: one at a time. Progress: in no-overwrite mode each call is wait-free; in overwrite mode a call gives up,
 * as if nothing were ready, after a bounded number of sub-buffers were overwritten under it. Only {@link #poll} waits.
 *
 * <p>Example:
 * {@snippet :
 * while (consumer.poll(100_000_000L) != Readiness.HANG_UP) {
 *     for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
 *         file.write(s.bytes());
 *         consumer.subBuffersConsumed(1);
 *     }
 * }
 * }
 */
public final class Consumer implements AutoCloseable {
    private static final int MAX_ATTEMPTS = 64;

    /** Pauses of a consumer that nobody wakes (it lives in another process than the writers), ns. */
    private static final long MIN_PAUSE = 1_000L;
    private static final long MAX_PAUSE = 1_000_000L;

    private final Geometry geometry;
    private final ControlWords words;
    private final MemorySegment[] subBuffers;
    private final SubBuffer[] views;
    private final SubBuffer copy;
    private final Waiter waiter;
    private final Runnable release;
    /** The sequence of {@code peek(0)}, which is what {@code subBuffersConsumed} starts from; -1 if there is none. */
    private long first = -1L;
    private boolean closed;

    /**
     * Prepares the views.
     *
     * @param waiter where the writers find the sleeping thread; null if they are in another process
     * @param release run once, by {@link #close()}
     */
    Consumer(Geometry geometry, ControlWords words, MemorySegment[] subBuffers, Waiter waiter, Runnable release) {
        this.geometry = geometry;
        this.words = words;
        this.subBuffers = subBuffers;
        this.waiter = waiter;
        this.release = release;
        this.views = new SubBuffer[subBuffers.length];
        for (int i = 0; i < views.length; i++) {
            views[i] = new SubBuffer(subBuffers[i]);
        }
        this.copy = geometry.overwrite
                ? new SubBuffer(Arena.ofAuto().allocate(geometry.subBufferSize, 8L)) : null;
    }

    /**
     * The oldest sub-buffer that is ready. In no-overwrite mode it is a view in place, the same again until
     * {@link #subBuffersConsumed} is called, and its memory is not reused before. In overwrite mode it is a consistent
     * copy and counts as consumed; what is overwritten under the consumer is dropped and newer data taken.
     *
     * @return the sub-buffer, or null if none is ready
     */
    public SubBuffer next() {
        return geometry.overwrite ? take() : peek(0);
    }

    /**
     * No-overwrite mode: one of the sub-buffers that are ready, without consuming it.
     *
     * @param ahead 0 for the oldest, then 1 for the one after it, …
     * @return a view in place; null if fewer are ready, or if a reset has taken the one returned for 0
     * @throws IllegalStateException in overwrite mode, where a view in place could be overwritten
     * @throws IllegalArgumentException if {@code ahead} is negative
     */
    public SubBuffer peek(int ahead) {
        checkOpen();
        if (geometry.overwrite) {
            throw new IllegalStateException("peek in overwrite mode: use next() or a snapshot");
        }
        if (ahead < 0) {
            throw new IllegalArgumentException("peek " + ahead + " ahead: must be 0 or more");
        }
        final long oldest = words.consumedAcquire();
        if (ahead == 0) {
            first = oldest;
        }
        final long sequence = geometry.plus(oldest, ahead);
        return oldest == first && ahead < geometry.subBufferCount && isDelivered(sequence) ? view(sequence) : null;
    }

    private SubBuffer view(long sequence) {
        final int slot = geometry.slot(sequence);
        return views[slot].set(sequence, words.paddingOpaque(slot), words.recordsOpaque(slot));
    }

    private boolean isDelivered(long sequence) {
        return words.deliveredAcquire(geometry.slot(sequence)) == geometry.plus(sequence, 1L);
    }

    /**
     * Reports sub-buffers as consumed, oldest first, so that writers may reuse them: {@code relay_subbufs_consumed}.
     * No more than are ready are consumed, and after {@link #next()} or {@code peek(0)} none but those seen through
     * them: if a reset took these, nothing is consumed and their data is to be dropped. Meaningless in overwrite mode,
     * where {@link #next()} has consumed already: it then does nothing.
     *
     * @param count sub-buffers newly consumed, 0 or more
     * @return how many were consumed: less than {@code count} if fewer were ready or a reset took them
     * @throws IllegalArgumentException if {@code count} is negative or above the sub-buffer count
     */
    public int subBuffersConsumed(int count) {
        checkOpen();
        if (count < 0 || count > geometry.subBufferCount) {
            throw new IllegalArgumentException("consumed " + count + " sub-buffers: must be 0 to "
                    + geometry.subBufferCount);
        }
        if (geometry.overwrite || count == 0) {
            return 0;
        }
        final long oldest = first >= 0L ? first : words.consumedAcquire();
        first = -1L;
        int consumed = 0;
        while (consumed < count) {
            final long sequence = geometry.plus(oldest, consumed);
            if (!isDelivered(sequence) || !consume(view(sequence))) {
                break;
            }
            consumed++;
        }
        return consumed;
    }

    /** Moves {@code consumed} over one delivered sub-buffer and accounts for it, unless somebody else did. */
    private boolean consume(SubBuffer subBuffer) {
        final long sequence = subBuffer.sequence();
        final long backlog = geometry.distance(geometry.sequence(words.tailAcquire()), sequence);
        if (!words.casConsumed(sequence, geometry.plus(sequence, 1L))) {
            return false;
        }
        own(ControlWords.DELIVERED, 1L);
        own(ControlWords.DELIVERED + 8L, subBuffer.records());
        own(ControlWords.DELIVERED + 16L, subBuffer.length() - geometry.headerBytes);
        own(ControlWords.DELIVERED_PADDING, subBuffer.padding());
        if (backlog > words.counterOpaque(ControlWords.MAX_BACKLOG)) {
            words.ownCounterOpaque(ControlWords.MAX_BACKLOG, backlog);
        }
        return true;
    }

    private void own(long counter, long amount) {
        words.ownCounterOpaque(counter, words.counterOpaque(counter) + amount);
    }

    /** Overwrite mode: copies the oldest retained sub-buffer and consumes it; the consuming CAS validates the copy. */
    private SubBuffer take() {
        checkOpen();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            final long sequence = words.consumedAcquire();
            if (!isDelivered(sequence)) {
                if (words.consumedAcquire() == sequence) {
                    return null;
                }
                continue;
            }
            final int slot = geometry.slot(sequence);
            copy.set(sequence, words.paddingOpaque(slot), words.recordsOpaque(slot));
            // plain: may be overwritten meanwhile; then the CAS below fails [B1]
            MemorySegment.copy(subBuffers[slot], 0L, copy.segment(), 0L, copy.length());
            if (consume(copy)) {
                return copy;
            }
            jumpAhead();
        }
        return null;
    }

    /** The writers are as fast as this consumer: skips half of what is retained, to gain distance. */
    private void jumpAhead() {
        final long sequence = words.consumedAcquire();
        final long retained = geometry.distance(geometry.sequence(words.tailAcquire()), sequence);
        final long count = Math.min(retained, geometry.subBufferCount) / 2L;
        long records = 0L;
        long bytes = 0L;
        for (long i = 0L; i < count; i++) {
            final long skipped = geometry.plus(sequence, i);
            if (!isDelivered(skipped)) {
                return;
            }
            final SubBuffer view = view(skipped);
            records += view.records();
            bytes += view.length() - geometry.headerBytes;
        }
        if (count > 0L && words.casConsumed(sequence, geometry.plus(sequence, count))) {
            words.getAndAddCounter(ControlWords.SKIPPED, count);
            words.getAndAddCounter(ControlWords.SKIPPED + 8L, records);
            words.getAndAddCounter(ControlWords.SKIPPED + 16L, bytes);
        }
    }

    /**
     * Reads bytes like relayfs' {@code read()}: padding is stripped, sub-buffer boundaries are crossed, the committed
     * beginning of the current sub-buffer is included, and what is returned is consumed. Never blocks. Header bytes are
     * part of the data. Not to be mixed with {@link #next()} on one channel: that returns whole sub-buffers, also those
     * of which {@code read} has returned a part.
     *
     * @param target where to
     * @param offset index of the first byte
     * @param length bytes wanted
     * @return bytes read; 0 if nothing is there now; -1 if the channel is closed and everything is read
     * @throws IndexOutOfBoundsException if the range is not within {@code target}
     */
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        return (int) read(target, null, null, offset, length);
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
        return read(null, target, null, offset, length);
    }

    /**
     * Reads bytes into the remaining room of {@code target}, as {@link #read(byte[], int, int)} does.
     *
     * @param target where to; its position moves behind what was read
     * @return bytes read; 0 if nothing is there now; -1 if the channel is closed and everything is read
     */
    public int read(ByteBuffer target) {
        final int count = (int) read(null, null, target, target.position(), target.remaining());
        target.position(target.position() + Math.max(0, count));
        return count;
    }

    private long read(byte[] array, MemorySegment segment, ByteBuffer buffer, long offset, long length) {
        checkOpen();
        long total = 0L;
        for (int failures = 0; total < length && failures < MAX_ATTEMPTS;) {
            final long sequence = words.consumedAcquire();
            final boolean whole = isDelivered(sequence);
            final long prefix = whole ? 0L : stablePrefix(sequence);
            final SubBuffer view = whole ? view(sequence) : views[geometry.slot(sequence)]
                    .set(sequence, geometry.subBufferSize - (int) prefix, prefix >>> 32);
            final int from = Math.min(readOffset(sequence), view.length());
            final int count = (int) Math.min(length - total, view.length() - from);
            if (count == 0 && !whole) {
                break;
            }
            copyOut(view, from, count, array, segment, buffer, offset + total);
            if (whole && from + count == view.length() ? consume(view) : advance(sequence, from + count)) {
                total += count;
                failures += count == 0 ? 1 : 0; // rare, unless a peer delivers nothing over and over
            } else {
                failures++; // overwritten, or taken by a reset, while it was copied
            }
        }
        return total == 0L && length > 0L && isDrained() ? -1L : total;
    }

    private static void copyOut(SubBuffer view, int from, int count, byte[] array, MemorySegment segment,
            ByteBuffer buffer, long to) {
        // plain: in overwrite mode it may be overwritten meanwhile; the caller finds out [B3]
        if (array != null) {
            MemorySegment.copy(view.segment(), ValueLayout.JAVA_BYTE, from, array, (int) to, count);
        } else if (segment != null) {
            MemorySegment.copy(view.segment(), from, segment, to, count);
        } else {
            buffer.put((int) to, view.bytes(), from, count);
        }
    }

    /** Keeps the place in a sub-buffer that is not read to its end; false if it was overwritten meanwhile. */
    private boolean advance(long sequence, int offset) {
        words.copiedFence();
        if (words.consumedAcquire() != sequence) {
            return false;
        }
        words.ownCounterOpaque(ControlWords.READ_POSITION, geometry.position(sequence, offset));
        return true;
    }

    private int readOffset(long sequence) {
        final long position = words.counterOpaque(ControlWords.READ_POSITION);
        return geometry.sequence(position) == sequence ? geometry.offset(position) : 0;
    }

    /** Records and bytes (as in the commit word) of the current sub-buffer that are committed without holes, or 0. */
    private long stablePrefix(long sequence) {
        return Snapshot.stablePrefix(geometry, words, sequence);
    }

    /**
     * Whether the channel is closed and everything is consumed.
     *
     * @return true if nothing will ever come
     */
    public boolean isDrained() {
        if (words.closedVolatile() == 0L) {
            return false;
        }
        final long tail = words.tailAcquire();
        return tail < 0L && geometry.offset(tail) == 0 && geometry.sequence(tail) == words.consumedAcquire();
    }

    /**
     * Waits for a sub-buffer: relayfs' {@code poll()}. Data in the current sub-buffer does not count until it is
     * closed; {@link RelayBuffer#flush()} closes it. In the writers' process the thread sleeps and the next delivery
     * wakes it, which costs that writer some microseconds; with a timeout of 0 nobody ever pays. From another process
     * it looks again in growing pauses of up to one millisecond.
     *
     * @param timeoutNanos how long to wait at most, ns; 0 or less only looks
     * @return what was found; {@link Readiness#HANG_UP} only after everything is consumed
     */
    public Readiness poll(long timeoutNanos) {
        checkOpen();
        final Readiness now = look();
        if (now != Readiness.TIMED_OUT || timeoutNanos <= 0L) {
            return now;
        }
        final long deadline = System.nanoTime() + timeoutNanos;
        return waiter == null ? pollInPauses(deadline) : pollAsleep(deadline);
    }

    private Readiness look() {
        final long sequence = words.consumedAcquire();
        if (words.deliveredVolatile(geometry.slot(sequence)) == geometry.plus(sequence, 1L)) {
            return Readiness.READABLE;
        }
        return isDrained() ? Readiness.HANG_UP : Readiness.TIMED_OUT;
    }

    private Readiness pollAsleep(long deadline) {
        waiter.enter();
        try {
            for (;;) {
                words.waitingVolatile(1L); // then look again: a delivery before this store is seen, one after it wakes
                final Readiness found = look();
                final long remaining = deadline - System.nanoTime();
                if (found != Readiness.TIMED_OUT || remaining <= 0L || Thread.currentThread().isInterrupted()) {
                    return found;
                }
                LockSupport.parkNanos(this, remaining);
            }
        } finally {
            words.waitingVolatile(0L);
            waiter.leave();
        }
    }

    private Readiness pollInPauses(long deadline) {
        long pause = MIN_PAUSE;
        for (;;) {
            final Readiness found = look();
            final long remaining = deadline - System.nanoTime();
            if (found != Readiness.TIMED_OUT || remaining <= 0L || Thread.currentThread().isInterrupted()) {
                return found;
            }
            LockSupport.parkNanos(this, Math.min(pause, remaining));
            pause = Math.min(2L * pause, MAX_PAUSE);
        }
    }

    /**
     * Copies what the buffer holds without consuming it.
     *
     * @return the copies, oldest first
     */
    public Snapshot snapshot() {
        checkOpen();
        return Snapshot.take(geometry, words, subBuffers);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    /** Lets go of the buffer, so that another consumer may take it. What is not consumed stays. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
