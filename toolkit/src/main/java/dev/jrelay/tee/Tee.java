// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.tee;

import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogHandler;
import java.io.PrintStream;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Logger;

/**
 * A duplicate of {@code System.out}, {@code System.err} or a logger, written into a {@link Klog} until the tee is
 * closed. The original gets the same bytes in the same order as without it.
 *
 * <p>Guarantees: closing puts back the very object that was there when the tee began. If somebody else has replaced the
 * stream in between, theirs is left in place; the tee's stream, which theirs may write to, then only passes on what it
 * gets. If what is to be put back is the stream of another tee, closed by now, the one behind that is put back; so tees
 * may be closed in any order, and after the last one everything is as before the first. An exception thrown by the
 * channel's callbacks does not reach those who print.
 *
 * <p>Threads: any. Tees do not disturb each other; somebody else's {@link System#setOut} at the very moment of opening
 * or closing may be lost, as with any two calls of it.
 *
 * {@snippet :
 * try (Tee tee = Tee.out(klog)) {
 *     noisyLibrary.run();
 * }
 * }
 */
public final class Tee implements AutoCloseable {
    private final Runnable restore;
    private boolean closed;

    private Tee(Runnable restore) {
        this.restore = restore;
    }

    /**
     * Duplicates {@code System.out}: one record for each line, without its end. A line that is longer than the klog's
     * texts is cut off there, not in the original.
     *
     * @param klog where to
     * @return the tee; close it
     */
    public static Tee out(Klog klog) {
        return stream(klog, () -> System.out, System::setOut);
    }

    /**
     * Duplicates {@code System.err}, as {@link #out} does.
     *
     * @param klog where to
     * @return the tee; close it
     */
    public static Tee err(Klog klog) {
        return stream(klog, () -> System.err, System::setErr);
    }

    private static Tee stream(Klog klog, Supplier<PrintStream> get, Consumer<PrintStream> set) {
        Objects.requireNonNull(klog, "klog");
        synchronized (Tee.class) {
            final TeeStream stream = TeeStream.over(get.get(), klog);
            set.accept(stream);
            return new Tee(() -> {
                stream.end();
                if (get.get() == stream) {
                    set.accept(TeeStream.behind(stream));
                }
            });
        }
    }

    /**
     * Duplicates what a logger logs: its own log records and those of its descendants that reach its handlers.
     *
     * @param klog where to
     * @param logger the logger; kept until the tee is closed
     * @return the tee; close it
     */
    public static Tee logger(Klog klog, Logger logger) {
        final KlogHandler handler = new KlogHandler(klog);
        logger.addHandler(handler);
        return new Tee(() -> logger.removeHandler(handler));
    }

    /** Ends the duplication and puts everything back. Idempotent; any thread. */
    @Override
    public void close() {
        synchronized (Tee.class) {
            if (!closed) {
                closed = true;
                restore.run();
            }
        }
    }
}
