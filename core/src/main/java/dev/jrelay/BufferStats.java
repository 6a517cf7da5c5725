// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * Counters of one buffer, or of all buffers of a channel added up. Records and bytes are the client's: header bytes and
 * padding are not in them.
 *
 * <p>At a moment when nobody writes or consumes, every record that a writer attempted is in exactly one place:
 *
 * <pre>
 * attempted records = delivered + pending + lost + overwritten + skipped + aborted
 * attempted bytes   = delivered + pending + lost + overwritten + skipped     (aborted bytes lie among these)
 * </pre>
 */
public final class BufferStats {
    private static final int PRODUCED = 0;
    private static final int CONSUMED = 1;
    private static final int MAX_BACKLOG = 2;
    private static final int PENDING = 3;
    private static final int DELIVERED = 5;
    private static final int PADDING = 8;
    private static final int OVERWRITTEN = 9;
    private static final int SKIPPED = 12;
    private static final int ABORTED = 15;
    private static final int LOST = 17;
    private static final int COUNTERS = LOST + 2 * Result.CAUSES;

    private final long[] values;

    private BufferStats(long[] values) {
        this.values = values;
    }

    static BufferStats read(Geometry geometry, ControlWords words) {
        final long[] values = new long[COUNTERS];
        final long first = words.counterOpaque(ControlWords.FIRST);
        final long tail = words.tailAcquire();
        final long consumed = words.consumedAcquire();
        values[PRODUCED] = geometry.distance(geometry.sequence(tail), first);
        values[CONSUMED] = geometry.distance(consumed, first);
        // one by one, while others count: they add up only at a quiet moment [B4]
        values[MAX_BACKLOG] = words.counterOpaque(ControlWords.MAX_BACKLOG);
        values[PADDING] = words.counterOpaque(ControlWords.DELIVERED_PADDING);
        copy(words, ControlWords.DELIVERED, values, DELIVERED, 3);
        copy(words, ControlWords.OVERWRITTEN, values, OVERWRITTEN, 3);
        copy(words, ControlWords.SKIPPED, values, SKIPPED, 3);
        copy(words, ControlWords.ABORTED, values, ABORTED, 2);
        copy(words, ControlWords.LOST, values, LOST, 2 * Result.CAUSES);
        countPending(geometry, words, tail, consumed, values);
        return new BufferStats(values);
    }

    private static void copy(ControlWords words, long counter, long[] values, int at, int count) {
        for (int i = 0; i < count; i++) {
            values[at + i] = words.counterOpaque(counter + 8L * i);
        }
    }

    /** Committed records from {@code consumed} up to and with the current sub-buffer. */
    private static void countPending(Geometry geometry, ControlWords words, long tail, long consumed, long[] values) {
        final long current = geometry.sequence(tail);
        final long ahead = Math.min(geometry.distance(current, consumed), geometry.subBufferCount);
        for (long i = ahead; i >= 0L; i--) {
            final long sequence = geometry.plus(current, -i);
            final int slot = geometry.slot(sequence);
            if (words.deliveredAcquire(slot) == geometry.plus(sequence, 1L)) {
                values[PENDING] += words.recordsOpaque(slot);
                values[PENDING + 1] += geometry.maxLength() - words.paddingOpaque(slot);
            } else if (i > 0L || geometry.offset(tail) != 0) {
                final long committed = words.commitAcquire(slot);
                values[PENDING] += committed >>> 32;
                values[PENDING + 1] += Math.max(0L, (int) committed - geometry.headerBytes);
            }
        }
    }

    /** The counters since {@code base} was taken; the maximum backlog and what is pending stay as they are. */
    BufferStats since(BufferStats base) {
        final long[] difference = values.clone();
        for (int i = 0; i < COUNTERS; i++) {
            if (i != MAX_BACKLOG && i != PENDING && i != PENDING + 1) {
                difference[i] -= base.values[i];
            }
        }
        return new BufferStats(difference);
    }

    /**
     * Adds the counters of another buffer; of the maximum backlogs the larger one is kept.
     *
     * @param other counters of another buffer
     * @return the sum
     */
    public BufferStats plus(BufferStats other) {
        final long[] sum = values.clone();
        for (int i = 0; i < COUNTERS; i++) {
            sum[i] = i == MAX_BACKLOG ? Math.max(sum[i], other.values[i]) : sum[i] + other.values[i];
        }
        return new BufferStats(sum);
    }

    /**
     * Sub-buffers closed.
     *
     * @return sub-buffers
     */
    public long produced() {
        return values[PRODUCED];
    }

    /**
     * Sub-buffers that are no longer retained: delivered, overwritten or skipped.
     *
     * @return sub-buffers
     */
    public long consumed() {
        return values[CONSUMED];
    }

    /**
     * Sub-buffers closed and not consumed.
     *
     * @return sub-buffers, 0 to the sub-buffer count
     */
    public long backlog() {
        return produced() - consumed();
    }

    /**
     * The largest backlog that the consumer has met. A value equal to the sub-buffer count means that the buffer was
     * full and the next record lost or, in overwrite mode, the oldest sub-buffer overwritten.
     *
     * @return sub-buffers
     */
    public long maxBacklog() {
        return values[MAX_BACKLOG];
    }

