// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.klog.KlogReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class KlogServiceProviderTest {
    private final Logger log = LoggerFactory.getLogger("a.b");

    @Test
    void whatIsLoggedComesThroughTheChannel() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).bufferCount(1).build());
                Consumer consumer = channel.consumer(0)) {
            KlogServiceProvider.klog().attach(channel);
            log.info("{} of {}", 1, "two");
            log.debug("not enabled");
            log.atWarn().addArgument(3).log("fluent {}");
            log.error("failed", new IllegalStateException("reason"));
            KlogServiceProvider.klog().detach();
            log.error("nothing attached");
            channel.flush();
            final List<String> lines = new ArrayList<>();
            for (final KlogReader reader = new KlogReader().wrap(consumer.next(), 0); reader.next();) {
                lines.add(reader.text());
            }
            assertThat(lines).containsExactly("INFO a.b - 1 of two", "WARN a.b - fluent 3",
                    "ERROR a.b - failed\njava.lang.IllegalStateException: reason");
        }
    }

    @Test
    void nothingIsWorthPreparingWhileNothingIsAttached() {
        assertThat(log.isErrorEnabled()).isFalse();
        assertThat(LoggerFactory.getLogger("a.b")).isSameAs(log);
        assertThat(LoggerFactory.getLogger("a.c")).isNotSameAs(log);
    }
}
