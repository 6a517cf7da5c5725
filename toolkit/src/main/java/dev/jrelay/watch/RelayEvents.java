// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.Loss;
import dev.jrelay.RelayBuffer;
import dev.jrelay.Tally;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Callbacks that make JFR events of what happens to a channel, and pass everything on to other callbacks.
 *
 * <ul>
 * <li>{@code dev.jrelay.SubBufferSwitch} for each sub-buffer delivered: records, bytes, padding.
 * <li>{@code dev.jrelay.Loss} for each loss episode and cause: what was lost between the opening of one sub-buffer and
 *     the opening of the next. An episode is reported when it is over, so a buffer that stays full is silent until its
 *     consumer is back; {@link #report} tells it at any time. Overwritten and skipped sub-buffers are told likewise, so
 *     a flight recorder that nobody reads tells one for each sub-buffer it opens.
 * </ul>
 *
 * <p>The records of all {@code Loss} events, after a last {@code report}, add up to the channel's counters exactly.
 *
 * <p>Nothing is ever done for a record. While the events are not being recorded, a switch costs two checks. Threads:
 * as the channel calls.
 *
 * {@snippet :
 * ChannelConfig config = ChannelConfig.builder("cpu").callbacks(new RelayEvents("cpu", Callbacks.NONE)).build();
 * }
 */
public final class RelayEvents implements Callbacks {
    private static final int CAUSES = Loss.values().length;

    private final String channel;
    private final Callbacks next;
    private final ConcurrentHashMap<Integer, Seen> buffers = new ConcurrentHashMap<>();

    /** What has been reported of a buffer. */
    private static final class Seen {
        final AtomicLongArray records = new AtomicLongArray(CAUSES + 2);
        final AtomicLongArray bytes = new AtomicLongArray(CAUSES + 2);
        final AtomicLong since = new AtomicLong(System.nanoTime());
    }

    /**
     * Callbacks for one channel.
     *
     * @param channel the name in the events
     * @param next callbacks that are called first; {@link Callbacks#NONE} for none
     */
    public RelayEvents(String channel, Callbacks next) {
        this.channel = Objects.requireNonNull(channel, "channel");
        this.next = Objects.requireNonNull(next, "next");
    }

    @Override
    public boolean admit(RelayBuffer buffer, long sequence) {
        return next.admit(buffer, sequence);
    }

    @Override
    public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
        next.onStart(buffer, sequence, subBuffer);
        report(buffer.index(), buffer);
    }

    @Override
    public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
        next.onEnd(buffer, sequence, subBuffer, padding, records);
        final SwitchEvent event = new SwitchEvent();
        if (event.isEnabled()) {
            event.channel = channel;
            event.buffer = buffer.index();
            event.sequence = sequence;
            event.records = records;
            event.bytes = subBuffer.byteSize() - padding;
            event.padding = padding;
            event.commit();
        }
    }

    @Override
    public void bufMapped(RelayBuffer buffer, long pid) {
        next.bufMapped(buffer, pid);
    }

    @Override
    public void bufUnmapped(RelayBuffer buffer, long pid) {
        next.bufUnmapped(buffer, pid);
    }

    /**
     * Reports the losses that no event has told yet, for instance after the channel was closed. Any thread.
     *
     * @param watched the channel of these callbacks
     */
    public void report(Channel watched) {
        for (int i = 0; i < watched.bufferCount(); i++) {
            report(i, watched.buffer(i));
        }
    }

    private void report(int index, RelayBuffer buffer) {
        if (!new LossEvent().isEnabled()) {
            return;
        }
        final Seen seen = buffers.computeIfAbsent(index, unseen -> new Seen());
        final BufferStats stats = buffer.statsSinceOpen();
        final long now = System.nanoTime();
        final long within = now - seen.since.getAndSet(now);
        stats.losses().forEach((cause, lost) ->
                report(index, seen, cause.ordinal(), cause.name(), lost, within));
        report(index, seen, CAUSES, "OVERWRITTEN", stats.overwritten(), within);
        report(index, seen, CAUSES + 1, "SKIPPED", stats.skipped(), within);
    }

    /** Two threads may report at once: each tells what the other has not told. */
    private void report(int index, Seen seen, int i, String cause, Tally lost, long within) {
        final long newRecords = lost.records() - seen.records.getAndAccumulate(i, lost.records(), Math::max);
        final long newBytes = lost.bytes() - seen.bytes.getAndAccumulate(i, lost.bytes(), Math::max);
        if (newRecords <= 0L && newBytes <= 0L) {
            return;
        }
        final LossEvent event = new LossEvent();
        event.channel = channel;
        event.buffer = index;
        event.cause = cause;
        event.records = Math.max(0L, newRecords);
        event.bytes = Math.max(0L, newBytes);
        event.within = within;
        event.commit();
    }
}
