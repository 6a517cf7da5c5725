// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.BufferStats;
import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.RelayBuffer;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Result;
import dev.jrelay.relayapp.RelayApp;
import dev.jrelay.watch.RelayMonitor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a logging framework's appender puts its events: a channel, and whoever drains it. The adapters for Logback and
 * Log4j are a class each over this one.
 *
 * <pre>
 *  file        write --> channel in memory, or in files --> a thread of this object --> the file, in order of time
 *  directory   write --> channel in files                --> relay tail, snapshot, recover; any MappedChannel
 *  collect     write --> channel in files, while a collector is there --> relay collect
 * </pre>
 *
 * <p>Guarantees: {@link #write} never waits and never throws. Every event that does not arrive is counted, by cause, in
 * the channel's counters, and told to the {@link Status}, once a second while there are any, and at the end. A file
 * that cannot be written is tried again, while events stay in the channel.
 *
 * <p>When the JVM shuts down, what was logged before is written to the file, whether or not the framework is stopped.
 *
 * <p>Threads: any.
 */
public final class LogChannel implements AutoCloseable {
    private static final long REPORT_NANOS = 1_000_000_000L;
    private static final long RETRY_NANOS = 200_000_000L;
    /** How long the end of unfinished writes, or of a full disk, is waited for at the end. */
    private static final Duration PATIENCE = Duration.ofSeconds(2L);

    private final Status status;
    private final Klog klog;
    private final LogLosses losses;
    private final Thread thread;
    private final Thread hook = new Thread(this::flush, "klog-shutdown");
    private final long pauseNanos;
    private final boolean collected;
    private LogFile file;
    private RelayApp app;
    private RelayMonitor monitor;
    private volatile Channel channel;
    private volatile boolean idle;
    private volatile boolean closing;
    /** Rounds of the thread: begun and done; what was written before a round began is in the file when it is done. */
    private long begun;
    private long done;
    private boolean troubled;

    /** Where the framework shows what is going on. Its methods are called by threads of this object, or of a caller. */
    public interface Status {
        /**
         * Something worth knowing.
         *
         * @param text a line
         */
        void info(String text);

        /**
         * Events were lost, or will be if this goes on.
         *
         * @param text a line
         */
        void warn(String text);
    }

    private LogChannel(LogOptions options, Status status) {
        this.status = status;
        this.klog = new Klog(options.maxEvent(), KlogClock.system());
        this.losses = new LogLosses(klog);
        this.collected = options.collect();
        this.pauseNanos = options.file() == null ? REPORT_NANOS : options.flushAfter().dividedBy(2L).toNanos();
        this.thread = Thread.ofPlatform().daemon().name("klog-" + options.name()).unstarted(this::run);
    }

    /**
     * Opens the channel, and what it is written to.
     *
     * @param options what the framework's configuration says
     * @param status what to be told
     * @return the open channel; close it
     * @throws IllegalArgumentException if an option is wrong, naming it, its value and what it may be
     * @throws IOException if a file cannot be created
     */
    public static LogChannel open(LogOptions options, Status status) throws IOException {
        options.channel(); // all of them are right, before anything is there
        final LogChannel log = new LogChannel(options, status);
        try {
            log.open(options);
        } catch (IOException | RuntimeException failed) {
            log.abandon();
            throw failed;
        }
        return log;
    }

    private void open(LogOptions options) throws IOException {
        final Path directory = options.directory();
        if (collected) {
            app = RelayApp.open(directory, options.name(), new Collected());
            status.info("logs while a collector is there: relay collect --base " + options.name() + " " + directory
                    + " OUTPUT");
        } else {
            if (directory != null && !Files.exists(directory)) {
                RelayDirectory.create(directory.getFileName().toString(), directory.toAbsolutePath().getParent());
            }
            channel = open(options.channel().callbacks(new WakeUp()).build(), directory);
            klog.attach(channel, options.file() == null ? options.flushAfter() : Duration.ZERO);
            if (options.file() != null) {
                file = LogFile.open(options.file(), options.append(), channel, KlogClock.system());
            }
            watch(options.name());
        }
        thread.start();
        if (file != null) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    private static Channel open(ChannelConfig config, Path directory) throws IOException {
        try {
            return Channel.open(config);
        } catch (FileAlreadyExistsException left) {
            throw new IOException(left.getMessage() + " is there, of a process that runs or was killed: relay recover "
                    + directory + " saves what is in it, and removes it with --remove", left);
        }
    }

    private void watch(String name) {
        try {
            monitor = RelayMonitor.register(name, channel);
        } catch (IllegalStateException taken) {
            status.info("not in JMX: " + taken.getMessage());
        }
    }

    private void abandon() throws IOException {
        final Channel opened = channel;
        try (LogFile _ = file; RelayApp _ = app; RelayMonitor _ = monitor) {
            klog.detach();
            if (opened != null) {
                opened.close();
            }
        }
    }

    /** The channel is there while a collector is. */
    private final class Collected implements RelayApp.Events {
        @Override
        public void started(Channel started) {
            channel = started;
            klog.attach(started);
        }

        @Override
        public void stopped() {
            klog.detach();
        }
    }

    /** Wakes this object's thread when a sub-buffer is full, if it sleeps: once in a sub-buffer, some microseconds. */
    private final class WakeUp implements Callbacks {
        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            if (idle) {
                idle = false;
                LockSupport.unpark(thread);
            }
        }
    }

    /**
     * Writes one event. Never waits, and never throws but for a null.
     *
     * @param event the event as the framework's layout has made it, in UTF-8; may be used again afterwards
     * @return 0 or more for success (also while no collector is there), a {@link Result} below 0, or
     *     {@link Klog#FAILED}
     */
    public long write(byte[] event) {
        return klog.text(event, 0, event.length);
    }

    /**
     * Counts an event that the framework's layout could not make, since something threw.
     *
     * @return {@link Klog#FAILED}
     */
    public long failed() {
        return klog.failed();
    }

    /**
     * The channel, for its counters.
     *
     * @return the channel; with a collector the one of now or last; null if none has been there yet
     */
    public Channel channel() {
        return channel;
    }

    /**
     * Has what was written before on its way: with a file it is in it when this returns (or after some seconds, if the
     * file cannot be written), else other processes see it.
     */
    public void flush() {
        if (file == null) {
            klog.flush();
            return;
        }
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
            final boolean written = drain(false);
            if (System.nanoTime() - nextReport >= 0L) {
                nextReport = System.nanoTime() + REPORT_NANOS;
                report();
            }
            if (written) {
                end(round);
                idle = true;
                LockSupport.parkNanos(pauseNanos);
                idle = false;
            } else {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        finish();
    }

    private synchronized long begin() {
        return ++begun;
    }

    private synchronized void end(long round) {
        done = round;
        notifyAll();
    }

    /** Writes what is there; false if the file cannot be written. */
    private boolean drain(boolean all) {
        try {
            if (file != null) {
                file.cycle(all);
            }
            if (troubled) {
                status.info(file.path() + " is written again");
            }
            troubled = false;
            return true;
        } catch (IOException | RuntimeException | InternalError failed) {
            if (!troubled) {
                status.warn(file.path() + " cannot be written, events stay in the channel: " + failed);
            }
            troubled = true;
            return false;
        }
    }

    private void report() {
        final Channel now = channel;
        if (now != null) {
            losses.news(now.statsSinceReset(), now.geometry().mode()).forEach(status::warn);
        }
    }

    /** After the end of the writing: the rest, and what became of all. */
    private void finish() {
        final long start = System.nanoTime();
        boolean overdue = false;
        while (file != null && !overdue) {
            overdue = System.nanoTime() - start > PATIENCE.toNanos();
            if (overdue) {
                file.pass();
            }
            if (drain(true) && file.isDone()) {
                break;
            }
            LockSupport.parkNanos(RETRY_NANOS / 100L);
        }
        report();
        summarize();
        end(begin());
    }

    private void summarize() {
        if (channel == null) {
            return;
        }
        final BufferStats stats = channel.statsSinceReset();
        final long accepted = stats.delivered().records() + stats.pending().records();
        if (file == null) {
            status.info(String.format(Locale.ROOT, "took %,d events, lost %,d", accepted + stats.overwritten().records()
                    + stats.skipped().records(), stats.lost().records()));
            return;
        }
        status.info(String.format(Locale.ROOT, "wrote %,d events to %s, lost %,d", file.written(), file.path(),
                stats.lost().records() + stats.skipped().records() + accepted - file.written()));
        if (accepted > file.written()) {
            status.warn(String.format(Locale.ROOT, "LOST %,d events: %s could not be written to the end",
                    accepted - file.written(), file.path()));
        }
    }

    /**
     * Ends the log: what was written before goes where it belongs, what is written later is counted as lost. Waits for
     * that, a few seconds if the file cannot be written. Idempotent.
     *
     * @throws IOException if a file cannot be closed or removed; the log is closed all the same
     */
    @Override
    public void close() throws IOException {
        synchronized (hook) {
            if (closing) {
                return;
            }
            closing = true;
        }
        removeHook();
        try (LogFile _ = file; RelayMonitor _ = monitor) {
            try (RelayApp _ = app) {
                if (!collected) {
                    channel.close();
                }
            } finally {
                klog.share();
                join();
            }
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // then it has begun
        }
    }

    /** Waits for the thread, also if the caller is interrupted: the thread gives up in time. */
    private void join() {
        boolean interrupted = false;
        LockSupport.unpark(thread);
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
