// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One buffer of a channel: a ring of sub-buffers, normally one buffer for each CPU. It is passive: what callbacks and
 * watchers ask and what anybody may ask of it from outside. Its records come from a {@link SharedWriter} or, if it is
 * exclusive, from an {@link ExclusiveWriter}; its sub-buffers go to a {@link Consumer}.
 *
 * <p>All methods may be called by any thread, also after the channel is closed.
 */
public final class RelayBuffer {
    /** Bits of the request word, by which other threads ask the owner of an exclusive buffer; above: flushes. */
    static final long REQUEST_FINISH = 1L;
    static final long REQUEST_PAUSE = 2L;
    static final long REQUEST_FLUSH = 4L;

    private static final VarHandle REQUEST = requestHandle();

    final ControlWords words;
    final Window window;
    final MemorySegment[] subBuffers;
    final Waiter waiter = new Waiter();
    final SubBufferSwitch protocol;
    private final int index;
    private final Geometry geometry;
    private final MemorySegment data;
    private final SharedWriter writer;
    private final Runnable whenSettled;
    private final AtomicBoolean settled = new AtomicBoolean();
    private long request;
    private boolean claimed;
    private BufferStats base;

    /**
     * Binds a buffer.
     *
     * @param whenSettled run once, by the thread that sees that no record will ever be written again
     */
    RelayBuffer(int index, Window window, MemorySegment data, Callbacks callbacks, Runnable whenSettled) {
        this.index = index;
        this.geometry = window.geometry;
        this.words = window.words;
        this.window = window;
        this.data = data;
        this.whenSettled = whenSettled;
        this.subBuffers = subBuffers(geometry, data);
        this.protocol = new SubBufferSwitch(this, words, window, subBuffers, callbacks, waiter);
        this.writer = window.exclusive ? null : new SharedWriter(this, words, geometry, data);
        this.base = statsSinceOpen();
    }

    private static VarHandle requestHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(RelayBuffer.class, "request", long.class)
                    .withInvokeExactBehavior();
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    static MemorySegment[] subBuffers(Geometry geometry, MemorySegment data) {
        final MemorySegment[] subBuffers = new MemorySegment[geometry.subBufferCount()];
        for (int i = 0; i < subBuffers.length; i++) {
            subBuffers[i] = data.asSlice(geometry.slotOffset(i), geometry.subBufferSize());
        }
        return subBuffers;
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
     * Whether the buffer has one writer at a time, an {@link ExclusiveWriter}.
     *
     * @return true if it has
     */
    public boolean isExclusive() {
        return window.exclusive;
    }

    /**
     * Whether all sub-buffers are produced and none of them consumed, so that the next sub-buffer could not be opened
     * in no-overwrite mode: {@code relay_buf_full}. A snapshot. In overwrite mode it tells whether the next switch will
     * overwrite.
     *
     * @return true if full
     */
    public boolean isFull() {
        return window.isFull(geometry.sequence(words.tailAcquire())); // never while a sub-buffer is open
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
     * buffer. An exclusive buffer is flushed at its writer's next call.
     */
    public void flush() {
        if (isExclusive()) {
            request(REQUEST_FLUSH, 0L);
        } else {
            protocol.flush();
        }
    }

    /**
     * Counters of this buffer since the channel was opened, in spite of resets. They are read one by one, so they add
     * up exactly only while nobody writes or consumes.
     *
     * @return the counters
     */
    public BufferStats statsSinceOpen() {
        return BufferStats.read(window);
    }

    /**
     * Counters of this buffer since the channel was last reset; otherwise as {@link #statsSinceOpen}.
     *
     * @return the counters
     */
    public synchronized BufferStats statsSinceReset() {
        return statsSinceOpen().since(base);
    }

    /** The writer of a shared buffer, null of an exclusive one. */
    SharedWriter writer() {
        return writer;
    }

    void pause(boolean paused) {
        if (isExclusive()) {
            request(paused ? REQUEST_PAUSE : 0L, paused ? 0L : REQUEST_PAUSE);
        } else {
            protocol.pause(paused);
        }
    }

    void finish() {
        if (isExclusive()) {
            request(REQUEST_FINISH, 0L);
            finishUnowned();
        } else {
            protocol.finish();
        }
    }

    /**
     * Drops what is unconsumed, and restarts the counters since reset.
     *
     * @return false if something stays: a reservation's sub-buffer and those after it, or the open sub-buffer of an
     *     exclusive buffer
     */
    synchronized boolean reset() {
        flush();
        final long tail = words.tailAcquire(); // before skipAll: what it covers is then behind its bound
        final boolean complete = window.skipAll() && (!isExclusive() || geometry.offset(tail) == 0);
        base = statsSinceOpen();
        return complete;
    }

    /** Becomes the owner of an exclusive buffer; null if it has one. */
    ExclusiveWriter claim() {
        synchronized (this) {
            if (claimed) {
                return null;
            }
            claimed = true;
        }
        return new ExclusiveWriter(this, words, geometry, data);
    }

    void unclaim() {
        synchronized (this) {
            claimed = false;
        }
        finishUnowned(); // a close may have come after the owner's last look, and found the buffer claimed
    }

    /** Carries out a close that was asked of the owner, if there is none. */
    private void finishUnowned() {
        if ((requestAcquire() & REQUEST_FINISH) != 0L && words.tailAcquire() >= 0L) {
            final ExclusiveWriter owner = claim();
            if (owner != null) {
                owner.close();
            }
        }
    }

    /** Lets go of the memory when the tail is final and no reservation is open any more. */
    void settle() {
        if (window.isSettled() && settled.compareAndSet(false, true)) { // full: once [M25]
            whenSettled.run();
        }
    }

    /** The memory is about to be freed: whoever comes late finds the words in the heap. */
    void moveToHeap() {
        words.moveToHeap();
        if (writer != null) {
            writer.follow(words);
        }
    }

    /** What other threads ask of the owner of an exclusive buffer. */
    long requestAcquire() {
        return (long) REQUEST.getAcquire(this); // acquire: what led to it [M17]
    }

    private boolean casRequest(long expected, long next) {
        return REQUEST.compareAndSet(this, expected, next); // full: no request is lost [M18]
    }

    /** Asks the owner for something; a flush is counted, the others are bits. */
    private void request(long set, long clear) {
        long before;
        long next;
        do {
            before = requestAcquire();
            next = set == REQUEST_FLUSH ? before + set : before & ~clear | set;
        } while (before != next && !casRequest(before, next));
    }
}
