// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.Tally;
import dev.jrelay.watch.ChannelWatch.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code stat -i} shows of counters, on terminals of all sizes. */
class StatTableTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String TITLE = "demo: of the test";

    private final StatTable table = new StatTable(8L, false);

    private static BufferStats stats(long delivered, long backlog, long full, long overwritten) {
        return new BufferStats(10L, 10L - backlog, 5L, new Tally(backlog, 0L, 0L),
                new Tally(3L, delivered, 100L * delivered), 0L, new Tally(1L, overwritten, 0L), Tally.ZERO, Tally.ZERO,
                Map.of(Loss.FULL, new Tally(0L, full, 10L * full)));
    }

    private static Reading reading(long backlog) {
        return new Reading(stats(3_000L, backlog, 70L, 9L), stats(1_000L, 0L, 50L, 9L), 2L * SECOND);
    }

    @Test
    void showsRatesBacklogAndLossByCauseInTheLastIntervalAndSinceTheStart() {
        assertThat(table.screen(TITLE, List.of(reading(3L), reading(0L)), new TerminalSize(24, 93)))
                .containsExactly(TITLE,
                " cpu written/s    bytes/s consumed/s    lost/s         lost   max   backlog",
                "   0      1.0k   100 kB/s       1.0k        10           79     5       3/8 ██████░░░░░░░░░░",
                "   1      1.0k   100 kB/s       1.0k        10           79     5       0/8 ░░░░░░░░░░░░░░░░",
                " all      2.0k   200 kB/s       2.0k        20          158     5      3/16",
                "",
                " last interval    since start  records lost, since",
                "            40            140  the buffer was full",
                "             0             18  overwritten or skipped, not consumed in time");
    }

    @Test
    void aCollectorSaysHowFarItIsBehind() {
        assertThat(ProgressLine.of(new Reading(stats(90_000L, 3L, 70L, 9L), stats(50_000L, 0L, 50L, 9L), SECOND / 2L)))
                .isEqualTo("7 sub-buffers taken, 8 MB/s, 3 waiting, 79 records lost");
    }

    @Test
    void beforeTheFirstIntervalThereAreNoRates() {
        final Reading first = new Reading(stats(3_000L, 8L, 0L, 0L), null, 0L);
        assertThat(table.screen(TITLE, List.of(first), new TerminalSize(24, 80))).containsExactly(TITLE,
                " cpu written/s    bytes/s consumed/s    lost/s         lost   max   backlog",
                "   0         -          -          -         -            0     5       8/8 ████",
                "", "nothing lost");
    }

    @Test
    void aSmallTerminalShowsTheCpusThatLoseOrLagAndIsNeverOverfilled() {
        final List<Reading> many = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            many.add(new Reading(stats(1_000L, i == 40 ? 7L : 0L, 0L, 0L), stats(1_000L, 0L, 0L, 0L), SECOND));
        }
        many.set(50, reading(0L));
        final List<String> lines = table.screen(TITLE, many, new TerminalSize(13, 60));
        assertThat(lines).hasSizeLessThanOrEqualTo(12).allSatisfy(line -> assertThat(line.length()).isLessThan(61))
                .anySatisfy(line -> assertThat(line).startsWith("  40 "))
                .anySatisfy(line -> assertThat(line).startsWith("  50 "))
                .anySatisfy(line -> assertThat(line).contains("cpus with less backlog and loss"));
        for (int rows = 1; rows < 30; rows++) {
            assertThat(table.screen(TITLE, many, new TerminalSize(rows, 20))).hasSizeLessThanOrEqualTo(
                    Math.max(1, rows - 1));
        }
    }

    @Test
    void linesArePlainOneForEachCpu() {
        final List<String> lines =
                new StatTable(8L, true).lines("2026-01-01T00:00:00Z", List.of(reading(3L), reading(0L)));
        assertThat(lines).hasSize(2).allSatisfy(line -> assertThat(line).matches("[ -~]*")
                .endsWith("; the buffer was full: 20 of 70; overwritten or skipped, not consumed in time: 0 of 9"));
        assertThat(StatTable.header().length()).isEqualTo(lines.getFirst().indexOf(';'));
    }

    @Test
    void anOutputWithoutBlocksGetsOthers() {
        assertThat(new StatTable(8L, true).screen(TITLE, List.of(reading(3L)), new TerminalSize(24, 85)).get(2))
                .endsWith("3/8 ###.....");
    }
}
