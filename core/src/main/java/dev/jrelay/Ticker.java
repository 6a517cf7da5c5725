// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.time.Duration;
import java.util.Arrays;

/**
 * What a channel does by itself from time to time, on a thread of its own if it needs one: shows that it lives, tells
 * the callbacks who has mapped its buffers, and closes sub-buffers that have been open for too long.
 *
 * <p>The bound on the delay costs writers nothing: each half of the delay the thread looks at the tails, and flushes a
 * sub-buffer that was open at the look before. A record written just after a look is seen at the next one, half a delay
 * later at most, and flushed at the one after that.
 */
final class Ticker {
    private static final long NOT_OPEN = -1L;
    private static final long NEVER = Long.MAX_VALUE;

    private final ControlPage page;
    private final RelayBuffer[] buffers;
    private final Callbacks callbacks;
    private final Geometry geometry;
    private final long tickNanos;
    private final long beatNanos;
    private final long lookNanos;
    private final long[][] mapped;
    /** For each buffer the sub-buffer that was open at the last look. */
    private final long[] open;
    private final Thread thread;
    /** When each thing is due, in ns since the start of the thread, which alone uses them. */
    private long nextTick;
    private long nextBeat;
    private long nextLook;
    private volatile boolean stopped;

    /** Prepares the thread, if there is anything for it to do. */
    Ticker(ControlPage page, RelayBuffer[] buffers, ChannelConfig config) {
        this.page = page;
        this.buffers = buffers;
        this.callbacks = config.callbacks();
        this.geometry = config.geometry();
        this.tickNanos = config.storage().isShared() ? period(config.tickInterval()) : NEVER;
        this.beatNanos = tickNanos == NEVER ? NEVER : Math.min(tickNanos, Beat.INTERVAL.toNanos());
        this.lookNanos = period(config.flushAfter().dividedBy(2L));
        this.nextTick = tickNanos;
        this.nextBeat = beatNanos;
        this.nextLook = lookNanos;
        this.mapped = new long[buffers.length][ControlWords.MAX_MAPPED];
        this.open = new long[buffers.length];
        Arrays.fill(open, NOT_OPEN);
        this.thread = tickNanos == NEVER && lookNanos == NEVER ? null
                : Thread.ofPlatform().daemon().name("relay-" + config.baseName()).unstarted(this::run);
    }

    private static long period(Duration interval) {
        return interval.isZero() ? NEVER : interval.toNanos();
    }

    void start() {
        if (thread != null) {
            thread.start();
        }
    }

    void stop() {
        stopped = true; // volatile: set once, by close [M26]
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void run() {
        final long start = System.nanoTime();
        try {
            while (!stopped) { // volatile: as above [M26]
                final long next = step(System.nanoTime() - start);
                Thread.sleep(Duration.ofNanos(next - (System.nanoTime() - start))); // not at all if that is over
            }
        } catch (InterruptedException byClose) {
            // the end
        } catch (InternalError truncated) {
            // so is this: the file is gone from under the words, as every other call says
        }
    }

    /** Does what is due at {@code now}, in ns since the start; returns when there is something to do again. */
    long step(long now) {
        if (nextTick <= now) {
            nextTick = now + tickNanos;
            guarded(this::tick);
        }
        if (nextBeat <= now) {
            nextBeat = now + beatNanos;
            guarded(this::beat);
        }
        if (nextLook <= now) {
            nextLook = now + lookNanos;
            guarded(this::flushOld);
        }
        return Math.min(Math.min(nextTick, nextBeat), nextLook);
    }

    /** A callback may throw: the heart goes on beating. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException thrown) {
            if (!stopped) { // volatile: else the page may be gone [M26]
                final Thread self = Thread.currentThread();
                self.getUncaughtExceptionHandler().uncaughtException(self, thrown);
            }
        }
    }

    /** Consumers here show that they live, more often than the channel does if its ticks are rare. */
    private synchronized void beat() {
        if (stopped) { // volatile: as above [M26]
            return;
        }
        for (final RelayBuffer buffer : buffers) {
            Claims.beat(buffer.words);
        }
    }

    synchronized void tick() {
        if (stopped) { // volatile: as above [M26]
            return;
        }
        page.beat();
        beat();
        for (final RelayBuffer buffer : buffers) {
            final long[] known = mapped[buffer.index()];
            for (int i = 0; i < known.length; i++) {
                final long before = known[i];
                known[i] = Claims.mapped(buffer.words, i);
                if (before != known[i] && before != 0L) {
                    callbacks.bufUnmapped(buffer, ProcessId.pid(before));
                }
                if (before != known[i] && known[i] != 0L) {
                    callbacks.bufMapped(buffer, ProcessId.pid(known[i]));
                }
            }
        }
    }

    void flushOld() {
        for (final RelayBuffer buffer : buffers) {
            final long tail = buffer.words.tailAcquire();
            final long current = geometry.offset(tail) == 0 ? NOT_OPEN : geometry.sequence(tail);
            if (current != NOT_OPEN && current == open[buffer.index()]) {
                buffer.flush();
            }
            open[buffer.index()] = current;
        }
    }
}
