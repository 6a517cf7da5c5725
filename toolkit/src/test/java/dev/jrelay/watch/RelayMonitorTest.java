// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.junit.jupiter.api.Test;

class RelayMonitorTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    private static Channel open() throws Exception {
        return Channel.open(ChannelConfig.builder("watched").subBufferSize(64).subBufferCount(2).bufferCount(2)
                .build());
    }

    @Test
    void showsEveryCounter() throws Exception {
        try (Channel channel = open(); RelayMonitor monitor = RelayMonitor.register("watched", channel);
                Consumer consumer = channel.consumer(0)) {
            for (int i = 0; i < 5; i++) {
                channel.writer(0).write(new byte[40], 0, 40);
            }
            channel.writer(1).write(new byte[65], 0, 65);
            channel.writer(1).abort(channel.writer(1).reserve(8), 8);
            consumer.next();
            consumer.subBuffersConsumed(1);
            channel.flush();
            assertThat(monitor).isNotNull();
            final ObjectName all = new ObjectName("dev.jrelay:type=Channel,name=watched");
            final ObjectName first = new ObjectName("dev.jrelay:type=Channel,name=watched,buffer=0");
            assertThat(values(first)).isEqualTo("Aborted=0/0/0 Backlog=1 BufferCount=1 Capacity=128 Consumed=1 "
                    + "Delivered=1/1/40 HeaderBytes=0 Lost=0/3/120 MaxBacklog=2 Mode=NO_OVERWRITE Overwritten=0/0/0 "
                    + "PaddingBytes=24 Pending=1/1/40 Produced=2 Skipped=0/0/0 SubBufferCount=2 SubBufferSize=64");
            assertThat(values(all)).isEqualTo("Aborted=0/1/8 Backlog=2 BufferCount=2 Capacity=256 Consumed=1 "
                    + "Delivered=1/1/40 HeaderBytes=0 Lost=0/4/185 MaxBacklog=2 Mode=NO_OVERWRITE Overwritten=0/0/0 "
                    + "PaddingBytes=24 Pending=2/1/48 Produced=3 Skipped=0/0/0 SubBufferCount=2 SubBufferSize=64");
            final TabularData causes = (TabularData) server.getAttribute(all, "Losses");
            assertThat(causes.size()).isEqualTo(6);
            assertThat(text(causes.get(new Object[] {"FULL"}).get("value"))).isEqualTo("0/3/120");
            assertThat(text(causes.get(new Object[] {"TOO_LARGE"}).get("value"))).isEqualTo("0/1/65");
        }
        assertThat(names()).isEmpty();
    }

    private String values(ObjectName name) throws Exception {
        final Set<String> values = new TreeSet<>();
        for (final MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
            final Object value = server.getAttribute(name, attribute.getName());
            if (!(value instanceof TabularData)) {
                values.add(attribute.getName() + "=" + text(value));
            }
        }
        return String.join(" ", values);
    }

    /** A tally as {@code subBuffers/records/bytes}. */
    private static String text(Object value) {
        return value instanceof CompositeData tally
                ? tally.get("subBuffers") + "/" + tally.get("records") + "/" + tally.get("bytes") : value.toString();
    }

    private Set<ObjectName> names() throws Exception {
        return server.queryNames(new ObjectName("dev.jrelay:*"), null);
    }

    @Test
    void takesAnyNameButOnlyOnce() throws Exception {
        final Channel channel = open();
        final RelayMonitor monitor = RelayMonitor.register("a, strange=name", channel);
        assertThat(names()).hasSize(3);
        assertThatThrownBy(() -> RelayMonitor.register("a, strange=name", channel))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("there is one of this name");
        assertThat(names()).hasSize(3);
        channel.close();
        assertThat(server.getAttribute(names().iterator().next(), "Produced")).isEqualTo(0L);
        monitor.close();
        monitor.close();
        assertThat(names()).isEmpty();
    }
}
