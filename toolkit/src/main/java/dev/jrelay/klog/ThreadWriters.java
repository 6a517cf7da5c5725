// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Channel;
import dev.jrelay.ExclusiveWriter;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds the buffer that a thread writes to: each platform thread gets an exclusive one of its own while the channel has
 * any left, all others, virtual ones among them, share. A thread that has ended gives its buffer back.
 *
 * <pre>
 * write    own = this thread's entry in the table; none, and this thread has never shared: CLAIM
 *          CAS(own.state, s, s + 1), s even; write; state = s + 2 (release): one read-modify-write, uncontended
 *          no entry, or not to be had: the shared buffer
 * CLAIM    a buffer that is free, or that an ended thread had; none: youngestSharing = max(it, this thread)
 * LOOK     now and then, on a thread of this object's: ended threads give back; an owner that was silent since the
 *          last look is flushed: CAS(state, s, HELD), flush, state = s
 * close    the same CAS for each owner, state = CLOSED, close its writer; who is writing now: at the next look
 * </pre>
 *
 * <p>Order: a thread that has shared never gets a buffer of its own. Thread ids grow, so one number tells: a buffer
 * goes to threads that are younger than any that has shared. Thus the records of a thread lie in one buffer, in order,
 * unless its owner meets a flush whose thread has lost its CPU: nobody waits here, so that record goes to the shared
 * buffer, and its timestamp tells where it belongs.
 *
 * <p>No {@code ThreadLocal}: what it leaves in the threads of somebody else's pool would keep a class loader alive.
 * Threads: any.
 */
final class ThreadWriters {
    /** Places looked at for a thread's entry; with four places for each buffer, one or two are enough. */
    private static final int PROBES = 8;
    private static final int PLACES_PER_BUFFER = 4;
    /** Two states are 4 bytes apart; neighbours in one cache line would slow each other down. */
    private static final int SPREAD = 32;

    /** Some other thread has the owner's writer for a moment. */
    private static final int HELD = -1;
    /** The writer is closed. */
    private static final int CLOSED = -2;
    /** How often an owner looks again when its writer is held: longer than a flush, shorter than a time slice. */
    private static final int SPINS = 200;

    private static final Duration PAUSE = Duration.ofMillis(100L);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(1L);

    private final Channel channel;
    private final boolean flushes;
    private final Runnable onFailure;
    /** Entries by thread id; null if the channel has no exclusive buffers. */
    private final AtomicReferenceArray<Owner> owners;
    /** For each place: even while the owner is silent, odd while it writes, or {@link #HELD}, or {@link #CLOSED}. */
    private final AtomicIntegerArray states;
    private final AtomicLong youngestSharing = new AtomicLong();
    private final ReentrantLock looking = new ReentrantLock();
    private final Thread looker;
    private volatile boolean closed;

    /** A thread and its writer; found at this place in the table. */
    private static final class Owner {
        final Thread thread;
        final ExclusiveWriter writer;
        /** The state at the last look; guarded by {@code looking}. */
        int seen = HELD;

        Owner(Thread thread, ExclusiveWriter writer) {
            this.thread = thread;
            this.writer = writer;
        }
    }

    /** What is done to an owner at a look. */
    @FunctionalInterface
    private interface Step {
        void run(int place, Owner owner);
    }

    /**
     * No thread has a buffer yet.
     *
     * @param flushAfter how long a record may lie in the buffer of a thread that writes no more; zero: until it ends
     * @param onFailure run when a callback of the channel throws at a look
     */
    ThreadWriters(Channel channel, Duration flushAfter, Runnable onFailure) {
        this.channel = channel;
        this.flushes = !flushAfter.isZero();
        this.onFailure = onFailure;
        int exclusive = 0;
        for (int i = 0; i < channel.bufferCount(); i++) {
            exclusive += channel.buffer(i).isExclusive() ? 1 : 0;
        }
        if (exclusive == 0) {
            owners = null;
            states = null;
            looker = null;
            return;
        }
        final int places = Math.max(PROBES, Integer.highestOneBit(exclusive * PLACES_PER_BUFFER * 2 - 1));
        owners = new AtomicReferenceArray<>(places);
        states = new AtomicIntegerArray(places * SPREAD);
        final Duration half = flushAfter.dividedBy(2L);
        final Duration pause = flushes && half.compareTo(PAUSE) < 0 ? half : PAUSE;
        looker = Thread.ofPlatform().daemon().name("klog-threads").unstarted(() -> lookUntilClosed(pause));
        looker.start();
    }

    Channel channel() {
        return channel;
    }

    /** Writes one record of the current thread, as {@link KlogRecord#write} does. */
    long write(int id, long timestamp, byte[] array, MemorySegment segment, long offset, int length) {
        final int place = own();
        if (place < 0 || !take(place)) {
            return KlogRecord.write(channel.writer(), id, timestamp, array, segment, offset, length);
        }
        try {
            return KlogRecord.write(owners.getPlain(place).writer, id, timestamp, array, segment, offset, length);
        } finally {
            final int writing = states.getPlain(place * SPREAD); // odd: nobody else changes it
            states.setRelease(place * SPREAD, writing + 1 & Integer.MAX_VALUE);
        }
    }

