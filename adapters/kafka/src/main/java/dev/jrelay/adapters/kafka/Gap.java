// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.Tally;
import java.util.StringJoiner;

/**
 * Sub-buffers that are not in the topic.
 *
 * @param stream which buffer they were of
 * @param from sequence of the first one
 * @param to sequence of the last one
 * @param before counters of what was lost before them
 * @param after counters of what was lost up to the sub-buffer behind them, or the end
 */
public record Gap(StreamId stream, long from, long to, BufferStats before, BufferStats after) {
    /**
     * Sub-buffers in the gap that were overwritten by newer ones.
     *
     * @return sub-buffers, and their records and bytes
     */
    public Tally overwritten() {
        return after.overwritten().minus(before.overwritten());
    }

    /**
     * Sub-buffers in the gap that a reset has dropped, or that a collector had passed.
     *
     * @return sub-buffers, and their records and bytes
     */
    public Tally skipped() {
        return after.skipped().minus(before.skipped());
    }

    /**
     * Sub-buffers in the gap for which the channel has counted no cause: held by a record that was never finished,
     * taken by a collector in overwrite mode that was killed, or no longer in the topic (retention, deletion).
     *
     * @return sub-buffers
     */
    public long uncounted() {
        return Math.max(0L, to - from + 1L - overwritten().subBuffers() - skipped().subBuffers());
    }

    /** In words. */
    @Override
    public String toString() {
        final StringJoiner causes = new StringJoiner(", ");
        if (overwritten().subBuffers() > 0L) {
            causes.add(overwritten().subBuffers() + " overwritten (" + overwritten().records() + " records)");
        }
        if (skipped().subBuffers() > 0L) {
            causes.add(skipped().subBuffers() + " skipped (" + skipped().records() + " records)");
        }
        if (uncounted() > 0L) {
            causes.add(uncounted() + (from == 0L ? " not in the topic any more, or passed"
                    : " passed, or no longer in the topic"));
        }
        return stream + ": sub-buffers " + from + " to " + to + " are missing: " + causes;
    }
}
