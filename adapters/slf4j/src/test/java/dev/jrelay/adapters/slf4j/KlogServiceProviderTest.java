// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.klog.KlogReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.event.Level;

class KlogServiceProviderTest {
    private final Logger log = LoggerFactory.getLogger("a.b");

    @AfterEach
    void asAtFirst() {
        KlogServiceProvider.klog().detach();
        KlogServiceProvider.setLevel(Level.INFO);
        KlogServiceProvider.setLocated(false);
    }

    /** What is in the channel after something was logged. */
    private static List<String> logged(Runnable logs) throws Exception {
        final List<String> lines = new ArrayList<>();
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(32 << 10).bufferCount(1)
                .build()); Consumer consumer = channel.consumer(0)) {
            KlogServiceProvider.klog().attach(channel);
            logs.run();
            KlogServiceProvider.klog().detach();
            channel.flush();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                lines.add(reader.text());
            }
        }
        return lines;
    }

    @Test
    void whatIsLoggedComesThroughTheChannel() throws Exception {
        final List<String> lines = logged(() -> {
            log.info("{} of {}", 1, "two");
            log.debug("not enabled");
            log.info("{} {} {}", new int[] {1, 2}, "and", 3L);
            log.atWarn().addArgument(3).log("fluent {}");
            log.error("failed {}", 7, new IllegalStateException("reason", new RuntimeException("cause")));
        });
        assertThat(lines).startsWith("INFO a.b - 1 of two", "INFO a.b - [1, 2] and 3", "WARN a.b - fluent 3");
        assertThat(lines.getLast().lines()).startsWith("ERROR a.b - failed 7",
                "java.lang.IllegalStateException: reason").contains("Caused by: java.lang.RuntimeException: cause")
                .anyMatch(line -> line.startsWith("\tat ") && line.contains("KlogServiceProviderTest.java:"));
    }

    @Test
    void markersContextAndPairsAreInTheLine() throws Exception {
        final Marker audit = MarkerFactory.getMarker("AUDIT");
        assertThat(logged(() -> {
            try (MDC.MDCCloseable _ = MDC.putCloseable("user", "4711");
                    MDC.MDCCloseable _ = MDC.putCloseable("order", "1")) {
                log.info(audit, "marked");
                log.atError().addMarker(audit).addMarker(MarkerFactory.getMarker("MONEY")).addKeyValue("sum", 12)
                        .addKeyValue("by", "card").log("paid {}", "all");
            }
            log.info("without");
        })).containsExactly("INFO a.b [AUDIT] {order=1, user=4711} - marked",
                "ERROR a.b [AUDIT] [MONEY] {order=1, user=4711} sum=12 by=card - paid all", "INFO a.b - without");
    }

    @Test
    void levelAndLocationAreSet() throws Exception {
        KlogServiceProvider.setLevel(Level.DEBUG);
        KlogServiceProvider.setLocated(true);
        assertThat(logged(() -> {
            log.trace("not enabled");
            log.debug("plain");
            log.atDebug().log("fluent");
            KlogServiceProvider.setLevel(Level.ERROR);
            log.warn("not enabled");
        })).satisfiesExactly(line -> assertThat(line).matches(
                "DEBUG a\\.b \\(KlogServiceProviderTest\\.java:\\d+\\) - plain"), line -> assertThat(line).matches(
                "DEBUG a\\.b \\(KlogServiceProviderTest\\.java:\\d+\\) - fluent"));
    }

    @Test
    void nothingIsWorthPreparingWhileNothingIsAttached() {
        log.error("goes nowhere");
        assertThat(log.isErrorEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("a.b")).isSameAs(log);
        assertThat(LoggerFactory.getLogger("a.c")).isNotSameAs(log);
    }
}
