// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import dev.jrelay.klog.Appender;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogClock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * SLF4J's way in. All loggers write to {@link #klog()}, from INFO up; until a channel is attached to it, what is logged
 * goes nowhere. Markers and the mapped diagnostic context are kept, but not written.
 *
 * {@snippet :
 * KlogServiceProvider.klog().attach(channel);
 * LoggerFactory.getLogger("org.example").info("{} connections", count);
 * }
 */
public final class KlogServiceProvider implements SLF4JServiceProvider {
    /** The newest version of SLF4J that this is known to work with. */
    private static final String API_VERSION = "2.0.99";
    /** Long lines: a throwable has its causes behind it. */
    private static final Klog KLOG = new Klog(16 << 10, KlogClock.system());

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter context = new BasicMDCAdapter();
    private final Loggers loggers = new Loggers();

    /** For {@link java.util.ServiceLoader}. */
    public KlogServiceProvider() {
        super();
    }

    /**
     * Where all SLF4J loggers of the JVM log.
     *
     * @return the klog, to which a channel may be attached at any time
     */
    public static Klog klog() {
        return KLOG;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return context;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    /** All is made with the provider itself. */
    @Override
    public void initialize() {
    }

    /** One logger for each name, as SLF4J asks for. */
    private static final class Loggers implements ILoggerFactory {
        private final Appender appender = new Appender(KLOG);
        private final Map<String, Logger> byName = new ConcurrentHashMap<>();

        @Override
        public Logger getLogger(String name) {
            return byName.computeIfAbsent(name, n -> new KlogLogger(n, KLOG, appender));
        }
    }
}
