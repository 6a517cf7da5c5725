// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread behind a {@link LogChannel}. It writes the channel's records to the file, if there is one, and tells what
 * is lost.
 *
 * <pre>
 * round    write what was committed when the round began; once a second tell what is lost; sleep, until it is time or
 *          a sub-buffer was filled since the round began
 * end      the channel is closed: write the rest, for at most PATIENCE; tell what became of all
 * </pre>
 *
 * <p>A file that takes nothing (a full disk) is tried again. One whose write does not return (a dead server, a pipe
 * that nobody reads) holds up this thread alone, and at the end is given up.
 */
final class LogDrain {
    private static final long REPORT_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 200_000_000L;
    /** How long the end of unfinished writes, or of a full disk, is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(2L);
    /** Between two looks for what comes soon. At the end PATIENCE is counted in them, so a stopped process keeps it. */
    private static final Duration PAUSE = Duration.ofMillis(2L);
    private static final int PAUSES = 1000;
    private static final Duration LONG_PAUSE = Duration.ofMillis(500L);
    private static final int LONG_PAUSES = 6;

    private final LogChannel.Status status;
    private final LogLosses losses;
    private final Thread thread;
    private final long pauseNanos;
    private LogFile file;
    private volatile Channel channel;
    /** Whether a sub-buffer was filled since the round began: then there is no sleep after it. */
    private volatile boolean filled;
    private volatile boolean idle;
    private volatile boolean closing;
    private volatile boolean hopeless;
    /** Rounds of the thread: begun and done; what was written before a round began is in the file when it is done. */
    private long begun;
    private long done;
    private boolean troubled;

    /**
     * Does nothing yet.
     *
     * @param flushAfter how long a record may take to the file
     */
    LogDrain(LogOptions options, Klog klog, LogChannel.Status status, Duration flushAfter) {
        this.status = status;
        this.losses = new LogLosses(klog);
        this.pauseNanos = Math.min(REPORT_NANOS, flushAfter.dividedBy(2L).toNanos());
        this.thread = Thread.ofPlatform().daemon().name("klog-" + options.name()).unstarted(this::run);
    }

    /** Whose losses are told from now on: those of this channel, which has just been opened. */
    void follow(Channel opened) {
        synchronized (losses) {
            losses.restart();
            channel = opened;
        }
    }

    /** The channel of now, or the last one; null if there was none yet. */
    Channel channel() {
        return channel;
    }

    /** Begins; the file is null if somebody else drains the channel. */
    void start(LogFile target) {
        file = target;
        thread.start();
    }

    /** A sub-buffer was filled: has the thread look, which costs some microseconds if it sleeps. */
    void wake() {
        if (file == null) {
            return; // nothing to do for this thread
        }
        filled = true; // before the look at idle; the thread sets idle before it looks at this
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    /** Returns when the file has what was written before, or after some seconds, if it cannot be written. */
    void flush() {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (this) {
            final long wanted = begun + 1L;
            LockSupport.unpark(thread);
            try {
                for (long left = PATIENCE.toNanos(); done < wanted && left > 0L && thread.isAlive();
                        left = deadline - System.nanoTime()) {
                    wait(Math.max(1L, left / 1_000_000L));
                }
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        long nextReport = System.nanoTime() + REPORT_NANOS;
        while (!closing) {
            final long round = begin();
            filled = false;
            final boolean written = drain(false);
            if (System.nanoTime() - nextReport >= 0L) {
                nextReport = System.nanoTime() + REPORT_NANOS;
                report();
            }
            if (written) {
                end(round);
                idle = true;
                if (!filled) {
                    LockSupport.parkNanos(pauseNanos);
                }
                idle = false;
            } else {
                LockSupport.parkNanos(troubled ? RETRY_NANOS : PAUSE.toNanos());
            }
        }
        finish();
        end(begin());
    }

    private synchronized long begin() {
        return ++begun;
    }

    private synchronized void end(long round) {
        done = round;
        notifyAll();
    }

    /** Writes what is there; false if the file cannot be written, or something waits for what is older. */
    private boolean drain(boolean all) {
        try {
            final boolean complete = file == null || file.cycle(all);
            if (troubled) {
                status.info(file.path() + " is written again");
            }
            troubled = false;
            return complete;
        } catch (IOException | RuntimeException | InternalError failed) {
            if (!troubled) {
                status.warn(file.path() + " cannot be written, events stay in the channel: " + failed);
            }
            troubled = true;
            return false;
        }
    }

    private void report() {
        final List<String> news;
        synchronized (losses) {
            news = channel == null ? List.of()
                    : losses.news(channel.statsSinceReset(), channel.geometry().mode());
        }
        news.forEach(status::warn);
    }

    /** After the end of the writing: the rest, and what became of all. */
    private void finish() {
        boolean overdue = false;
        for (int pauses = 0; file != null && !overdue; pauses++) {
            overdue = hopeless || pauses == PAUSES;
            if (overdue) {
                file.pass();
            }
            if (drain(true) && file.isDone()) {
                break;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        report();
        if (file != null) {
            summarize();
        }
    }

    private void summarize() {
        final BufferStats stats = channel.statsSinceReset();
        final long accepted = stats.delivered().records() + stats.pending().records();
        status.info(String.format(Locale.ROOT, "wrote %,d events to %s, lost %,d", file.written(), file.path(),
                stats.lost().records() + stats.skipped().records() + accepted - file.written()));
        if (accepted > file.written()) {
            status.warn(String.format(Locale.ROOT, "LOST %,d events: %s could not be written to the end",
                    accepted - file.written(), file.path()));
        }
    }

    /** Tells what became of all events of a channel that others read; no more are written to it. */
    void tellEnd() {
        report();
        final BufferStats stats = channel.statsSinceReset();
        status.info(String.format(Locale.ROOT, "took %,d events, lost %,d", stats.delivered().records()
                + stats.pending().records() + stats.overwritten().records() + stats.skipped().records(),
                stats.lost().records()));
    }

    /** Ends, after the channel was closed. Returns in some seconds, whatever the file does. */
    void end() {
        boolean interrupted = false;
        closing = true;
        LockSupport.unpark(thread);
        for (int pauses = 1; thread.isAlive(); pauses++) {
            try {
                if (!thread.join(LONG_PAUSE) && pauses >= LONG_PAUSES) {
                    hopeless = true;
                    thread.interrupt(); // closes the file under a write that does not return
                }
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
