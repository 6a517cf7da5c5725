// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.slf4j;

import dev.jrelay.klog.Appender;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogLine;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.spi.LoggingEventAware;

/**
 * Logs while something is attached to the klog, at the provider's level and above.
 *
 * <pre>
 * LEVEL logger [marker] {key=value, of the context} (File.java:42) key=value, of the event - message
 * </pre>
 */
final class KlogLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1L;
    private static final StackWalker STACK = StackWalker.getInstance();

    private final transient KlogServiceProvider provider;
    private final transient Klog klog;
    private final transient Appender appender;

    KlogLogger(String name, KlogServiceProvider provider) {
        this.name = name;
        this.provider = provider;
        this.klog = KlogServiceProvider.klog();
        this.appender = new Appender(klog);
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments,
            Throwable thrown) {
        write(level, marker == null ? List.of() : List.of(marker), List.of(), pattern, arguments, thrown);
    }

    /** What the fluent interface has collected. */
    @Override
    public void log(LoggingEvent event) {
        write(event.getLevel(), event.getMarkers(), event.getKeyValuePairs(), event.getMessage(),
                event.getArgumentArray(), event.getThrowable());
    }

    private void write(Level level, List<Marker> markers, List<KeyValuePair> pairs, String pattern, Object[] arguments,
            Throwable thrown) {
        if (!isLogged(level)) {
            return;
        }
        final KlogLine line = appender.begin(level.name(), getName());
        for (final Marker marker : orNone(markers)) {
            line.add(" [").add((Object) marker).add(']');
        }
        addContext(line);
        if (KlogServiceProvider.isLocating()) {
            line.add(" (").add(location()).add(')');
        }
        for (final KeyValuePair pair : orNone(pairs)) {
            line.add(' ').add(pair.key).add('=').add(pair.value);
        }
        appender.end(line, pattern, arguments, thrown);
    }

    private void addContext(KlogLine line) {
        final Map<String, String> context = provider.getMDCAdapter().getCopyOfContextMap();
        if (context != null && !context.isEmpty()) {
            line.add(' ').add(new TreeMap<>(context));
        }
    }

    /** Who called SLF4J. */
    private static String location() {
        return STACK.walk(frames -> frames.filter(frame -> !frame.getClassName().startsWith("org.slf4j.")
                && !frame.getClassName().equals(KlogLogger.class.getName())).findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber()).orElse("?"));
    }

    private static <T> List<T> orNone(List<T> list) {
        return list == null ? Collections.emptyList() : list;
    }

    private boolean isLogged(Level level) {
        return klog.isAttached() && level.toInt() >= KlogServiceProvider.level().toInt();
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return isLogged(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isLogged(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isLogged(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isLogged(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isLogged(Level.ERROR);
    }
}
