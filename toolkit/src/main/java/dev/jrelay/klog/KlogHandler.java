// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.util.Objects;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/**
 * Writes what {@code java.util.logging} logs into a {@link Klog}, one record for each log record. Add it to any logger;
 * while nothing is attached to the klog it drops log records before they are formatted.
 *
 * <p>Without a formatter of its own it writes {@code LEVEL logger: message}, and the stack trace of a throwable behind
 * it. Log records that the channel does not take are counted by the channel. Of one that cannot be formatted, since a
 * parameter's {@code toString} or the formatter itself throws, the unformatted message is written with a note, which
 * {@link Klog#failureCount()} counts; nothing is thrown at who logs.
 *
 * {@snippet :
 * Logger.getLogger("org.example").addHandler(new KlogHandler(klog));
 * }
 */
public final class KlogHandler extends Handler {
    private final Klog klog;

    /**
     * A handler for all levels.
     *
     * @param klog where to; the handler neither attaches nor detaches
     */
    public KlogHandler(Klog klog) {
        this.klog = Objects.requireNonNull(klog, "klog");
        setFormatter(new Line());
    }

    @Override
    public void publish(LogRecord record) {
        if (!klog.isAttached()) {
            return;
        }
        final String text;
        try {
            if (!isLoggable(record)) {
                return;
            }
            text = getFormatter().format(record);
        } catch (Throwable thrown) {
            klog.line().add(record.getLevel().getName()).add(' ').add(record.getLoggerName()).add(": ")
                    .add(record.getMessage()).add(' ').note("formatting", record, thrown).end();
            return;
        }
        klog.print(text);
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        return record != null && super.isLoggable(record);
    }

    /** Closes the attached channel's current sub-buffers, so that consumers get what was logged. */
    @Override
    public void flush() {
        klog.flush();
    }

    /** Flushes; the klog stays attached. */
    @Override
    public void close() {
        flush();
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord record) {
            final String line = record.getLevel().getName() + " " + record.getLoggerName() + ": "
                    + formatMessage(record);
            return record.getThrown() == null ? line : line + "\n" + Throwables.stackTrace(record.getThrown());
        }
    }
}
