// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

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
 *
 * @param produced sub-buffers closed
 * @param consumed sub-buffers that are no longer retained: delivered, overwritten, skipped or passed
 * @param maxBacklog the largest backlog that the consumer has met, or the present one if it is larger, sub-buffers; a
 *     value equal to the sub-buffer count means that the buffer was full
 * @param pending closed sub-buffers, and committed records in them and in the current one, that are not consumed; or
 *     that are held by an unfinished reservation and were passed. Never re-based by a reset
 * @param delivered consumed by the consumer
 * @param paddingBytes padding in sub-buffers consumed by the consumer, bytes
 * @param overwritten overwrite mode: overwritten before they were consumed
 * @param skipped dropped unread by {@link Channel#reset()}, jumped over by an overwrite-mode consumer that writers were
 *     overtaking, or delivered after a consumer had passed them
 * @param aborted reservations that were aborted, and their bytes, which remain in their sub-buffers; no sub-buffers
 * @param losses records refused, by cause; no sub-buffers
 */
public record BufferStats(long produced, long consumed, long maxBacklog, Tally pending, Tally delivered,
        long paddingBytes, Tally overwritten, Tally skipped, Tally aborted, Map<Loss, Tally> losses) {

    /** Keeps an unmodifiable copy of the losses, with an entry for each cause. */
    public BufferStats {
        final Map<Loss, Tally> copy = new EnumMap<>(Loss.class);
        for (final Loss cause : Loss.values()) {
            copy.put(cause, losses.getOrDefault(cause, Tally.ZERO));
        }
        losses = Collections.unmodifiableMap(copy);
    }

    /** One by one, while others count: they add up only at a quiet moment. */
    static BufferStats read(Window window) {
        final Geometry geometry = window.geometry;
        final ControlWords words = window.words;
        final long first = words.firstOpaque(); // and what follows: others count meanwhile [B4]
        final long tail = words.tailAcquire();
        final long consumed = words.consumedAcquire();
        final Tally pending = pending(window, tail, consumed);
        final Map<Loss, Tally> lost = new EnumMap<>(Loss.class);
        for (final Loss cause : Loss.values()) {
            lost.put(cause, words.lostOpaque(cause));
        }
        return new BufferStats(geometry.distance(geometry.sequence(tail), first), geometry.distance(consumed, first),
                Math.max(words.maxBacklogOpaque(), pending.subBuffers()), pending, words.tallyOpaque(Fate.DELIVERED),
                words.deliveredPaddingOpaque(), words.tallyOpaque(Fate.OVERWRITTEN), words.tallyOpaque(Fate.SKIPPED),
                words.tallyOpaque(Fate.ABORTED), lost);
    }

    /** Committed records up to and with the current sub-buffer: unconsumed, or passed and not complete yet. */
    private static Tally pending(Window window, long tail, long consumed) {
        final Geometry geometry = window.geometry;
        final ControlWords words = window.words;
        final long current = geometry.sequence(tail);
        final long backlog = Math.min(geometry.distance(current, consumed), geometry.subBufferCount());
        long records = 0L;
        long bytes = 0L;
        for (long i = geometry.subBufferCount(); i >= 0L; i--) {
            final long sequence = geometry.plus(current, -i);
            final int slot = geometry.slot(sequence);
            if (words.deliveredAcquire(slot) == geometry.after(sequence)) {
                records += i <= backlog ? window.records(slot) : 0L;
                bytes += i <= backlog ? window.bytes(slot) : 0L;
            } else if (i > 0L || geometry.offset(tail) != 0) {
                final long committed = words.commitAcquire(slot);
                final int padding = i > 0L ? window.padding(slot) : 0;
                records += committed >>> 32;
                bytes += Math.max(0L, (int) committed - geometry.headerBytes() - padding);
            }
        }
        return new Tally(backlog, records, bytes);
    }

    /** The counters since {@code base} was taken; the maximum backlog and what is pending stay as they are. */
    BufferStats since(BufferStats base) {
        final Map<Loss, Tally> difference = new EnumMap<>(Loss.class);
        losses.forEach((cause, tally) -> difference.put(cause, tally.minus(base.lost(cause))));
        return new BufferStats(produced - base.produced, consumed - base.consumed, maxBacklog, pending,
                delivered.minus(base.delivered), paddingBytes - base.paddingBytes, overwritten.minus(base.overwritten),
                skipped.minus(base.skipped), aborted.minus(base.aborted), difference);
    }

    /**
     * Adds the counters of another buffer; of the maximum backlogs the larger one is kept.
     *
     * @param other counters of another buffer
     * @return the sum
     */
    public BufferStats plus(BufferStats other) {
        final Map<Loss, Tally> sum = new EnumMap<>(Loss.class);
        losses.forEach((cause, tally) -> sum.put(cause, tally.plus(other.lost(cause))));
        return new BufferStats(produced + other.produced, consumed + other.consumed,
                Math.max(maxBacklog, other.maxBacklog), pending.plus(other.pending), delivered.plus(other.delivered),
                paddingBytes + other.paddingBytes, overwritten.plus(other.overwritten), skipped.plus(other.skipped),
                aborted.plus(other.aborted), sum);
    }

    /**
     * Sub-buffers closed and not consumed.
     *
     * @return sub-buffers, 0 to the sub-buffer count
     */
    public long backlog() {
        return pending.subBuffers();
    }

    /**
     * What was lost for one cause.
     *
     * @param cause the cause
     * @return records and their bytes
     */
    public Tally lost(Loss cause) {
        return losses.get(cause);
    }

    /**
     * What was lost for any cause.
     *
     * @return records and their bytes
     */
    public Tally lost() {
        return losses.values().stream().reduce(Tally.ZERO, Tally::plus);
    }

    /**
     * Every record that a writer attempted, wherever it is now.
     *
     * @return records and their bytes; no sub-buffers
     */
    public Tally attempted() {
        final Tally kept = delivered.plus(pending).plus(overwritten).plus(skipped).plus(lost());
        return new Tally(0L, kept.records() + aborted.records(), kept.bytes());
    }

    /** The counters that are not zero, in one line. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder("produced=").append(produced).append(" consumed=")
                .append(consumed).append(" maxBacklog=").append(maxBacklog);
        append(text, "pending", pending);
        append(text, "delivered", delivered);
        append(text, "overwritten", overwritten);
        append(text, "skipped", skipped);
        append(text, "aborted", aborted);
        losses.forEach((cause, tally) -> append(text, "lost." + cause, tally));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Tally tally) {
        if (tally.records() != 0L || tally.bytes() != 0L) {
            text.append(' ').append(name).append('=').append(tally.records()).append('/').append(tally.bytes())
                    .append('B');
        }
    }
}
