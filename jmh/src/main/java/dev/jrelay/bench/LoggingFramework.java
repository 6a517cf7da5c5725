// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.status.Status;
import dev.jrelay.adapters.log4j.RelayAppender;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.appender.RandomAccessFileAppender;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;

/**
 * A logging framework that writes to a file by way of a second thread: its own, or a relay channel. All have
 * the same pattern; sizes are the frameworks' defaults, but for Logback's queue of 256 events.
 */
abstract class LoggingFramework {
    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%t] %c - %msg%n";
    private static final String LOGBACK_PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger - %msg%n";
    private static final int LOGBACK_QUEUE = 8192;
    private static final int BUFFER = 256 << 10;

    final Path file;
    /** What the framework's status says, warnings and worse. */
    final List<String> said = Collections.synchronizedList(new ArrayList<>());

    LoggingFramework() throws IOException {
        file = Files.createTempFile("jrelay-logging", ".log");
    }

    /**
     * Starts one.
     *
     * @param name framework, then {@code relay}, {@code async} (waits when its queue is full) or {@code async-drop}
     */
    static LoggingFramework start(String name) throws IOException {
        return switch (name) {
            case "logback-relay", "logback-async", "logback-async-drop" -> new Logback(name);
            case "log4j-relay", "log4j-async", "log4j-async-drop" -> new Log4j(name);
            default -> throw new IllegalArgumentException("framework " + name);
        };
    }

    /** Logs one event. */
    abstract void log(long number);

    /** Flushes and ends it. */
    abstract void stop();

    /** Ends it, and tells what became of the events. */
    final String account(String name, long events) throws IOException {
        stop();
        try {
            final long lost = events - lines();
            final List<String> losses = said.stream().filter(line -> line.matches("(?i).*(lost|discard).*")).toList();
            final String last = losses.isEmpty() ? "nothing" : losses.getLast();
            if (lost < 0L || name.endsWith("relay") && lost > 0L
                    && !last.endsWith(String.format(Locale.ROOT, "%,d in all", lost))) {
                throw new IllegalStateException(name + " lost " + lost + " of " + events + " events, and says " + said);
            }
            return String.format(Locale.ROOT, "%s: %,d events, %,d lost; it says: %s", name, events, lost, last);
        } finally {
            Files.delete(file);
        }
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
            logger.setLevel(ch.qos.logback.classic.Level.INFO);
            logger.addAppender(name.endsWith("relay") ? relay(encoder) : async(encoder, name.endsWith("drop")));
        }

        private ch.qos.logback.core.Appender<ILoggingEvent> relay(PatternLayoutEncoder encoder) {
            final dev.jrelay.adapters.logback.RelayAppender appender =
                    new dev.jrelay.adapters.logback.RelayAppender();
            appender.setContext(context);
            appender.setName("relay");
            appender.setFile(file.toString());
            appender.setEncoder(encoder);
            appender.start();
            return appender;
        }

        private ch.qos.logback.core.Appender<ILoggingEvent> async(PatternLayoutEncoder encoder, boolean drop) {
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

    private static final class Log4j extends LoggingFramework {
        private static final String POLICY = "log4j2.asyncQueueFullPolicy";

        private final org.apache.logging.log4j.core.LoggerContext context;
        private final org.apache.logging.log4j.Logger logger;
        private final Told told = new Told();

        Log4j(String name) throws IOException {
            super();
            StatusLogger.getLogger().registerListener(told);
            if (name.endsWith("drop")) {
                System.setProperty(POLICY, "Discard");
            } else {
                System.clearProperty(POLICY);
            }
            final boolean relay = name.endsWith("relay");
            context = relay ? new org.apache.logging.log4j.core.LoggerContext("bench")
                    : new AsyncLoggerContext("bench");
            final Configuration configuration = ConfigurationBuilderFactory.newConfigurationBuilder().build(false);
            context.start(configuration);
            final PatternLayout layout = PatternLayout.newBuilder().setPattern(PATTERN)
                    .setConfiguration(configuration).build();
            final Appender appender = relay
                    ? RelayAppender.newBuilder().setFile(file.toString()).setName("relay").setLayout(layout).build()
                    : RandomAccessFileAppender.newBuilder().setFileName(file.toString()).setImmediateFlush(false)
                            .setName("file").setLayout(layout).setConfiguration(configuration).build();
            appender.start();
            configuration.addAppender(appender);
            final LoggerConfig root = configuration.getRootLogger();
            root.getAppenders().keySet().forEach(root::removeAppender);
            root.addAppender(appender, Level.INFO, null);
            root.setLevel(Level.INFO);
            context.updateLoggers();
            logger = context.getLogger("bench");
        }

        /** Keeps what the status says. */
        private final class Told implements StatusListener {
            @Override
            public void log(StatusData data) {
                said.add(data.getMessage().getFormattedMessage());
            }

            @Override
            public Level getStatusLevel() {
                return Level.WARN;
            }

            @Override
            public void close() {
                // nothing to close
            }
        }

        @Override
        void log(long number) {
            logger.info("event {} of {}", number, "the benchmark");
        }

        @Override
        void stop() {
            context.stop();
            StatusLogger.getLogger().removeListener(told);
            System.clearProperty(POLICY);
        }
    }
}
