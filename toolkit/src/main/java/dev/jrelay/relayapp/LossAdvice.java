// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import dev.jrelay.units.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Loss in words: how many records, on which CPU, why, and which {@code -b} or {@code -n} would have held. */
public final class LossAdvice {
    private LossAdvice() {
    }

    /**
     * What was written over or passed over before a consumer took it.
     *
     * @param stats counters of a buffer
     * @return sub-buffers, records and their bytes
     */
    public static Tally overwritten(BufferStats stats) {
        return stats.overwritten().plus(stats.skipped());
    }

    /**
     * What no consumer got or will get, aborted records aside.
     *
     * @param stats counters of a buffer
     * @return records and their bytes
     */
    public static Tally lost(BufferStats stats) {
        return stats.lost().plus(overwritten(stats));
    }

    /**
     * One line for each cause of loss.
     *
     * @param cpu the buffer
     * @param stats its counters
     * @param geometry its sizes
     * @return lines, none if nothing was lost
     */
    public static List<String> of(int cpu, BufferStats stats, Geometry geometry) {
        final List<String> lines = new ArrayList<>();
        stats.losses().forEach((cause, lost) -> {
            if (lost.records() > 0L) {
                lines.add(line(cpu, "LOST", lost, cause.words()) + remedy(cause, lost, stats, geometry));
            }
        });
        final Tally overwritten = overwritten(stats);
        if (overwritten.subBuffers() > 0L) {
            lines.add(line(cpu, "OVERWRITTEN", overwritten, "not consumed in time")
                    + holds(geometry.subBufferCount() + overwritten.subBuffers()));
        }
        return lines;
    }

    private static String line(int cpu, String what, Tally lost, String why) {
        return String.format(Locale.ROOT, "cpu %d: %s %,d records (%,d bytes): %s", cpu, what, lost.records(),
                lost.bytes(), why);
    }

    private static String remedy(Loss cause, Tally lost, BufferStats stats, Geometry geometry) {
        if (cause == Loss.FULL) {
            return holds(needed(lost.bytes(), stats, geometry));
        }
        if (cause == Loss.TOO_LARGE) {
            final long size = powerOfTwo(geometry.headerBytes() + -Math.floorDiv(-lost.bytes(), lost.records()));
            return "; " + (lost.records() == 1L ? "-b " + size + " would have held it"
                    : "at least -b " + size + " is needed, the size of the average one");
        }
        return "";
    }

    /** Sub-buffers that would have held these bytes as well; they are as full as those seen. */
    private static long needed(long bytes, BufferStats stats, Geometry geometry) {
        final Tally delivered = stats.delivered();
        final long usable = delivered.subBuffers() == 0L ? geometry.maxLength()
                : Math.max(1L, delivered.bytes() / delivered.subBuffers());
        return geometry.subBufferCount() + -Math.floorDiv(-bytes, usable) + 1L;
    }

    /**
     * After the fact: for each buffer and for the channel, which {@code -n} would have held.
     *
     * @param channel the channel
     * @return a line for each buffer, one for the channel, and what was assumed
     */
    public static List<String> sizing(MappedChannel channel) {
        final List<String> lines = new ArrayList<>();
        final Geometry geometry = channel.geometry();
        long most = 2L;
        for (int i = 0; i < channel.bufferCount(); i++) {
            final BufferStats stats = channel.statsSinceOpen(i);
            final Tally lost = lost(stats);
            final long needed =
                    lost.bytes() == 0L ? stats.maxBacklog() + 1L : needed(lost.bytes(), stats, geometry);
            most = Math.max(most, needed);
            lines.add(String.format(Locale.ROOT, "cpu %d: produced %,d, at most %,d of %d in use, lost %,d records "
                    + "(%,d bytes): %,d would have held", i, stats.produced(), stats.maxBacklog(),
                    geometry.subBufferCount(), lost.records(), lost.bytes(), needed));
        }
        lines.add(String.format(Locale.ROOT, "-b %s -n %d would have held (has -n %d)%s",
                Sizes.option(geometry.subBufferSize()), powerOfTwo(most), geometry.subBufferCount(),
                geometry.mode() == Mode.OVERWRITE ? "; overwrite mode: to keep the consumer from being overtaken"
                        : ""));
        lines.add("assumed: what was lost was lost in one go, and sub-buffers had the mean padding of those seen");
        return lines;
    }

    /**
     * What would have held, in words. The counters do not tell one episode from many, so this is the worst case.
     *
     * @param needed sub-buffers
     * @return to be appended to a message
     */
    public static String holds(long needed) {
        return "; -n " + powerOfTwo(needed) + " would have held all of it in one go";
    }

    static long powerOfTwo(long atLeast) {
        return atLeast <= 1L ? 1L : Long.highestOneBit(atLeast - 1L) << 1;
    }
}
