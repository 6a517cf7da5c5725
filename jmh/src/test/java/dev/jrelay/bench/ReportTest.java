// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.page.Plot;
import dev.jrelay.page.Reader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The page of a recorded run, with latencies and sizes that the recorded one lacks. */
class ReportTest {
    private static final List<String> RUNS = Peers.in(Group.STREAM).stream().map(Peer::name).toList();

    private static Results recorded() throws Exception {
        return Results.read(Path.of(ReportTest.class.getResource(Results.JMH).toURI()).getParent());
    }

    /** The recorded run and what it lacks: switches over sub-buffer sizes, latencies, another count of writers. */
    private static Results full() throws Exception {
        return full("4");
    }

    private static Results full(String cores) throws Exception {
        final Results recorded = recorded();
        final List<Row> rows = new ArrayList<>(recorded.rows());
        for (int size = 4096; size <= 4 << 20; size *= 4) {
            rows.add(row(SwitchCost.class, "write", 1, Map.of("subBufferSize", Integer.toString(size)),
                    10.0 + 2e6 / size));
        }
        for (final String subject : List.of("relay-shared", "agrona-mto1", "abq")) {
            rows.add(row(WritersOnOneBuffer.class, "all", 16, Map.of(Row.SIZE, "64", Row.SUBJECT, subject), 900.0));
        }
        final Map<String, List<Histogram>> latencies = new TreeMap<>();
        final SplittableRandom random = new SplittableRandom(7L);
        for (final String run : RUNS) {
            latencies.put(run + "_64_B_1000000/s", IntStream.range(0, 3).mapToObj(jvm -> {
                final Histogram histogram = new Histogram(3);
                for (int i = 0; i < 200_000; i++) {
                    histogram.recordValue((long) (60.0 * Math.pow(1.0 - random.nextDouble(), -0.9)));
                }
                return histogram;
            }).toList());
        }
        final Map<String, String> environment = new LinkedHashMap<>(Map.of("date", "2026-11-24T18:56:39Z", "cores",
                cores,
                "cpu", "some processor", "kernel", "Linux", "jdk", "25", "quiet", "yes", "command", "bench --quick",
                "jvm flags", String.join(" ", Bench.JVM_FLAGS)));
        return new Results(environment, rows, recorded.limits(), latencies, recorded.lttng());
    }

    private static Row row(Class<?> type, String method, int threads, Map<String, String> params, double nanos) {
        final List<Double> values = IntStream.range(0, 15).mapToObj(i -> nanos * (0.9 + 0.02 * i)).toList();
        return new Row(type.getName(), method, threads, params, "ns/op", values, Sample.median(values),
                values.getFirst(), Map.of());
    }

    private static <P extends Plot> P plot(Results results, String id, Class<P> type) {
        return type.cast(Report.page(results).plots().stream().filter(plot -> plot.id().equals(id)).findFirst()
                .orElseThrow());
    }

    @Test
    void thePageIsReadable() throws Exception {
        Reader.assertReadable("bench", Report.page(full()));
    }

    @Test
    void theAnswerComesFirst() throws Exception {
        final Row own = recorded().rows().stream().filter(row -> row.subject().equals("relay-exclusive")).findFirst()
                .orElseThrow();
        assertThat(Report.page(recorded()).markdown(Set.of())).startsWith("# jrelay benchmarks\n\nA record costs "
                + String.format(Locale.ROOT, "%.1f", own.median()) + " ns in a buffer with one writer (64 bytes; ")
                .containsPattern("JCTools [0-9.]+, C [0-9.]+\\) and ")
                .containsPattern("\\d+ of \\d+ targets are met");
    }

    @Test
    void theQuickestComesFirstAndIntervalsAreThoseOfTheMedian() throws Exception {
        final Plot.Bars cost = plot(recorded(), "cost", Plot.Bars.class);
        assertThat(cost.groups()).hasSize(2).allSatisfy(group -> {
            assertThat(group.bars()).isSortedAccordingTo(Comparator.comparingDouble(Plot.Bar::value));
            assertThat(group.bars()).extracting(Plot.Bar::kind).contains(Plot.Kind.values());
        });
        recorded().rows().forEach(row -> {
            final Sample.Interval interval = row.interval();
            assertThat(interval.low()).isBetween(row.min(), row.median());
            assertThat(interval.high()).isGreaterThanOrEqualTo(row.median());
        });
    }

