// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppenderTest {
    private final Klog klog = new Klog();
    private final Appender appender = new Appender(klog);

    @Test
    void writesWhatAFrameworkGives() throws Exception {
        appender.append("INFO", "x", "nothing attached", null, null);
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).bufferCount(1).build());
                Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            appender.append("INFO", "a.b", "plain {}", null, null);
            appender.append("WARN", "a.b", "{} of {} {}", new Object[] {1, "two"}, null);
            appender.append("WARN", "a.b", "no place", new Object[] {1}, null);
            appender.append("ERROR", "a.b", null, null,
                    new IllegalStateException("reason", new RuntimeException("cause")));
            channel.flush();
            final List<String> lines = new ArrayList<>();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                lines.add(reader.text());
            }
            assertThat(lines).containsExactly("INFO a.b - plain {}", "WARN a.b - 1 of two {}", "WARN a.b - no place",
                    "ERROR a.b - null\njava.lang.IllegalStateException: reason"
                            + "\ncaused by java.lang.RuntimeException: cause");
        }
    }

    @Test
    void isAllThatAnSlf4jLoggerNeeds() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).bufferCount(1).build());
                Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            final org.slf4j.Logger log = new Slf4jLogger("a.b", appender);
            log.info("{} of {}", 1, "two");
            log.debug("not enabled");
            log.error("failed", new IllegalStateException("reason"));
            channel.flush();
            final List<String> lines = new ArrayList<>();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                lines.add(reader.text());
            }
            assertThat(lines).containsExactly("INFO a.b - 1 of two",
                    "ERROR a.b - failed\njava.lang.IllegalStateException: reason");
        }
    }
}
