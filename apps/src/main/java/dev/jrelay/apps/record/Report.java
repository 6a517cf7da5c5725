// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.LossAdvice;
import java.nio.file.Path;
import java.util.List;

/**
 * The outcome of a run.
 *
 * @param plan what was to be done
 * @param cpus counters of each buffer
 * @param bytesRead bytes read from the input
 * @param incomplete bytes of a record that the input ended in the middle of, which is an error in the input
 * @param stopped whether reading was stopped before the end of the input
 * @param nanos time from the first byte to the last one written
 * @param wrong null if the check found everything in order, else what it found
 * @param checkNanos time that the check took
 */
public record Report(RecordPlan plan, List<Cpu> cpus, long bytesRead, long incomplete, boolean stopped, long nanos,
        String wrong, long checkNanos) {

    /**
     * Counters of one buffer.
     *
     * @param index the buffer
     * @param stats the kernel's counters
     * @param losses the writers' books
     * @param longestGap overwrite mode: the most sub-buffers lost in one place
     * @param passed sub-buffers, by their sequences, that the consumer passed since a record in them was never finished
     * @param files the output files, in the order of time
     */
    public record Cpu(int index, BufferStats stats, LossLog losses, long longestGap, List<Long> passed,
            List<Path> files) {
        /** Records that were read and are not in the output. */
        long lostRecords() {
            return losses.lost().records() + overwritten().records();
        }

        Tally overwritten() {
            return LossAdvice.overwritten(stats);
        }

        /** Bytes that a sub-buffer holds on average, padding excluded. */
        long usableBytes(int subBufferSize) {
            final long count = stats.delivered().subBuffers();
            return count == 0L ? subBufferSize : Math.max(1L, stats.delivered().bytes() / count);
        }
    }

    /**
     * Whether the input was whole and everything in it is in the output or reported lost.
     *
     * @return true if so
     */
    public boolean isOk() {
        return wrong == null && incomplete == 0L;
    }

    /**
     * What is in the output.
     *
     * @return sub-buffers, records and bytes
     */
    public Tally delivered() {
        return cpus.stream().map(cpu -> cpu.stats().delivered()).reduce(Tally.ZERO, Tally::plus);
    }

    /**
     * Records that were read and are not in the output.
     *
     * @return records
     */
    public long lostRecords() {
        return cpus.stream().mapToLong(Cpu::lostRecords).sum();
    }

    /**
     * How many sub-buffers a buffer needs so that it would have held everything: one more than the largest backlog if
     * nothing was lost for want of room, else room for the longest loss on top of what there was. A power of two.
     *
     * @param cpu the buffer
     * @return sub-buffers
     */
    public long neededSubBuffers(Cpu cpu) {
        final long lost = Math.max(cpu.longestGap(),
                -Math.floorDiv(-cpu.losses().longestEpisodeBytes(), cpu.usableBytes(plan.geometry().subBufferSize())));
        final long needed = lost == 0L ? cpu.stats().maxBacklog() + 1L : plan.geometry().subBufferCount() + lost + 1L;
        return powerOfTwo(needed);
    }

    /**
     * The sub-buffer size that would have held the longest record.
     *
     * @return bytes, a power of two; 0 if all records fit
     */
    public long neededSubBufferSize() {
        final long longest = cpus.stream().mapToLong(cpu -> cpu.losses().longestTooLarge()).max().orElse(0L);
        return longest == 0L ? 0L : powerOfTwo(longest);
    }

    static long powerOfTwo(long atLeast) {
        return atLeast <= 1L ? 1L : Long.highestOneBit(atLeast - 1L) << 1;
    }
}
