// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of records: nanoseconds since 1970, UTC, that never go backwards. It is {@link System#nanoTime()} plus a
 * constant taken when the class is loaded, so all threads of the process agree, and steps of the wall clock after that
 * are not followed. A reading costs as much as {@code nanoTime}, some 30 ns.
 */
public final class KlogClock implements LongSupplier {
    private static final int ATTEMPTS = 16;
    private static final KlogClock SYSTEM = new KlogClock();

    private final long offset = offset();

    private KlogClock() {
    }

    /**
     * The clock of this process.
     *
     * @return always the same clock
     */
    public static KlogClock system() {
        return SYSTEM;
    }

    /** The wall clock read between two readings of nanoTime, where these were closest. */
    private static long offset() {
        long closest = Long.MAX_VALUE;
        long offset = 0L;
        for (int i = 0; i < ATTEMPTS; i++) {
            final long before = System.nanoTime();
            final Instant wall = Instant.now();
            final long elapsed = System.nanoTime() - before;
            if (elapsed < closest) {
                closest = elapsed;
                offset = TimeUnit.SECONDS.toNanos(wall.getEpochSecond()) + wall.getNano() - (before + elapsed / 2L);
            }
        }
        return offset;
    }

    /**
     * The time now. Any thread.
     *
     * @return ns since 1970, UTC; above 0
     */
    @Override
    public long getAsLong() {
        return System.nanoTime() + offset;
    }
}
