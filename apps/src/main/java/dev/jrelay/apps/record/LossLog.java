// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Loss;
import dev.jrelay.Tally;
import java.util.EnumMap;
import java.util.Map;

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
    private final Map<Loss, Tally> lost = new EnumMap<>(Loss.class);
    private final Map<Loss, Tally> retried = new EnumMap<>(Loss.class);
    private long inputBytes;
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
     * @param cause why
     * @param size bytes that it would take in a buffer
     * @param length its bytes in the input
     * @return true if this began the first loss episode
     */
    synchronized boolean lost(Loss cause, long size, long length) {
        inputBytes += length;
        lost.merge(cause, new Tally(0L, 1L, size), Tally::plus);
        beyondKernel += size - Math.min(size, Integer.MAX_VALUE);
        if (cause == Loss.TOO_LARGE) {
            longestTooLarge = Math.max(longestTooLarge, size);
            return false;
        }
        final boolean begins = !open;
        if (begins) {
            open = true;
            episodes++;
            episodeBytes = 0L;
            episodeStart = System.nanoTime();
        }
        episodeBytes += size;
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
     * @param size bytes that the record would take in a buffer
     * @param waited ns spent until room was seen
     */
    synchronized void retried(Loss cause, long size, long waited) {
        retried.merge(cause, new Tally(0L, 1L, size), Tally::plus);
        waitedNanos += waited;
    }

    /** Lost for one cause. */
    synchronized Tally lost(Loss cause) {
        return lost.getOrDefault(cause, Tally.ZERO);
    }

    /** Lost for any cause. */
    synchronized Tally lost() {
        return sum(lost);
    }

    /** Bytes of the input in lost records. */
    synchronized long inputBytes() {
        return inputBytes;
    }

    synchronized Tally retried(Loss cause) {
        return retried.getOrDefault(cause, Tally.ZERO);
    }

    /** Times that a writer waited for room. */
    synchronized long waits() {
        return sum(retried).records();
    }

    /** How long the writers waited, added up, ns. */
    synchronized long waitedNanos() {
        return waitedNanos;
    }

    /** Bytes of records above 2^31 - 1 bytes that the kernel's counters do not take. */
    synchronized long beyondKernel() {
        return beyondKernel;
    }

    /** Bytes that the longest record that fits no sub-buffer would take, 0 if there was none. */
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

    private static Tally sum(Map<Loss, Tally> tallies) {
        return tallies.values().stream().reduce(Tally.ZERO, Tally::plus);
    }
}
