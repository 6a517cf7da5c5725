// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows a channel in JMX, until closed: {@code dev.jrelay:type=Channel,name=NAME} for all its buffers together and
 * {@code dev.jrelay:type=Channel,name=NAME,buffer=0} and so on for each; all are {@link RelayMXBean}s.
 *
 * <p>The channel is not kept from being closed; its counters can be read afterwards.
 *
 * {@snippet :
 * try (RelayMonitor monitor = RelayMonitor.register("requests", channel)) {
 *     run();
 * }
 * }
 */
public final class RelayMonitor implements AutoCloseable {
    private final MBeanServer server;
    private final List<ObjectName> names = new ArrayList<>();

    private RelayMonitor(MBeanServer server) {
        this.server = server;
    }

    /**
     * Registers a channel with the platform's MBean server.
     *
     * @param name what it is called there; any text
     * @param channel the channel
     * @return the registration; close it
     * @throws IllegalStateException if there is a channel of this name
     */
    public static RelayMonitor register(String name, Channel channel) {
        final RelayMonitor monitor = new RelayMonitor(ManagementFactory.getPlatformMBeanServer());
        final String base = "dev.jrelay:type=Channel,name=" + quoted(name);
        try {
            monitor.add(base, new Bean(channel.geometry(), channel.bufferCount(), channel::statsSinceReset));
            for (int i = 0; i < channel.bufferCount(); i++) {
                monitor.add(base + ",buffer=" + i,
                        new Bean(channel.geometry(), 1, channel.buffer(i)::statsSinceReset));
            }
        } catch (JMException failure) {
            monitor.close();
            throw new IllegalStateException("channel " + name + " cannot be registered: "
                    + (failure instanceof InstanceAlreadyExistsException ? "there is one of this name" : failure),
                    failure);
        }
        return monitor;
    }

    private static String quoted(String name) {
        return name.matches("[\\w.-]+") ? name : ObjectName.quote(name);
    }

    private void add(String name, RelayMXBean bean) throws JMException {
        final ObjectName objectName = new ObjectName(name);
        server.registerMBean(bean, objectName);
        names.add(objectName);
    }

    /** Takes the channel out of JMX. Idempotent. */
    @Override
    public synchronized void close() {
        for (final ObjectName name : names) {
            try {
                server.unregisterMBean(name);
            } catch (JMException gone) {
                // somebody else has unregistered it
            }
        }
        names.clear();
    }

    private record Bean(Geometry geometry, int buffers, Supplier<BufferStats> stats) implements RelayMXBean {
        @Override
        public int getBufferCount() {
            return buffers;
        }

        @Override
        public Mode getMode() {
            return geometry.mode();
        }

        @Override
        public int getSubBufferSize() {
            return geometry.subBufferSize();
        }

        @Override
        public int getSubBufferCount() {
            return geometry.subBufferCount();
        }

        @Override
        public int getHeaderBytes() {
            return geometry.headerBytes();
        }

        @Override
        public long getCapacity() {
            return buffers * geometry.bufferSize();
        }

        @Override
        public long getProduced() {
            return stats.get().produced();
        }

        @Override
        public long getConsumed() {
            return stats.get().consumed();
        }

        @Override
        public long getBacklog() {
            return stats.get().backlog();
        }

        @Override
        public long getMaxBacklog() {
            return stats.get().maxBacklog();
        }

        @Override
        public Tally getPending() {
            return stats.get().pending();
        }

        @Override
        public Tally getDelivered() {
            return stats.get().delivered();
        }

        @Override
        public long getPaddingBytes() {
            return stats.get().paddingBytes();
        }

        @Override
        public Tally getOverwritten() {
            return stats.get().overwritten();
        }

        @Override
        public Tally getSkipped() {
            return stats.get().skipped();
        }

        @Override
        public Tally getAborted() {
            return stats.get().aborted();
        }

        @Override
        public Tally getLost() {
            return stats.get().lost();
        }

        @Override
        public Map<Loss, Tally> getLosses() {
            return stats.get().losses();
        }
    }
}
