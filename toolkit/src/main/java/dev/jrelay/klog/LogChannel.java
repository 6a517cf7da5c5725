// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.RelayBuffer;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Result;
import dev.jrelay.klog.LogOptions.Option;
import dev.jrelay.relayapp.RelayApp;
import dev.jrelay.watch.RelayMonitor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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
    private static final Duration NO_FILE = Duration.ofDays(1L);

    private final Status status;
    private final Klog klog;
    private final LogDrain drain;
    private final Thread hook = new Thread(this::flush, "klog-shutdown");
    private final boolean collected;
    private final String name;
    private LogFile file;
    private RelayApp app;
    private LogMonitor counts;
    private volatile RelayMonitor monitor;
    private boolean closing;

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
        this.drain = new LogDrain(options, klog, status, options.file() == null ? NO_FILE : options.flushAfter());
        this.collected = options.collect();
        this.name = options.name();
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
        options.check(); // before anything is there
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
            app = RelayApp.open(directory, name, new Collected());
            status.info("logs while a collector is there: relay collect --base " + name + " " + directory
                    + " OUTPUT");
        } else {
            if (directory != null && !Files.exists(directory)) {
                RelayDirectory.create(directory.getFileName().toString(), directory.toAbsolutePath().getParent());
            }
            final Channel channel = open(options.channel().callbacks(new WakeUp()).build(), directory);
            drain.follow(channel);
            klog.attach(channel, options.file() == null ? options.flushAfter() : Duration.ZERO);
            if (options.file() != null) {
                file = LogFile.open(options.file(), options.append(), channel, KlogClock.system());
            }
            watch(channel);
        }
        counts = LogMonitor.register(name, klog);
        drain.start(file);
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

    private void watch(Channel channel) {
        try {
            monitor = RelayMonitor.register(name, channel);
        } catch (IllegalStateException taken) {
            status.info("not in JMX: " + taken.getMessage());
        }
    }

    private void abandon() throws IOException {
        final Channel opened = drain.channel();
        try (LogFile _ = file; RelayApp _ = app; RelayMonitor _ = monitor; LogMonitor _ = counts) {
            klog.detach();
            if (opened != null) {
                opened.close();
            }
            drain.end();
        }
    }

    /** The channel is there while a collector is. */
    private final class Collected implements RelayApp.Events {
        @Override
        public void started(Channel started) {
            drain.follow(started);
            watch(started);
            klog.attach(started);
        }

        @Override
        public void stopped() {
            klog.detach();
            drain.tellEnd();
            if (monitor != null) {
                monitor.close();
            }
        }
    }

    /** Wakes the drain when a sub-buffer is full. */
    private final class WakeUp implements Callbacks {
        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            drain.wake();
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
        return drain.channel();
    }

    /**
     * Whether what is written first begins something, so that a layout's header belongs there.
     *
     * @return false if it is written behind the end of a file that was not empty
     */
    public boolean isFresh() {
        return file == null || file.isFresh();
    }

    /**
     * Events that were lost before they reached the channel, as something threw: beside the channel's own counters.
     *
     * @return events, since the start
     */
    public long failedEvents() {
        return klog.failureCount();
    }

    /**
     * Events that were cut, as they were longer than {@link Option#MAX_EVENT} or a sub-buffer allows.
     *
     * @return events, since the start
     */
    public long cutEvents() {
        return klog.truncatedCount();
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
        drain.flush();
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
        try (LogFile _ = file; RelayMonitor _ = monitor; LogMonitor _ = counts) {
            try (RelayApp _ = app) {
                if (!collected) {
                    channel().close();
                }
            } finally {
                klog.share();
                drain.end();
                if (file == null && !collected) {
                    drain.tellEnd();
                }
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
}
