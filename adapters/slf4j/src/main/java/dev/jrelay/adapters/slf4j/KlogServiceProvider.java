// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogClock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * SLF4J's way in. All loggers write to {@link #klog()}; until a channel is attached to it, what is logged goes nowhere.
 * A line has level, logger, markers, the mapped diagnostic context, key-value pairs, the message with its parameters,
 * and the stack trace of a throwable; lines may have 16 KiB. Whose application wants a configuration file and layouts
 * has Logback or Log4j, for which there are appenders.
 *
 * {@snippet :
 * KlogServiceProvider.setLevel(Level.DEBUG);
 * KlogServiceProvider.klog().attach(channel);
 * LoggerFactory.getLogger("org.example").info("{} connections", count);
 * }
 *
 * <p>Threads: any.
 */
public final class KlogServiceProvider implements SLF4JServiceProvider {
    /** The newest version of SLF4J that this is known to work with. */
    private static final String API_VERSION = "2.0.99";
    /** Long lines: stack traces. */
    private static final Klog KLOG = new Klog(16 << 10, KlogClock.system());

    private static volatile Level least = Level.INFO;
    private static volatile boolean locating;

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

    /**
     * What is logged from now on, by all loggers.
     *
     * @param level the lowest level that is; {@link Level#INFO} at first
     */
    public static void setLevel(Level level) {
        least = Objects.requireNonNull(level, "level");
    }

    static Level level() {
        return least;
    }

    /**
     * Whether lines have file and line of the caller from now on, for which its stack is walked each time.
     *
     * @param located true if so; false at first
     */
    public static void setLocated(boolean located) {
        locating = located;
    }

    static boolean isLocating() {
        return locating;
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
    private final class Loggers implements ILoggerFactory {
        private final Map<String, Logger> byName = new ConcurrentHashMap<>();

        @Override
        public Logger getLogger(String name) {
            return byName.computeIfAbsent(name, n -> new KlogLogger(n, KlogServiceProvider.this));
        }
    }
}
