// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.LossAdvice;
import java.util.ArrayList;
import java.util.List;

/**
 * Counters of a channel from look to look: what they are, and what has come since the look before. To be used by one
 * thread.
 */
public final class ChannelWatch {
    private static final double SECOND = 1e9;

    private final MappedChannel channel;
    private List<BufferStats> before = List.of();
    private long time;

    /**
     * The counters of one buffer, or of all together, at a look.
     *
     * @param stats since the channel was opened
     * @param before the same at the look before; null at the first one
     * @param nanos time between the two, ns; 0 at the first one
     */
    public record Reading(BufferStats stats, BufferStats before, long nanos) {
        /** {@return whether there was a look before, so that there are rates} */
        public boolean hasRates() {
            return before != null && nanos > 0L;
        }

        /** {@return records that writers put in since the look before, and their bytes; none at the first look} */
        public Tally written() {
            return hasRates() ? growth(written(stats), written(before)) : Tally.ZERO;
        }

        /** {@return what consumers took since the look before; none at the first look} */
        public Tally consumed() {
            return hasRates() ? growth(stats.delivered(), before.delivered()) : Tally.ZERO;
        }

        /**
         * What was lost for one cause since the look before.
         *
         * @param cause the cause
         * @return records and their bytes; none at the first look
         */
        public Tally lost(Loss cause) {
            return hasRates() ? growth(stats.lost(cause), before.lost(cause)) : Tally.ZERO;
        }

        /** {@return what was overwritten or skipped before it was consumed, since the look before; or none} */
        public Tally overwritten() {
            return hasRates() ? growth(LossAdvice.overwritten(stats), LossAdvice.overwritten(before)) : Tally.ZERO;
        }

        /** {@return all that was lost or overwritten since the look before; none at the first look} */
        public Tally lost() {
            return hasRates() ? growth(LossAdvice.lost(stats), LossAdvice.lost(before)) : Tally.ZERO;
        }

        /**
         * A rate.
         *
         * @param count how much came since the look before
         * @return as much for each second; 0 at the first look
         */
        public double perSecond(long count) {
            return hasRates() ? count * SECOND / nanos : 0.0;
        }

        private static Tally written(BufferStats stats) {
            return stats.attempted().minus(stats.lost());
        }

        /** Counters are read one by one while others count, so a sum of them may seem to fall. */
        private static Tally growth(Tally now, Tally before) {
            final Tally grown = now.minus(before);
            return new Tally(Math.max(0L, grown.subBuffers()), Math.max(0L, grown.records()),
                    Math.max(0L, grown.bytes()));
        }
    }

    /**
     * Watches a channel.
     *
     * @param channel the channel, which stays the caller's to close
     */
    public ChannelWatch(MappedChannel channel) {
        this.channel = channel;
    }

    /**
     * Looks at all buffers.
     *
     * @return a reading for each buffer
     */
    public List<Reading> look() {
        final long now = System.nanoTime();
        final List<BufferStats> stats = new ArrayList<>();
        final List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < channel.bufferCount(); i++) {
            stats.add(channel.statsSinceOpen(i));
            readings.add(before.isEmpty() ? new Reading(stats.get(i), null, 0L)
                    : new Reading(stats.get(i), before.get(i), now - time));
        }
        before = stats;
        time = now;
        return readings;
    }

    /**
     * Adds up the buffers of one look.
     *
     * @param readings of {@link #look()}
     * @return their sum; of the maximum backlogs the largest one
     */
    public static Reading sum(List<Reading> readings) {
        Reading sum = readings.getFirst();
        for (final Reading reading : readings.subList(1, readings.size())) {
            sum = new Reading(sum.stats().plus(reading.stats()),
                    sum.before() == null ? null : sum.before().plus(reading.before()), sum.nanos());
        }
        return sum;
    }
}