    @Test
    void twoCountsOfWritersAreBarsAndMoreAreLines() throws Exception {
        assertThat(plot(recorded(), "scaling", Plot.Bars.class).groups()).extracting(Plot.Group::name)
                .containsExactly("1 writer", "2 writers, a buffer each", "2 writers on one buffer");
        assertThat(plot(full(), "scaling", Plot.Lines.class).series()).anySatisfy(series -> {
            assertThat(series.name()).isEqualTo("Agrona many-to-one, one buffer");
            assertThat(series.points()).extracting(Plot.Point::x).containsExactly(2.0, 16.0);
        });
    }

    @Test
    void percentilesEndWhereTooFewValuesAreBeyond() throws Exception {
        assertThat(plot(full(), "latency", Plot.Lines.class).series()).hasSize(RUNS.size())
                .allSatisfy(series -> assertThat(series.points().getLast().x()).isEqualTo(4.0));
    }

    @Test
    void aBenchmarkWithManyCountsOfThreadsHasALineForEachSelector() {
        final List<Row> rows = new ArrayList<>();
        for (final int threads : new int[] {1, 2, 4}) {
            for (final String selector : List.of("striped", "cpuId")) {
                rows.add(row(CpuSelection.class, "write", threads, Map.of("selector", selector), 10.0 + threads));
            }
        }
        final Results results = new Results(Map.of(), rows, new Limits(), Map.of(), new Limits());
        assertThat(plot(results, "CpuSelection", Plot.Lines.class).series()).hasSize(2).allSatisfy(series ->
                assertThat(series.points()).extracting(Plot.Point::x).containsExactly(1.0, 2.0, 4.0));
        assertThat(Report.page(results).markdown(Set.of())).contains("| method | threads | selector | median |")
                .contains("| write | 4 | cpuId | 14.");
    }

    @Test
    void percentilesThatAreTheSchedulersAreLeftOutAndItIsSaid() throws Exception {
        final Results crowded = full("2");
        assertThat(plot(crowded, "latency", Plot.Lines.class).series())
                .allSatisfy(series -> assertThat(series.points().getLast().x()).isEqualTo(2.0));
        assertThat(Report.page(crowded).markdown(Set.of())).contains("99.99 % are left out; they need a third CPU")
                .contains("| run | 50 % | 90 % | 99 % |\n");
        assertThat(Targets.of(crowded)).noneMatch(outcome -> outcome.target().startsWith("p99.99"));
        assertThat(Targets.of(full())).anyMatch(outcome -> outcome.target().startsWith("p99.99"));
    }

    @Test
    void aRunWithoutAJmhFileIsRefused(@TempDir Path folder) {
        assertThat(Bench.run("--page", folder.toString())).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(Bench.run("--svg")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void picturesStandAlone(@TempDir Path folder) throws Exception {
        Reader.browser();
        Files.copy(Path.of(ReportTest.class.getResource(Results.JMH).toURI()), folder.resolve(Results.JMH));
        assertThat(Bench.run("--page", folder.toString(), "--svg", "nonsense")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(Bench.run("--page", folder.toString(), "--svg")).isZero();
        for (final String name : List.of("cost.svg", "scaling.svg")) {
            assertThat(folder.resolve(name)).content().startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                    .contains("prefers-color-scheme: dark", "jrelay shared", "time for a record").endsWith("</svg>\n");
        }
        assertThat(folder.resolve("README.md")).content().contains("](cost.svg)", "](scaling.svg)");
    }

    @Test
    void aRunOfNothingThatIsJudgedHasAPage() throws IOException {
        final Results results = new Results(Map.of(), List.of(row(WakeUp.class, "deliver", 1,
                Map.of("consumer", "none"), 80.0)), new Limits(), Map.of(), new Limits());
        assertThat(Report.page(results).html()).contains("1 rows were measured");
    }
}
