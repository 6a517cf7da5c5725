// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import dev.jrelay.klog.Appender;
import dev.jrelay.klog.Klog;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

/** Logs from INFO up, and only while something is attached to the klog. */
final class KlogLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient Klog klog;
    private final transient Appender appender;

    KlogLogger(String name, Klog klog, Appender appender) {
        this.name = name;
        this.klog = klog;
        this.appender = appender;
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments,
            Throwable thrown) {
        appender.append(level.name(), getName(), pattern, arguments, thrown);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return klog.isAttached();
    }

    @Override
    public boolean isWarnEnabled() {
        return klog.isAttached();
    }

    @Override
    public boolean isErrorEnabled() {
        return klog.isAttached();
    }
}
