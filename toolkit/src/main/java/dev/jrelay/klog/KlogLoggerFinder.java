// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.function.Supplier;

/**
 * Makes {@link System.Logger} log into {@link #klog()}. A logger finder takes over all system loggers of a JVM, so none
 * is registered by default: to have this one, put a file {@code META-INF/services/java.lang.System$LoggerFinder} with
 * the line {@code dev.jrelay.klog.KlogLoggerFinder} on the class path, or {@code provides} it in a module. Until a
 * channel is attached to the klog, what is logged goes nowhere. Lines may have 16 KiB. What cannot be formatted is
 * written unformatted, with a note; nothing that a parameter, message supplier or throwable throws reaches who logs.
 *
 * {@snippet :
 * KlogLoggerFinder.klog().attach(channel);
 * System.getLogger("org.example").log(Level.INFO, "{0} connections", count);
 * }
 */
public final class KlogLoggerFinder extends System.LoggerFinder {
    /** Long lines: stack traces. */
    private static final Klog KLOG = new Klog(16 << 10, KlogClock.system());

    /** For {@link java.util.ServiceLoader}. */
    public KlogLoggerFinder() {
        super();
    }

    /**
     * Where all system loggers log.
     *
     * @return the klog, to which a channel may be attached at any time
     */
    public static Klog klog() {
        return KLOG;
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new KlogLogger(name, KLOG);
    }

    /** Loggable from {@link Level#INFO} up, and only while something is attached. */
    private record KlogLogger(String name, Klog klog) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return klog.isAttached() && level != Level.OFF && level.getSeverity() >= Level.INFO.getSeverity();
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
            if (isLoggable(level)) {
                write(level, message, () -> translate(bundle, message)
                        + (thrown == null ? "" : "\n" + Throwables.stackTrace(thrown)));
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            if (isLoggable(level)) {
                write(level, format, () -> fill(translate(bundle, format), parameters));
            }
        }

        @Override
        public void log(Level level, Object object) {
            if (isLoggable(level)) {
                write(level, "", object::toString);
            }
        }

        @Override
        public void log(Level level, Supplier<String> message) {
            if (isLoggable(level)) {
                write(level, "", message);
            }
        }

        @Override
        public void log(Level level, Supplier<String> message, Throwable thrown) {
            log(level, () -> message.get() + (thrown == null ? "" : "\n" + Throwables.stackTrace(thrown)));
        }

        /** Writes a text, or if it cannot be had the raw one and why. */
        private void write(Level level, String raw, Supplier<String> text) {
            final KlogLine line = klog.line().add(level.getName()).add(' ').add(name).add(": ");
            try {
                line.add(text.get());
            } catch (Throwable thrown) {
                line.add(raw).add(raw == null || raw.isEmpty() ? "" : " ").note("formatting", this, thrown);
            }
            line.end();
        }

        private static String translate(ResourceBundle bundle, String message) {
            try {
                return bundle == null || message == null ? message : bundle.getString(message);
            } catch (MissingResourceException | ClassCastException untranslated) {
                return message;
            }
        }

        private static String fill(String format, Object... parameters) {
            try {
                return format == null || parameters == null || parameters.length == 0 ? format
                        : MessageFormat.format(format, parameters);
            } catch (IllegalArgumentException noPattern) {
                return format;
            }
        }
    }
}
