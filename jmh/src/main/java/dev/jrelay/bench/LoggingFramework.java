// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.status.Status;
import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.adapters.logback.RelayAppender;
import dev.jrelay.klog.LogChannel;
import dev.jrelay.klog.LogOptions;
import dev.jrelay.klog.LogOptions.Option;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A logging framework that writes to a file by way of a second thread: its own, or a relay channel; or into a channel
 * in files that nobody reads, a flight recorder. All have the same pattern; sizes are the frameworks' defaults, but for
 * Logback's queue of 256 events.
 */
abstract class LoggingFramework {
    private static final String LOGBACK_PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger - %msg%n";
    private static final int LOGBACK_QUEUE = 8192;
    private static final int BUFFER = 256 << 10;
    static final String RELAY = "relay";
    static final String ENCODE = "encode";

    final Path file;
    private final long start = System.nanoTime();
    /** What the framework's status says, warnings and worse. */
    final List<String> said = Collections.synchronizedList(new ArrayList<>());

    LoggingFramework() throws IOException {
        file = Files.createTempFile("jrelay-logging", ".log");
    }

    /**
     * Starts one.
     *
     * @param name framework, then {@code relay}, {@code recorder}, {@code async} (waits when its queue is full),
     *     {@code async-drop}, or {@code encode} (makes the text and drops it); or {@code channel-recorder}, which has
     *     no framework
     */
    static LoggingFramework start(String name) throws IOException {
        return switch (name) {
            case "logback-relay", "logback-recorder", "logback-async", "logback-async-drop", "logback-encode" ->
                new Logback(name);
            case "log4j-relay", "log4j-recorder", "log4j-async", "log4j-async-drop", "log4j-encode" ->
                new Log4jFramework(name);
            case "channel-recorder" -> new Bare();
            default -> throw new IllegalArgumentException("framework " + name);
        };
    }

    /** Logs one event. */
    abstract void log(long number);

    /** Flushes and ends it. */
    abstract void stop() throws IOException;

    /** The relay channel; null if there is none. */
    abstract Channel channel();

    static boolean hasChannel(String name) {
        return name.endsWith("relay") || isRecorder(name);
    }

    static boolean isRecorder(String name) {
        return name.endsWith("recorder");
    }

    /** Where the channel's files are. */
    final Path directory() {
        return file.resolveSibling(file.getFileName() + ".relay");
    }

    /** Ends it, and tells what became of the events. */
    final String account(String name, long events) throws IOException {
        final Channel channel = channel();
        stop();
        if (name.endsWith(ENCODE)) {
            Files.delete(file);
            return name + ": nothing is written";
        }
        final double seconds = (System.nanoTime() - start) / 1e9;
        if (isRecorder(name)) {
            return recorded(name, events, channel.statsSinceReset());
        }
        try {
            final long lost = events - lines();
            final List<String> losses = said.stream().filter(line -> line.matches("(?i).*(lost|discard).*")).toList();
            final String last = losses.isEmpty() ? "nothing" : losses.getLast();
            if (lost < 0L || name.endsWith("relay") && lost > 0L
                    && !last.endsWith(String.format(Locale.ROOT, "%,d in all", lost))) {
                throw new IllegalStateException(name + " lost " + lost + " of " + events + " events, and says " + said);
            }
            return String.format(Locale.ROOT, "%s: %,d events, %,d lost, %,.0f a second in the file; it says: %s", name,
                    events, lost, (events - lost) / seconds, last);
        } finally {
            Files.delete(file);
        }
    }

    /** A flight recorder must have taken every event. */
    private String recorded(String name, long events, BufferStats stats) throws IOException {
        Files.delete(file);
        Files.delete(directory());
        if (stats.attempted().records() != events || stats.lost().records() > 0L) {
            throw new IllegalStateException(name + " took " + stats + " of " + events + " events, and says " + said);
        }
        return String.format(Locale.ROOT, "%s: %,d events, nothing lost, the newest kept", name, events);
    }

