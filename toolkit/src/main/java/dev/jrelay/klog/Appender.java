// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

/**
 * The body of an appender, or of a provider, for a logging framework: one method with what all of them have to give.
 * There is no dependency on any; the glue is a few lines, which for SLF4J are the module {@code jrelay-slf4j}.
 *
 * <p>Nothing is allocated here but by objects that must be asked for their string, and for throwables. Nothing is
 * thrown at who logs: what throws is replaced by a note in the line. Any thread.
 */
public final class Appender {
    private static final int MAX_CAUSES = 10;

    private final Klog klog;

    /**
     * An appender.
     *
     * @param klog where to
     */
    public Appender(Klog klog) {
        this.klog = klog;
    }

    /**
     * Writes one log event: {@code LEVEL logger - message}, then the throwable and its causes, one line each.
     *
     * @param level the level's name
     * @param logger the logger's name
     * @param pattern the message, in which each <code>{}</code> stands for the next argument
     * @param arguments the arguments, or null
     * @param thrown the throwable, or null
     */
    public void append(String level, String logger, String pattern, Object[] arguments, Throwable thrown) {
        if (!klog.isAttached()) {
            return;
        }
        final KlogLine line = klog.line().add(level).add(' ').add(logger).add(" - ");
        fill(line, pattern == null ? "null" : pattern, arguments == null ? 0 : arguments.length, arguments);
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            line.add(depth == 0 ? "\n" : "\ncaused by ").add((Object) cause);
            cause = causeOf(cause, line);
        }
        line.end();
    }

    private static Throwable causeOf(Throwable thrown, KlogLine line) {
        try {
            return thrown.getCause();
        } catch (Throwable broken) {
            line.note("getCause", thrown, broken);
            return null;
        }
    }

    private static void fill(KlogLine line, String pattern, int count, Object... arguments) {
        int from = 0;
        for (int i = 0; i < count; i++) {
            final int place = pattern.indexOf("{}", from);
            if (place < 0) {
                break;
            }
            line.add(pattern, from, place).add(arguments[i]);
            from = place + 2;
        }
        line.add(pattern, from, pattern.length());
    }
}
