// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.SharedWriter;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes records into one buffer, straight from the bytes that were read, and keeps the books: accepted ones in the
 * {@link Ledger}, others in the {@link LossLog}. Allocates nothing for an accepted record.
 *
 * <p>Threads: one. Several of these may write to one buffer.
 */
final class StreamWriter {
    private static final long MAX_PAUSE = 500_000L;
    private static final long MIN_PAUSE = 5_000L;

    private final SharedWriter target;
    private final Ledger ledger;
    private final LossLog losses;
    private final RecordFormat format;
    private final RecordForm form;
    private final boolean waits;
    private final Runnable onFirstLoss;
    private final Geometry geometry;

    // Records of the current sub-buffer that are not in the ledger yet.
    private final RecordHash sum;
    private long sequence;
    private int records;
    private int bytes;
    private int inputBytes;
    private long lastPosition = -1L;

    /**
     * A writer for one buffer.
     *
     * @param waits whether to wait for room rather than to lose records
     * @param onFirstLoss run when the first record is lost for want of room
     */
    StreamWriter(SharedWriter target, Ledger ledger, LossLog losses, RecordPlan plan, RecordHash.Key key,
            Runnable onFirstLoss) {
        this.target = target;
        this.ledger = ledger;
        this.losses = losses;
        this.format = plan.format();
        this.form = plan.form();
        this.waits = plan.waits();
        this.onFirstLoss = onFirstLoss;
        this.geometry = plan.geometry();
        this.sum = new RecordHash(key);
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
        long position = form.write(target, source, from, length);
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
            throw new IllegalStateException("cpu " + target.buffer().index() + ": position " + position + " after "
                    + lastPosition + ": a writer's positions must increase");
        }
        lastPosition = position;
        final long newSequence = geometry.sequence(position);
        if (newSequence != sequence) {
            flush();
            sequence = newSequence;
        }
        sum.add(position, source, from, length);
        records++;
        bytes += (int) form.size(length);
        inputBytes += length;
    }

    /** Brings the ledger up to date; to be called when this writer is done. */
    void flush() {
        if (records > 0) {
            ledger.add(sequence, sum, records, bytes, inputBytes);
            sum.reset();
            records = 0;
            bytes = 0;
            inputBytes = 0;
        }
    }

    private long refused(long firstResult, byte[] source, int from, int length) throws InterruptedException {
        long result = firstResult;
        Loss cause = Loss.of(result);
        while (waits && (cause == Loss.FULL || cause == Loss.STALLED)) {
            final long start = System.nanoTime();
            awaitRoom(cause);
            losses.retried(cause, form.size(length), System.nanoTime() - start);
            result = form.write(target, source, from, length);
            if (result >= 0L) {
                return result;
            }
            cause = Loss.of(result);
        }
        if (losses.lost(cause, form.size(length), length)) {
            onFirstLoss.run();
        }
        return result;
    }

    /** Pauses, longer each time, until the buffer is not full; once if another writer is what it waits for. */
    private void awaitRoom(Loss cause) throws InterruptedException {
        long pause = MIN_PAUSE;
        do {
            LockSupport.parkNanos(pause);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            pause = Math.min(2L * pause, MAX_PAUSE);
        } while (cause == Loss.FULL && target.buffer().isFull());
    }
}