    /**
     * Committed records that are not consumed, those in the current sub-buffer included.
     *
     * @return records
     */
    public long pendingRecords() {
        return values[PENDING];
    }

    /**
     * Bytes of {@link #pendingRecords()}.
     *
     * @return bytes
     */
    public long pendingBytes() {
        return values[PENDING + 1];
    }

    /**
     * Sub-buffers consumed by the consumer.
     *
     * @return sub-buffers
     */
    public long deliveredSubBuffers() {
        return values[DELIVERED];
    }

    /**
     * Records in sub-buffers consumed by the consumer.
     *
     * @return records
     */
    public long deliveredRecords() {
        return values[DELIVERED + 1];
    }

    /**
     * Bytes in sub-buffers consumed by the consumer, without header and padding.
     *
     * @return bytes
     */
    public long deliveredBytes() {
        return values[DELIVERED + 2];
    }

    /**
     * Padding in sub-buffers consumed by the consumer.
     *
     * @return bytes
     */
    public long paddingBytes() {
        return values[PADDING];
    }

    /**
     * Overwrite mode: sub-buffers overwritten before they were consumed.
     *
     * @return sub-buffers
     */
    public long overwrittenSubBuffers() {
        return values[OVERWRITTEN];
    }

    /**
     * Records in the overwritten sub-buffers.
     *
     * @return records
     */
    public long overwrittenRecords() {
        return values[OVERWRITTEN + 1];
    }

    /**
     * Bytes of {@link #overwrittenRecords()}.
     *
     * @return bytes
     */
    public long overwrittenBytes() {
        return values[OVERWRITTEN + 2];
    }

    /**
     * Sub-buffers dropped unread by {@link Channel#reset()}, or passed over by an overwrite-mode consumer that writers
     * were overtaking.
     *
     * @return sub-buffers
     */
    public long skippedSubBuffers() {
        return values[SKIPPED];
    }

    /**
     * Records in the skipped sub-buffers.
     *
     * @return records
     */
    public long skippedRecords() {
        return values[SKIPPED + 1];
    }

    /**
     * Bytes of {@link #skippedRecords()}.
     *
     * @return bytes
     */
    public long skippedBytes() {
        return values[SKIPPED + 2];
    }

    /**
     * Reservations that were aborted.
     *
     * @return reservations
     */
    public long abortedRecords() {
        return values[ABORTED];
    }

    /**
     * Bytes of the aborted reservations; they remain in their sub-buffers.
     *
     * @return bytes
     */
    public long abortedBytes() {
        return values[ABORTED + 1];
    }

    /**
     * Records lost for one cause.
     *
     * @param cause a {@link Result} constant
     * @return records
     * @throws IllegalArgumentException if {@code cause} is none
     */
    public long lostRecords(long cause) {
        return values[lost(cause)];
    }

    /**
     * Bytes lost for one cause.
     *
     * @param cause a {@link Result} constant
     * @return bytes
     * @throws IllegalArgumentException if {@code cause} is none
     */
    public long lostBytes(long cause) {
        return values[lost(cause) + 1];
    }

    private static int lost(long cause) {
        if (cause > -1L || cause < -Result.CAUSES) {
            throw new IllegalArgumentException("cause " + cause + ": must be a Result, -" + Result.CAUSES + " to -1");
        }
        return LOST + 2 * (int) (-1L - cause);
    }

    /**
     * Records lost for any cause.
     *
     * @return records
     */
    public long lostRecords() {
        return sumLost(0);
    }

    /**
     * Bytes lost for any cause.
     *
     * @return bytes
     */
    public long lostBytes() {
        return sumLost(1);
    }

    private long sumLost(int which) {
        long sum = 0L;
        for (int i = LOST + which; i < COUNTERS; i += 2) {
            sum += values[i];
        }
        return sum;
    }

    /**
     * Every record that a writer attempted, wherever it is now.
     *
     * @return records
     */
    public long attemptedRecords() {
        return deliveredRecords() + pendingRecords() + lostRecords() + overwrittenRecords() + skippedRecords()
                + abortedRecords();
    }

    /**
     * Bytes of {@link #attemptedRecords()}.
     *
     * @return bytes
     */
    public long attemptedBytes() {
        return deliveredBytes() + pendingBytes() + lostBytes() + overwrittenBytes() + skippedBytes();
    }

    /** The counters that are not zero, in one line. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("produced=").append(produced()).append(" consumed=")
                .append(consumed()).append(" maxBacklog=").append(maxBacklog());
        append(text, "pending", PENDING, 2);
        append(text, "delivered", DELIVERED, 3);
        append(text, "overwritten", OVERWRITTEN, 3);
        append(text, "skipped", SKIPPED, 3);
        append(text, "aborted", ABORTED, 2);
        for (int i = 0; i < Result.CAUSES; i++) {
            append(text, "lost." + Result.name(-1L - i), LOST + 2 * i, 2);
        }
        return text.toString();
    }

    private void append(StringBuilder text, String name, int at, int count) {
        final long records = values[at + count - 2];
        final long bytes = values[at + count - 1];
        if (records != 0L || bytes != 0L) {
            text.append(' ').append(name).append('=').append(records).append('/').append(bytes).append('B');
        }
    }
}
