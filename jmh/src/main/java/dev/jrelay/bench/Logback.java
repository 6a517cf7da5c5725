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
import dev.jrelay.Channel;
import dev.jrelay.adapters.logback.RelayAppender;
import java.io.IOException;
import java.util.List;

/** Logback, its {@code AsyncAppender} with a queue of 8,192 events instead of 256. */
final class Logback {
    static final List<Peer> PEERS = LoggingFramework.peers("logback", "Logback",
            way -> setting -> new Framework(way));

    private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] %logger - %msg%n";
    private static final int QUEUE = 8192;

    private Logback() {
    }

    private static final class Framework extends LoggingFramework {
        private final LoggerContext context = new LoggerContext();
        private final ch.qos.logback.classic.Logger logger = context.getLogger("bench");

        Framework(Way way) throws IOException {
            super(way);
            context.setMDCAdapter(new LogbackMDCAdapter());
            context.getStatusManager().add((Status status) -> {
                if (status.getLevel() >= Status.WARN) {
                    said.add(status.getMessage());
                }
            });
            final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern(PATTERN);
            encoder.start();
            logger.setAdditive(false);
            logger.setLevel(Level.INFO);
            logger.addAppender(way.hasChannel() ? relay(encoder, way == Way.RECORDER)
                    : way == Way.ENCODE ? new Encoding(encoder) : async(encoder, way == Way.DROPPING));
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
            async.setQueueSize(QUEUE);
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
