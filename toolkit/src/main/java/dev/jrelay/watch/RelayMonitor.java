// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.Result;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    private static final List<Long> CAUSES =
            List.of(Result.FULL, Result.TOO_LARGE, Result.STALLED, Result.REFUSED, Result.PAUSED, Result.CLOSED);

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
            monitor.add(base, channel::stats);
            for (int i = 0; i < channel.bufferCount(); i++) {
                final int index = i;
                monitor.add(base + ",buffer=" + i, () -> channel.stats(index));
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

    private void add(String name, Supplier<BufferStats> stats) throws JMException {
        final ObjectName objectName = new ObjectName(name);
        server.registerMBean(new Bean(stats), objectName);
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

    private record Bean(Supplier<BufferStats> stats) implements RelayMXBean {
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
        public long getLostRecords() {
            return stats.get().lostRecords();
        }

        @Override
        public long getLostBytes() {
            return stats.get().lostBytes();
        }

        @Override
        public Map<String, Long> getLostRecordsByCause() {
            final BufferStats now = stats.get();
            final Map<String, Long> lost = new LinkedHashMap<>();
            CAUSES.forEach(cause -> lost.put(Result.name(cause), now.lostRecords(cause)));
            return lost;
        }

        @Override
        public long getOverwrittenSubBuffers() {
            return stats.get().overwrittenSubBuffers();
        }

        @Override
        public long getOverwrittenRecords() {
            return stats.get().overwrittenRecords();
        }

        @Override
        public long getSkippedSubBuffers() {
            return stats.get().skippedSubBuffers();
        }

        @Override
        public long getSkippedRecords() {
            return stats.get().skippedRecords();
        }

        @Override
        public long getDeliveredRecords() {
            return stats.get().deliveredRecords();
        }

        @Override
        public long getDeliveredBytes() {
            return stats.get().deliveredBytes();
        }

        @Override
        public long getPendingRecords() {
            return stats.get().pendingRecords();
        }

        @Override
        public long getAbortedRecords() {
            return stats.get().abortedRecords();
        }
    }
}