    /** The place of the current thread's entry, below 0 if it shares. */
    private int own() {
        final Thread thread = Thread.currentThread();
        if (owners == null || thread.isVirtual()) {
            return -1;
        }
        final int home = (int) thread.threadId();
        for (int i = 0; i < PROBES; i++) {
            final int place = home + i & owners.length() - 1;
            final Owner owner = owners.getAcquire(place);
            if (owner != null && owner.thread == thread) {
                return place;
            }
        }
        return thread.threadId() <= youngestSharing.getAcquire() ? -1 : claim(thread, home);
    }

    /** Once in a thread's life. */
    private int claim(Thread thread, int home) {
        final ExclusiveWriter writer = closed ? null : freeWriter();
        if (writer != null) {
            final Owner owner = new Owner(thread, writer);
            for (int i = 0; i < PROBES; i++) {
                final int place = home + i & owners.length() - 1;
                if (owners.compareAndSet(place, null, owner)) {
                    if (closed) { // read after the entry is there: either this thread or the closing one sees the other
                        look(this::close);
                    }
                    return place;
                }
            }
            writer.close();
        }
        youngestSharing.accumulateAndGet(thread.threadId(), Math::max);
        return -1;
    }

    private ExclusiveWriter freeWriter() {
        final ExclusiveWriter writer = channel.tryExclusiveWriter();
        if (writer != null || !looking.tryLock()) {
            return writer;
        }
        try {
            forEach(this::giveBackIfEnded);
        } finally {
            looking.unlock();
        }
        return channel.tryExclusiveWriter();
    }

    /** Begins a write of the owner; false if its writer is closed, held, or in use by this very thread's callbacks. */
    private boolean take(int place) {
        for (int i = 0; i < SPINS; i++) {
            final int state = states.getOpaque(place * SPREAD);
            if (state == HELD) {
                Thread.onSpinWait();
            } else if ((state & 1) != 0 || state == CLOSED) {
                return false;
            } else if (states.compareAndSet(place * SPREAD, state, state + 1)) { // full: sees what a flush has done
                return true;
            }
        }
        return false;
    }

    /** Closes the sub-buffers of all threads that are not writing at this moment, the shared ones too. */
    void flush() {
        channel.flush();
        look(this::flush);
    }

    /** All threads share from now on; for a channel that is closed, or about to be. Idempotent. */
    void close() {
        closed = true;
        if (owners != null) {
            look(this::close);
            LockSupport.unpark(looker);
        }
    }

    private void lookUntilClosed(Duration pause) {
        while (!closed) {
            LockSupport.parkNanos(pause.toNanos());
            look((place, owner) -> {
                if (!giveBackIfEnded(place, owner) && flushes) {
                    flushIfSilent(place, owner);
                }
            });
        }
        while (look(this::close)) {
            LockSupport.parkNanos(SHORT_PAUSE.toNanos());
        }
    }

    /** Takes the step for each owner; true if any is left. */
    private boolean look(Step step) {
        if (owners == null) {
            return false;
        }
        looking.lock();
        try {
            return forEach(step);
        } finally {
            looking.unlock();
        }
    }

    private boolean forEach(Step step) {
        boolean left = false;
        for (int place = 0; place < owners.length(); place++) {
            final Owner owner = owners.getAcquire(place);
            if (owner != null) {
                try {
                    step.run(place, owner);
                } catch (Throwable thrown) { // by a callback; the buffer is sound
                    onFailure.run();
                }
                left |= owners.getPlain(place) != null;
            }
        }
        return left;
    }

    /** A thread that is not alive has done all that it will do, and this thread sees it: the writer is free to take. */
    private boolean giveBackIfEnded(int place, Owner owner) {
        if (owner.thread.isAlive()) {
            return false;
        }
        giveBack(place, owner, 0);
        return true;
    }

    private void flushIfSilent(int place, Owner owner) {
        final int state = states.getOpaque(place * SPREAD);
        if (state == owner.seen) {
            flush(place, owner);
        }
        owner.seen = state;
    }

    private void flush(int place, Owner owner) {
        final int state = states.getOpaque(place * SPREAD);
        if (hold(place, state)) {
            try {
                owner.writer.flush();
            } finally {
                states.setRelease(place * SPREAD, state);
            }
        }
    }

    private void close(int place, Owner owner) {
        final int state = states.getOpaque(place * SPREAD);
        if (state == CLOSED || hold(place, state) || !owner.thread.isAlive()) {
            giveBack(place, owner, CLOSED);
        }
    }

    /** Takes the writer from its silent owner; acquires what the owner has done with it. */
    private boolean hold(int place, int state) {
        return (state & 1) == 0 && state != CLOSED && states.compareAndSet(place * SPREAD, state, HELD);
    }

    private void giveBack(int place, Owner owner, int state) {
        try {
            owner.writer.close();
        } finally {
            states.setRelease(place * SPREAD, state);
            owners.setRelease(place, null);
        }
    }
}
