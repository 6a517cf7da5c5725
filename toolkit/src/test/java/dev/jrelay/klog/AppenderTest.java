// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppenderTest {
    private final Klog klog = new Klog(16 << 10, KlogClock.system());
    private final Appender appender = new Appender(klog);

    @Test
    void writesWhatAFrameworkGives() throws Exception {
        appender.append("INFO", "x", "nothing attached", null, null);
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(32 << 10).bufferCount(1)
                .build());
                Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            appender.append("INFO", "a.b", "plain {}", null, null);
            appender.append("WARN", "a.b", "{} of {} {}", new Object[] {1, "two"}, null);
            appender.append("WARN", "a.b", "no place", new Object[] {1}, null);
            appender.append("INFO", "a.b", "\\{} is {} and \\\\{}, {}",
                    new Object[] {1, null, new int[][] {{2}, {3, 4}}}, null);
            appender.end(appender.begin("INFO", "a.b").add(" [AUDIT]"), "marked", null, null);
            appender.append("ERROR", "a.b", null, null,
                    new IllegalStateException("reason", new RuntimeException("cause")));
            channel.flush();
            final List<String> lines = new ArrayList<>();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                lines.add(reader.text());
            }
            assertThat(lines).startsWith("INFO a.b - plain {}", "WARN a.b - 1 of two {}", "WARN a.b - no place",
                    "INFO a.b - {} is 1 and \\null, [[2], [3, 4]]", "INFO a.b [AUDIT] - marked").hasSize(6);
            assertThat(lines.getLast().lines()).startsWith("ERROR a.b - null",
                    "java.lang.IllegalStateException: reason")
                    .contains("Caused by: java.lang.RuntimeException: cause")
                    .anyMatch(line -> line.startsWith("\tat ") && line.contains("AppenderTest.java:"));
        }
    }
}
