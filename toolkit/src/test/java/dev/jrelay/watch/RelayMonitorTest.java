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
                channel.buffer(0).write(new byte[40], 0, 40);
            }
            channel.buffer(1).write(new byte[65], 0, 65);
            channel.buffer(1).abort(channel.buffer(1).reserve(8), 8);
            consumer.next();
            consumer.subBuffersConsumed(1);
            channel.flush();
            assertThat(monitor).isNotNull();
            final ObjectName all = new ObjectName("dev.jrelay:type=Channel,name=watched");
            final ObjectName first = new ObjectName("dev.jrelay:type=Channel,name=watched,buffer=0");
            assertThat(values(first)).isEqualTo("AbortedRecords=0 Backlog=1 Consumed=1 DeliveredBytes=40 "
                    + "DeliveredRecords=1 LostBytes=120 LostRecords=3 MaxBacklog=2 OverwrittenRecords=0 "
                    + "OverwrittenSubBuffers=0 PendingRecords=1 Produced=2 SkippedRecords=0 SkippedSubBuffers=0");
            assertThat(values(all)).isEqualTo("AbortedRecords=1 Backlog=2 Consumed=1 DeliveredBytes=40 "
                    + "DeliveredRecords=1 LostBytes=185 LostRecords=4 MaxBacklog=2 OverwrittenRecords=0 "
                    + "OverwrittenSubBuffers=0 PendingRecords=1 Produced=3 SkippedRecords=0 SkippedSubBuffers=0");
            final TabularData causes = (TabularData) server.getAttribute(all, "LostRecordsByCause");
            assertThat(causes.size()).isEqualTo(6);
            assertThat(causes.get(new Object[] {"FULL"}).get("value")).isEqualTo(3L);
            assertThat(causes.get(new Object[] {"TOO_LARGE"}).get("value")).isEqualTo(1L);
        }
        assertThat(names()).isEmpty();
    }

    private String values(ObjectName name) throws Exception {
        final Set<String> values = new TreeSet<>();
        for (final MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
            if (attribute.getType().equals("long")) {
                values.add(attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
            }
        }
        return String.join(" ", values);
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
