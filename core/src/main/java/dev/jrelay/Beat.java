// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.time.Duration;

/**
 * A sign of life in a shared word: the monotonic clock of the machine, {@code System.nanoTime()}, which nobody sets and
 * which all processes of a Linux share; what a time namespace adds to it is taken off again.
 */
final class Beat {
    /** How often those beat that have no interval of their own. */
    static final Duration INTERVAL = Duration.ofSeconds(1);
    /** How many intervals may pass without a beat. */
    private static final long MISSED = 5L;

    private static final long SHIFT = ProcessId.shift("monotonic");

    private Beat() {
    }

    static long now() {
        return System.nanoTime() - SHIFT;
    }

    /** Whether the last beat is recent. */
    static boolean isFresh(long beat, long intervalNanos) {
        final long age = now() - beat;
        return beat != 0L && age < MISSED * Math.max(intervalNanos, INTERVAL.toNanos());
    }

    /** What is known of a process, from what can be seen of it and from its last beat. */
    static Life life(long process, long beat, long intervalNanos) {
        final Life seen = ProcessId.life(process);
        return seen == Life.UNKNOWN && isFresh(beat, intervalNanos) ? Life.ALIVE : seen;
    }
}
