// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.adapters.log4j.RelayAppender;
import java.io.IOException;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.RandomAccessFileAppender;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;

/**
 * Log4j 2, its asynchronous loggers over the Disruptor of the class path. The policy for a full queue is the default,
 * {@code Enqueue}, which waits, or {@code Discard}. To stop the context drains the queue, then ends its appenders.
 */
final class Log4j {
    static final List<Peer> PEERS = LoggingFramework.peers("log4j", "Log4j", way -> setting -> new Framework(way));

    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%t] %c - %msg%n";
    private static final String POLICY = "log4j2.asyncQueueFullPolicy";

    private Log4j() {
    }

    private static final class Framework extends LoggingFramework {
        private final LoggerContext context;
        private final Logger logger;
        private final Told told = new Told();

        Framework(Way way) throws IOException {
            super(way);
            StatusLogger.getLogger().registerListener(told);
            if (way == Way.DROPPING) {
                System.setProperty(POLICY, "Discard");
            } else {
                System.clearProperty(POLICY);
            }
            context = way.hasChannel() || way == Way.ENCODE ? new LoggerContext("bench")
                    : new AsyncLoggerContext("bench");
            final Configuration configuration = ConfigurationBuilderFactory.newConfigurationBuilder().build(false);
            context.start(configuration);
            final PatternLayout layout = PatternLayout.newBuilder().setPattern(PATTERN)
                    .setConfiguration(configuration).build();
            final Appender appender = way.hasChannel() ? relay(layout, way == Way.RECORDER)
                    : way == Way.ENCODE ? new Encoding(layout)
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

        private static final class Encoding extends AbstractAppender {
            Encoding(PatternLayout layout) {
                super("encode", null, layout, true, Property.EMPTY_ARRAY);
            }

            @Override
            public void append(LogEvent event) {
                if (getLayout().toByteArray(event).length == 0) {
                    throw new IllegalStateException("an event without a text");
                }
            }
        }

        private Appender relay(PatternLayout layout, boolean recorder) {
            final RelayAppender.Builder builder = RelayAppender.newBuilder().setName(RELAY).setLayout(layout);
            return (recorder ? builder.setDirectory(directory().toString()).setMode("overwrite")
                    : builder.setFile(file.toString())).build();
        }

        @Override
        Channel channel() {
            return context.getConfiguration().getAppender(RELAY) instanceof RelayAppender relay ? relay.channel()
                    : null;
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
