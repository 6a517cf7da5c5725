// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;
import dev.jrelay.watch.ChannelWatch;
import dev.jrelay.watch.ChannelWatch.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What {@code relay stat -i} shows at each look: rates, backlog and losses, as a screen for a terminal or as one line
 * for each CPU. Text only; {@link Screen} puts it in place.
 */
final class StatTable {
    private static final String OVERWRITTEN = "overwritten or skipped, not consumed in time";
    private static final String COLUMNS = "%4s %9s %10s %10s %9s %12s %5s %9s";
    private static final int COLUMNS_WIDTH = 75;
    private static final int MIN_BAR = 4;
    private static final int MAX_BAR = 40;
    /** Lines of a screen behind those of CPUs and before those of causes: how many are not shown, the sum, a blank. */
    private static final int OTHER_LINES = 3;

    private final long subBufferCount;
    private final String full;
    private final String empty;

    /**
     * Prepares it.
     *
     * @param subBufferCount of each buffer
     * @param plainBars bars of ASCII, for an output that cannot show others
     */
    StatTable(long subBufferCount, boolean plainBars) {
        this.subBufferCount = subBufferCount;
        this.full = plainBars ? "#" : "█";
        this.empty = plainBars ? "." : "░";
    }

    /** The lines of a screen, as many and as long as fit. */
    List<String> screen(String title, List<Reading> readings, TerminalSize size) {
        final Reading sum = ChannelWatch.sum(readings);
        final List<String> causes = causes(sum);
        final int bar = Math.clamp(size.columns() - COLUMNS_WIDTH - 2L, MIN_BAR, MAX_BAR);
        final List<String> lines = new ArrayList<>(title.lines().toList());
        lines.add(columns("cpu", "written/s", "bytes/s", "consumed/s", "lost/s", "lost", "max", "backlog"));
        final List<Integer> shown = shown(readings, size.rows() - 1 - lines.size() - OTHER_LINES - causes.size());
        for (final int cpu : shown) {
            lines.add(row(Integer.toString(cpu), readings.get(cpu), 1) + " " + bar(readings.get(cpu), bar));
        }
        if (shown.size() < readings.size()) {
            lines.add("     and " + (readings.size() - shown.size()) + " cpus with less backlog and loss");
        }
        if (readings.size() > 1) {
            lines.add(row("all", sum, readings.size()));
        }
        lines.add("");
        lines.addAll(causes);
        return lines.stream().limit(Math.max(1, size.rows() - 1L)).map(line -> cut(line, size.columns())).toList();
    }

    private static String cut(String line, int columns) {
        return line.length() <= columns ? line : line.substring(0, columns);
    }

    /** The CPUs that there is room for: those that lose, then those with the largest backlog; in their order. */
    private static List<Integer> shown(List<Reading> readings, int room) {
        return IntStream.range(0, readings.size()).boxed()
                .sorted(Comparator.<Integer>comparingLong(cpu -> -readings.get(cpu).lost().records())
                        .thenComparingLong(cpu -> -readings.get(cpu).stats().backlog()))
                .limit(Math.max(1L, room)).sorted().toList();
    }

    private static List<String> causes(Reading sum) {
        final List<String> lines = new ArrayList<>();
        final BufferStats stats = sum.stats();
        for (final Loss cause : Loss.values()) {
            if (stats.lost(cause).records() > 0L) {
                lines.add(cause(sum.lost(cause), stats.lost(cause), cause.words()));
            }
        }
        final Tally overwritten = LossAdvice.overwritten(stats);
        if (overwritten.records() > 0L) {
            lines.add(cause(sum.overwritten(), overwritten, OVERWRITTEN));
        }
        lines.addFirst(lines.isEmpty() ? "nothing lost" : String.format(Locale.ROOT, "%14s %14s  records lost, since",
                "last interval", "since start"));
        return lines;
    }

    private static String cause(Tally recent, Tally all, String words) {
        return String.format(Locale.ROOT, "%14s %14s  %s", Sizes.count(recent.records()), Sizes.count(all.records()),
                words);
    }

    private String bar(Reading reading, int width) {
        final long filled = Math.clamp(-Math.floorDiv(-reading.stats().backlog() * width, subBufferCount), 0L, width);
        return full.repeat((int) filled) + empty.repeat(width - (int) filled);
    }

    private String row(String name, Reading reading, int buffers) {
        final BufferStats stats = reading.stats();
        final boolean known = reading.hasRates();
        return columns(name, rate(reading, reading.written().records()),
                known ? Rates.bytes(reading.perSecond(reading.written().bytes())) : "-",
                rate(reading, reading.consumed().records()),
                rate(reading, reading.lost().records()), Sizes.count(LossAdvice.lost(stats).records()),
                Long.toString(stats.maxBacklog()), stats.backlog() + "/" + buffers * subBufferCount);
    }

    private static String rate(Reading reading, long count) {
        return reading.hasRates() ? Rates.events(reading.perSecond(count)) : "-";
    }

    private static String columns(Object... cells) {
        return String.format(Locale.ROOT, COLUMNS, cells);
    }

    /** The names of what {@link #lines} shows. */
    static String header() {
        return String.format(Locale.ROOT, "%-24s ", "time") + columns("cpu", "written/s", "bytes/s", "consumed/s",
                "lost/s", "lost", "max", "backlog");
    }

    /** A line for each CPU, with its losses by cause behind it: in the last interval, and since the start. */
    List<String> lines(String time, List<Reading> readings) {
        final List<String> lines = new ArrayList<>();
        for (int cpu = 0; cpu < readings.size(); cpu++) {
            final Reading reading = readings.get(cpu);
            final StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-24s ", time))
                    .append(row(Integer.toString(cpu), reading, 1));
            for (final Loss cause : Loss.values()) {
                append(line, reading.lost(cause), reading.stats().lost(cause), cause.words());
            }
            append(line, reading.overwritten(), LossAdvice.overwritten(reading.stats()), OVERWRITTEN);
            lines.add(line.toString());
        }
        return lines;
    }

    private static void append(StringBuilder line, Tally recent, Tally all, String words) {
        if (all.records() > 0L) {
            line.append("; ").append(words).append(": ").append(Sizes.count(recent.records())).append(" of ")
                    .append(Sizes.count(all.records()));
        }
    }
}
