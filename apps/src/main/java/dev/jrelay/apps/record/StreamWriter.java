// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.RelayBuffer;
import dev.jrelay.Result;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes records into one buffer, straight from the bytes that were read, and keeps the books: accepted ones in the
 * {@link Ledger}, others in the {@link LossLog}. Allocates nothing for a record.
 *
 * <p>Threads: one. Several of these may write to one buffer.
 */
final class StreamWriter {
    private static final long MAX_PAUSE = 500_000L;
    private static final long MIN_PAUSE = 5_000L;

    private final RelayBuffer buffer;
    private final Ledger ledger;
    private final LossLog losses;
    private final RecordFormat format;
    private final boolean waits;
    private final Runnable onFirstLoss;
    private final int shift;

    // Records of the current sub-buffer that are not in the ledger yet.
    private final RecordHash sum;
    private long sequence;
    private int records;
    private int bytes;
    private long lastPosition = -1L;

    /**
     * A writer for one buffer.
     *
     * @param waits whether to wait for room rather than to lose records
     * @param onFirstLoss run when the first record is lost for want of room
     */
    StreamWriter(RelayBuffer buffer, Ledger ledger, LossLog losses, RecordPlan plan, RecordHash.Key key,
            Runnable onFirstLoss) {
        this.buffer = buffer;
        this.ledger = ledger;
        this.losses = losses;
        this.format = plan.format();
        this.waits = plan.waits();
        this.onFirstLoss = onFirstLoss;
        this.shift = sequenceShift(plan.subBufferSize());
        this.sum = new RecordHash(key);
    }

    /**
     * Where the sequence begins in a position ({@code docs/layout.md}): above the bits that an offset needs.
     *
     * @param subBufferSize bytes
     * @return bits
     */
    static int sequenceShift(int subBufferSize) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(subBufferSize - 1);
    }

    /** Writes complete records, one message each. */
    void writeAll(byte[] source, int from, int to) throws InterruptedException {
        for (int at = from; at < to;) {
            final int end = format.end(source, at, to);
            write(source, at, end - at);
            at = end;
        }
    }

    /** Writes one record. */
    void write(byte[] source, int from, int length) throws InterruptedException {
        long position = buffer.write(source, from, length);
        if (position < 0L) {
            position = refused(position, source, from, length);
        } else if (losses.isOpen()) {
            losses.endEpisode();
        }
        if (position >= 0L) {
            accepted(position, source, from, length);
        }
    }

    private void accepted(long position, byte[] source, int from, int length) {
        if (position <= lastPosition) {
            throw new IllegalStateException("cpu " + buffer.index() + ": position " + position + " after "
                    + lastPosition + ": a writer's positions must increase");
        }
        lastPosition = position;
        final long newSequence = position >>> shift;
        if (newSequence != sequence) {
            flush();
            sequence = newSequence;
        }
        sum.add(position, source, from, length);
        records++;
        bytes += length;
    }

    /** Brings the ledger up to date; to be called when this writer is done. */
    void flush() {
        if (records > 0) {
            ledger.add(sequence, sum, records, bytes);
            sum.reset();
            records = 0;
            bytes = 0;
        }
    }

    private long refused(long firstCause, byte[] source, int from, int length) throws InterruptedException {
        long cause = firstCause;
        while (waits && (cause == Result.FULL || cause == Result.STALLED)) {
            final long start = System.nanoTime();
            awaitRoom(cause);
            losses.retried(cause, length, System.nanoTime() - start);
            cause = buffer.write(source, from, length);
            if (cause >= 0L) {
                return cause;
            }
        }
        if (losses.lost(cause, length)) {
            onFirstLoss.run();
        }
        return cause;
    }

    /** Pauses, longer each time, until the buffer is not full; once if another writer is what it waits for. */
    private void awaitRoom(long cause) throws InterruptedException {
        long pause = MIN_PAUSE;
        do {
            LockSupport.parkNanos(pause);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            pause = Math.min(2L * pause, MAX_PAUSE);
        } while (cause == Result.FULL && buffer.isFull());
    }
}
