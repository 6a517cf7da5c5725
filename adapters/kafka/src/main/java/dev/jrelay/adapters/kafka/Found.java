// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;

/**
 * A sub-buffer as it was found in a topic.
 *
 * @param stream which buffer it is of
 * @param geometry the channel's sizes
 * @param buffers the channel's buffers
 * @param sequence its sequence
 * @param isWhole false for the beginning of one whose writers had died: the last one of its buffer
 * @param records its records
 * @param bytes its bytes without padding, header included; the reader's own copy
 * @param losses what the buffer had lost when it was taken: {@link BufferStats#losses}, {@code overwritten}, {@code
 *     skipped} and {@code aborted}; the other counters are not known
 * @param timeMillis when it was taken, ms since 1970
 * @param firstTime time of its first record, ns since 1970; -1 if it is not known
 * @param lastTime time of its last record, ns since 1970; -1 if it is not known
 */
public record Found(StreamId stream, Geometry geometry, int buffers, long sequence, boolean isWhole, int records,
        byte[] bytes, BufferStats losses, long timeMillis, long firstTime, long lastTime) {
    private static final long NANOS = 1_000_000L;

    /** What it is ordered by: the time of its first record, or else when it was taken; ns since 1970. */
    long time() {
        return firstTime >= 0L ? firstTime : timeMillis * NANOS;
    }
}
