// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** Shows what a klog counts itself in JMX, until closed; if the name is taken there, not at all. */
final class LogMonitor implements LogMXBean, AutoCloseable {
    private final Klog klog;
    private ObjectName name;

    private LogMonitor(Klog klog) {
        this.klog = klog;
    }

    static LogMonitor register(String log, Klog klog) {
        final LogMonitor monitor = new LogMonitor(klog);
        try {
            final ObjectName name = new ObjectName("dev.jrelay:type=Log,name=" + log);
            ManagementFactory.getPlatformMBeanServer().registerMBean(monitor, name);
            monitor.name = name;
        } catch (JMException taken) {
            // then the channel's counters are not there either, which is said
        }
        return monitor;
    }

    @Override
    public long getFailed() {
        return klog.failureCount();
    }

    @Override
    public long getCut() {
        return klog.truncatedCount();
    }

    @Override
    public void close() {
        if (name != null) {
            try {
                ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
            } catch (JMException gone) {
                // somebody else has unregistered it
            }
        }
    }
}
