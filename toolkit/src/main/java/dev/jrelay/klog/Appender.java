// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.util.Arrays;

/**
 * The body of an appender, or of a provider, for a logging framework: one method with what all of them have to give, or
 * two, between which the rest is added. There is no dependency on any; the glue is a few lines, which for SLF4J are the
 * module {@code jrelay-slf4j}.
 *
 * {@snippet :
 * KlogLine line = appender.begin("INFO", "org.example.Shop").add(" [AUDIT]");
 * appender.end(line, "{} of {}", new Object[] {1, 2}, null);     // INFO org.example.Shop [AUDIT] - 1 of 2
 * }
 *
 * <p>Nothing is allocated here but by objects that must be asked for their string, and for arrays and throwables.
 * Nothing is thrown at who logs: what throws is replaced by a note in the line. Any thread.
 */
public final class Appender {
    private static final String PLACE = "{}";

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
     * Writes one log event: {@code LEVEL logger - message}, then the stack trace of the throwable.
     *
     * @param level the level's name
     * @param logger the logger's name
     * @param pattern the message, as of {@link #end}
     * @param arguments the arguments, or null
     * @param thrown the throwable, or null
     */
    public void append(String level, String logger, String pattern, Object[] arguments, Throwable thrown) {
        if (klog.isAttached()) {
            end(begin(level, logger), pattern, arguments, thrown);
        }
    }

    /**
     * Begins the line of a log event: {@code LEVEL logger}.
     *
     * @param level the level's name
     * @param logger the logger's name
     * @return the line, to which more may be added before it is given to {@link #end}, on the same thread
     */
    public KlogLine begin(String level, String logger) {
        return klog.line().add(level).add(' ').add(logger);
    }

    /**
     * Adds {@code - message} and the stack trace of the throwable, and writes the line.
     *
     * @param line the line, begun by {@link #begin}
     * @param pattern the message, in which each <code>{}</code> stands for the next argument (an array for its
     *     elements), and <code>\{}</code> for itself
     * @param arguments the arguments, or null
     * @param thrown the throwable, or null
     */
    public void end(KlogLine line, String pattern, Object[] arguments, Throwable thrown) {
        fill(line.add(" - "), pattern == null ? "null" : pattern, arguments == null ? 0 : arguments.length, arguments);
        if (thrown != null) {
            line.add('\n');
            addStackTrace(line, thrown);
        }
        line.end();
    }

    private static void addStackTrace(KlogLine line, Throwable thrown) {
        final String trace;
        try {
            trace = Throwables.stackTrace(thrown);
        } catch (Throwable broken) {
            line.note("stack trace", thrown, broken);
            return;
        }
        line.add(trace);
    }

    private static void fill(KlogLine line, String pattern, int count, Object... arguments) {
        int from = 0;
        int used = 0;
        while (used < count) {
            final int place = pattern.indexOf(PLACE, from);
            if (place < 0) {
                break;
            }
            final boolean escaped = place > from && pattern.charAt(place - 1) == '\\';
            final boolean backslash = escaped && place - 1 > from && pattern.charAt(place - 2) == '\\';
            line.add(pattern, from, escaped ? place - 1 : place);
            if (escaped && !backslash) {
                line.add(PLACE);
            } else {
                addArgument(line, arguments[used++]);
            }
            from = place + PLACE.length();
        }
        line.add(pattern, from, pattern.length());
    }

    private static void addArgument(KlogLine line, Object argument) {
        if (argument == null || !argument.getClass().isArray()) {
            line.add(argument);
            return;
        }
        final String elements;
        try {
            elements = Arrays.deepToString(new Object[] {argument});
        } catch (Throwable thrown) {
            line.note("toString", argument, thrown);
            return;
        }
        line.add(elements, 1, elements.length() - 1); // without the brackets of the array around it
    }
}
