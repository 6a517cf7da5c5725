// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import dev.jrelay.units.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Loss in words: how many records, on which CPU, why, and which {@code -b} or {@code -n} would have held. */
public final class LossAdvice {
    private static final String[] WORDS = {"buffer full", "longer than a sub-buffer",
        "a writer stopped in the middle of a record", "refused by the client", "paused", "closed"};

    private LossAdvice() {
    }

    /**
     * A cause in words.
     *
     * @param cause a {@link Result} constant
     * @return for instance {@code buffer full}
     */
    public static String words(long cause) {
        return WORDS[(int) (-1L - cause)];
    }

    /**
     * Records that were written over or passed over before a consumer took them.
     *
     * @param stats counters of a buffer
     * @return records
     */
    public static long overwrittenRecords(BufferStats stats) {
        return stats.overwrittenRecords() + stats.skippedRecords();
    }

    /**
     * Records that no consumer got or will get, aborted ones aside.
     *
     * @param stats counters of a buffer
     * @return records
     */
    public static long lostRecords(BufferStats stats) {
        return stats.lostRecords() + overwrittenRecords(stats);
    }

    /**
     * One line for each cause of loss.
     *
     * @param cpu the buffer
     * @param stats its counters
     * @param subBufferSize bytes
     * @param subBufferCount sub-buffers
     * @param headerBytes the client's bytes in each sub-buffer
     * @return lines, none if nothing was lost
     */
    public static List<String> of(int cpu, BufferStats stats, int subBufferSize, int subBufferCount, int headerBytes) {
        final List<String> lines = new ArrayList<>();
        for (long cause = Result.FULL; cause >= -Result.CAUSES; cause--) {
            final long records = stats.lostRecords(cause);
            if (records > 0L) {
                lines.add(line(cpu, "LOST", records, stats.lostBytes(cause), words(cause)) + remedy(cause, stats,
                        subBufferSize, subBufferCount, headerBytes));
            }
        }
        final long overwritten = stats.overwrittenSubBuffers() + stats.skippedSubBuffers();
        if (overwritten > 0L) {
            lines.add(line(cpu, "OVERWRITTEN", overwrittenRecords(stats), stats.overwrittenBytes()
                    + stats.skippedBytes(), "not consumed in time") + holds(subBufferCount + overwritten));
        }
        return lines;
    }

    private static String line(int cpu, String what, long records, long bytes, String why) {
        return String.format(Locale.ROOT, "cpu %d: %s %,d records (%,d bytes): %s", cpu, what, records, bytes, why);
    }

    private static String remedy(long cause, BufferStats stats, int subBufferSize, int subBufferCount,
            int headerBytes) {
        if (cause == Result.FULL) {
            return holds(needed(stats.lostBytes(cause), stats, subBufferSize, subBufferCount, headerBytes));
        }
        if (cause == Result.TOO_LARGE) {
            final long records = stats.lostRecords(cause);
            final long size = powerOfTwo(headerBytes + -Math.floorDiv(-stats.lostBytes(cause), records));
            return "; " + (records == 1L ? "-b " + size + " would have held it"
                    : "at least -b " + size + " is needed, the size of the average one");
        }
        return "";
    }

    /** Sub-buffers that would have held these bytes as well; they are as full as those seen. */
    private static long needed(long bytes, BufferStats stats, int subBufferSize, int subBufferCount, int headerBytes) {
        final long delivered = stats.deliveredSubBuffers();
        final long usable = delivered == 0L ? subBufferSize - headerBytes
                : Math.max(1L, stats.deliveredBytes() / delivered);
        return subBufferCount + -Math.floorDiv(-bytes, usable) + 1L;
    }

    /**
     * After the fact: for each buffer and for the channel, which {@code -n} would have held.
     *
     * @param channel the channel
     * @return a line for each buffer, one for the channel, and what was assumed
     */
    public static List<String> sizing(MappedChannel channel) {
        final List<String> lines = new ArrayList<>();
        long most = 2L;
        for (int i = 0; i < channel.bufferCount(); i++) {
            final BufferStats stats = channel.stats(i);
            final long lost = stats.lostBytes() + stats.overwrittenBytes() + stats.skippedBytes();
            final long needed = lost == 0L ? stats.maxBacklog() + 1L
                    : needed(lost, stats, channel.subBufferSize(), channel.subBufferCount(), channel.headerBytes());
            most = Math.max(most, needed);
            lines.add(String.format(Locale.ROOT, "cpu %d: produced %,d, at most %,d of %d in use, lost %,d records "
                    + "(%,d bytes): %,d would have held", i, stats.produced(), stats.maxBacklog(),
                    channel.subBufferCount(), lostRecords(stats), lost, needed));
        }
        lines.add(String.format(Locale.ROOT, "-b %s -n %d would have held (has -n %d)%s",
                Sizes.option(channel.subBufferSize()), powerOfTwo(most), channel.subBufferCount(),
                channel.mode() == Mode.OVERWRITE ? "; overwrite mode: to keep the consumer from being overtaken" : ""));
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