    private long lines() throws IOException {
        long lines = 0L;
        final byte[] chunk = new byte[BUFFER];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    lines += chunk[i] == '\n' ? 1L : 0L;
                }
            }
        }
        return lines;
    }

    /** What a relay channel costs alone: an event that is text already. */
    private static final class Bare extends LoggingFramework {
        private final byte[] event = "12:00:00.000 INFO  [dev.jrelay.bench.LoggingFrameworks.one-jmh-worker-1] bench - "
                .concat("event 1000000 of the benchmark\n").getBytes(StandardCharsets.UTF_8);
        private final LogChannel log;

        Bare() throws IOException {
            super();
            log = LogChannel.open(new LogOptions().set(Option.DIRECTORY, directory().toString())
                    .set(Option.MODE, "overwrite"), new LogChannel.Status() {
                        @Override
                        public void info(String text) {
                            // nobody asks
                        }

                        @Override
                        public void warn(String text) {
                            said.add(text);
                        }
                    });
        }

        @Override
        void log(long number) {
            log.write(event);
        }

        @Override
        void stop() throws IOException {
            log.close();
        }

        @Override
        Channel channel() {
            return log.channel();
        }
    }

    private static final class Logback extends LoggingFramework {
        private final LoggerContext context = new LoggerContext();
        private final ch.qos.logback.classic.Logger logger = context.getLogger("bench");

        Logback(String name) throws IOException {
            super();
            context.setMDCAdapter(new LogbackMDCAdapter());
            context.getStatusManager().add((Status status) -> {
                if (status.getLevel() >= Status.WARN) {
                    said.add(status.getMessage());
                }
            });
            final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern(LOGBACK_PATTERN);
            encoder.start();
            logger.setAdditive(false);
            logger.setLevel(Level.INFO);
            logger.addAppender(hasChannel(name) ? relay(encoder, isRecorder(name))
                    : name.endsWith(ENCODE) ? new Encoding(encoder) : async(encoder, name.endsWith("drop")));
        }

        private static final class Encoding extends UnsynchronizedAppenderBase<ILoggingEvent> {
            private final PatternLayoutEncoder encoder;

            Encoding(PatternLayoutEncoder encoder) {
                this.encoder = encoder;
                start();
            }

            @Override
            protected void append(ILoggingEvent event) {
                if (encoder.encode(event).length == 0) {
                    throw new IllegalStateException("an event without a text");
                }
            }
        }

        @Override
        Channel channel() {
            return logger.getAppender(RELAY) instanceof RelayAppender relay ? relay.channel() : null;
        }

        private Appender<ILoggingEvent> relay(PatternLayoutEncoder encoder, boolean recorder) {
            final RelayAppender appender = new RelayAppender();
            appender.setContext(context);
            appender.setName(RELAY);
            if (recorder) {
                appender.setDirectory(directory().toString());
                appender.setMode("overwrite");
            } else {
                appender.setFile(file.toString());
            }
            appender.setEncoder(encoder);
            appender.start();
            return appender;
        }

        private Appender<ILoggingEvent> async(PatternLayoutEncoder encoder, boolean drop) {
            final FileAppender<ILoggingEvent> appender = new FileAppender<>();
            appender.setContext(context);
            appender.setName("file");
            appender.setFile(file.toString());
            appender.setImmediateFlush(false);
            appender.setEncoder(encoder);
            appender.start();
            final AsyncAppender async = new AsyncAppender();
            async.setContext(context);
            async.setQueueSize(LOGBACK_QUEUE);
            async.setDiscardingThreshold(0);
            async.setNeverBlock(drop);
            async.addAppender(appender);
            async.start();
            return async;
        }

        @Override
        void log(long number) {
            logger.info("event {} of {}", number, "the benchmark");
        }

        @Override
        void stop() {
            context.stop();
        }
    }
}
