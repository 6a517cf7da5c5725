// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Result;

/**
 * What the writers of one buffer could not write: lost records by cause, and the waiting for room.
 *
 * <p>The kernel counts each failed write as a lost record, which is right for a writer that cannot wait. A writer that
 * waits and tries again has lost nothing, so its failed attempts are kept apart here, and
 * {@code lost in the kernel = lost + attempts tried again}, which the check at the end verifies. (Asking
 * {@link dev.jrelay.RelayBuffer#isFull()} before each write would not avoid failed attempts: a buffer whose current
 * sub-buffer has room for some records, but not for this one, is not full yet. It is asked while waiting, so an episode
 * of waiting costs each writer one failed attempt, more only if other writers take the room.)
 *
 * <p>A <em>loss episode</em> runs from a record lost for want of room to the next one accepted in the same buffer.
 *
 * <p>Threads: any.
 */
final class LossLog {
    /** Causes as indices: {@code -1 - cause}. */
    private static final int CAUSES = 6;

    private final long[] lostRecords = new long[CAUSES];
    private final long[] lostBytes = new long[CAUSES];
    private final long[] retriedRecords = new long[CAUSES];
    private final long[] retriedBytes = new long[CAUSES];
    private long beyondKernel;
    private long longestTooLarge;
    private long waitedNanos;

    private volatile boolean open;
    private long episodes;
    private long episodeStart;
    private long episodeBytes;
    private long longestEpisodeBytes;
    private long longestEpisodeNanos;

    /**
     * Counts a lost record.
     *
     * @param cause a {@link Result} below 0
     * @param length its bytes
     * @return true if this began the first loss episode
     */
    synchronized boolean lost(long cause, long length) {
        final int index = index(cause);
        lostRecords[index]++;
        lostBytes[index] += length;
        beyondKernel += length - Math.min(length, Integer.MAX_VALUE);
        if (cause == Result.TOO_LARGE) {
            longestTooLarge = Math.max(longestTooLarge, length);
            return false;
        }
        final boolean begins = !open;
        if (begins) {
            open = true;
            episodes++;
            episodeBytes = 0L;
            episodeStart = System.nanoTime();
        }
        episodeBytes += length;
        return begins && episodes == 1L;
    }

    /** Whether the last thing that happened to this buffer is a loss for want of room. */
    boolean isOpen() {
        return open;
    }

    /** A record was accepted, or the run is over. */
    synchronized void endEpisode() {
        if (open) {
            open = false;
            longestEpisodeBytes = Math.max(longestEpisodeBytes, episodeBytes);
            longestEpisodeNanos = Math.max(longestEpisodeNanos, System.nanoTime() - episodeStart);
        }
    }

    /**
     * Counts an attempt that will be repeated.
     *
     * @param cause why it failed
     * @param length the record's bytes
     * @param waited ns spent until room was seen
     */
    synchronized void retried(long cause, int length, long waited) {
        retriedRecords[index(cause)]++;
        retriedBytes[index(cause)] += length;
        waitedNanos += waited;
    }

    private static int index(long cause) {
        return (int) (-1L - cause);
    }

    synchronized long lostRecords(long cause) {
        return lostRecords[index(cause)];
    }

    synchronized long lostBytes(long cause) {
        return lostBytes[index(cause)];
    }

    synchronized long lostRecords() {
        return sum(lostRecords);
    }

    synchronized long lostBytes() {
        return sum(lostBytes);
    }

    /** Lost for want of room: everything but too large records. */
    synchronized long fullRecords() {
        return sum(lostRecords) - lostRecords[index(Result.TOO_LARGE)];
    }

    synchronized long retriedRecords(long cause) {
        return retriedRecords[index(cause)];
    }

    synchronized long retriedBytes(long cause) {
        return retriedBytes[index(cause)];
    }

    /** Times that a writer waited for room. */
    synchronized long waits() {
        return sum(retriedRecords);
    }

    /** How long the writers waited, added up, ns. */
    synchronized long waitedNanos() {
        return waitedNanos;
    }

    /** Bytes of records above 2^31 - 1 bytes that the kernel's counters do not take. */
    synchronized long beyondKernel() {
        return beyondKernel;
    }

    /** Length of the longest record that fits no sub-buffer, 0 if there was none. */
    synchronized long longestTooLarge() {
        return longestTooLarge;
    }

    synchronized long episodes() {
        return episodes;
    }

    synchronized long longestEpisodeBytes() {
        return longestEpisodeBytes;
    }

    synchronized long longestEpisodeNanos() {
        return longestEpisodeNanos;
    }

    private static long sum(long[] values) {
        long sum = 0L;
        for (final long value : values) {
            sum += value;
        }
        return sum;
    }
}
