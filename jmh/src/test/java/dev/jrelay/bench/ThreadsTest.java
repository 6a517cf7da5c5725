// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.jrelay.page.Plot;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The same benchmark with another count of threads is another row, wherever rows are told apart. */
class ThreadsTest {
    private static final Map<String, String> STRIPED = Map.of("selector", "striped");

    /** Each takes as many ns as {@code nanos} says. */
    private static Row row(Class<?> type, String method, int threads, Map<String, String> params, double nanos) {
        return new Row(type.getName(), method, threads, params, "ns/op", Collections.nCopies(3, nanos), nanos, nanos,
                Map.of());
    }

    private static Map<String, String> subject(String name, String size) {
        return Map.of(Row.SUBJECT, name, Row.SIZE, size);
    }

    private static Results results(Row... rows) {
        return new Results(Map.of("date", "2026-11-27T00:00:00Z", "cores", "8", "cpu", "some", "kernel", "Linux", "jdk",
                "25"), List.of(rows), new Limits(), Map.of(), new Limits());
    }

    private static List<Targets.Outcome> outcomes(Results results, String target) {
        return Targets.of(results).stream().filter(outcome -> outcome.target().equals(target)).toList();
    }

    private static <P extends Plot> P plot(Results results, String id, Class<P> type) {
        return type.cast(Report.page(results).plots().stream().filter(plot -> plot.id().equals(id)).findFirst()
                .orElseThrow());
    }

    @Test
    void theRoundsOfARowAreThoseWithItsCountOfThreads(@TempDir Path directory) throws Exception {
        final List<RunResult> rounds = new ArrayList<>();
        for (final int threads : new int[] {1, 2, 1, 2}) {
            rounds.addAll(new Runner(new OptionsBuilder().include("\\.CpuSelection\\.select$")
                    .param("selector", "striped").threads(threads).forks(0).warmupIterations(0)
                    .measurementIterations(1).measurementTime(TimeValue.milliseconds(5))
                    .verbosity(VerboseMode.SILENT).build()).run());
        }
        final Path json = directory.resolve(Results.JMH);
        try (PrintStream out = new PrintStream(new GZIPOutputStream(Files.newOutputStream(json)), false,
                StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(Bench.merge(rounds));
        }
        assertThat(Row.read(json)).allSatisfy(row -> assertThat(row.values()).hasSize(2)).extracting(Row::threads)
                .containsExactly(1, 2);
    }

    @Test
    void aTargetOfOneThreadIsNotMetByMany() {
        final Results results = results(row(CpuSelection.class, "write", 1, STRIPED, 20.0),
                row(CpuSelection.class, "write", 4, STRIPED, 10.0), row(CpuSelection.class, "writer", 1, STRIPED, 8.5),
                row(CpuSelection.class, "writer", 4, STRIPED, 80.0));
        assertThat(outcomes(results, "channel.write, beside its writer and 1.5 ns")).singleElement()
                .extracting(outcome -> outcome.ratio().value()).isEqualTo(2.0);
    }

    @Test
    void eachCountOfThreadsIsJudgedUpToThatOfTheCores() {
        final Results results = results(row(CpuSelection.class, "write", 1, STRIPED, 20.0),
                row(CpuSelection.class, "write", 4, STRIPED, 21.0), row(CpuSelection.class, "write", 8, STRIPED, 30.0),
                row(CpuSelection.class, "write", 16, STRIPED, 60.0),
                row(CpuSelection.class, "select", 4, STRIPED, 1.0));
        assertThat(Targets.of(results)).filteredOn(outcome -> outcome.target().endsWith("threads, beside one"))
                .extracting(Targets.Outcome::target, outcome -> outcome.ratio().value(), Targets.Outcome::met)
                .containsExactly(tuple("channel.write from 4 threads, beside one", 1.05, true),
                        tuple("channel.write from 8 threads, beside one", 1.5, false));
    }

    @Test
    void writersAreComparedWithAsManyOthers() {
        final Map<String, String> own = subject(Relay.EXCLUSIVE, "64");
        final Map<String, String> peer = subject("abq", "64");
        final Results results = results(row(WritersOnOwnBuffers.class, "all", 1, own, 5.0),
                row(WritersOnOwnBuffers.class, "all", 4, own, 10.0),
                row(WritersOnOneBuffer.class, "all", 1, peer, 20.0),
                row(WritersOnOneBuffer.class, "all", 4, peer, 400.0));
        assertThat(Targets.of(results)).filteredOn(outcome -> outcome.target().contains("buffer each"))
                .extracting(Targets.Outcome::target, outcome -> outcome.ratio().value())
                .containsExactly(tuple("4 writers with a buffer each, beside one", 2.0),
                        tuple("4 writers with a buffer each, faster than any peer's on one", 40.0));
    }

    @Test
    void tailsAreComparedAtTheSameLoad() {
        final Results results = new Results(Map.of("cores", "8"), List.of(), new Limits(), Map.of(
                "relay-shared_64_B_1000/s", histogram(100L), "abq_64_B_1000/s", histogram(200L),
                "relay-shared_64_B_1000/s_2_threads", histogram(1000L), "abq_64_B_1000/s_2_threads", histogram(500L)),
                new Limits());
        assertThat(outcomes(results, "p99.99 of a write, beside the best peer"))
                .extracting(outcome -> outcome.ratio().value()).containsExactlyInAnyOrder(0.5, 2.0);
    }

    private static List<Histogram> histogram(long nanos) {
        final Histogram histogram = new Histogram(3);
        histogram.recordValue(nanos);
        return List.of(histogram);
    }

    @Test
    void aTimeTableOfSeveralThreadsHasAnotherName(@TempDir Path directory) throws Exception {
        System.setProperty(Latencies.DIRECTORY, directory.toString());
        try {
            for (final int threads : new int[] {1, 2}) {
                Latencies.save("abq, 64 B, 1000/s", threads, histogram(100L).getFirst());
            }
        } finally {
            System.clearProperty(Latencies.DIRECTORY);
        }
        final Path log = directory.resolve(Results.LATENCIES);
        Latencies.collect(directory, log);
        assertThat(Latencies.load(log)).containsOnlyKeys("abq_64_B_1000/s", "abq_64_B_1000/s_2_threads");
    }

    @Test
    void whatARecordCostsIsWhatItCostsOneThread() {
        final Results results = results(row(SharedWrite.class, "write", 4, subject(Relay.SHARED, "64"), 90.0),
                row(SharedWrite.class, "write", 1, subject(Relay.SHARED, "64"), 12.0),
                row(SharedWrite.class, "write", 1, subject("abq", "64"), 30.0),
                row(SharedWrite.class, "write", 4, subject("abq", "64"), 3.0));
        assertThat(Report.page(results).markdown(Set.of()))
                .contains("A record costs 12.0 ns in a shared one (64 bytes; ").contains(" 30.0)")
                .contains("| relay-shared | 4 | 90.0 |").contains("| abq | 4 | 3.00 |");
        assertThat(plot(results, "cost", Plot.Bars.class).groups()).singleElement().satisfies(group ->
                assertThat(group.bars()).extracting(Plot.Bar::value).containsExactly(12.0, 30.0));
    }

    @Test
    void aFigureOfTheReadmeIsThatOfOneThread(@TempDir Path root) throws Exception {
        final Path folder = Files.createDirectories(root.resolve("results/jmh/run"));
        try (PrintStream out = new PrintStream(new GZIPOutputStream(Files.newOutputStream(folder
                .resolve(Results.JMH))), false, StandardCharsets.UTF_8)) {
            out.print("[" + json(4, "relay-shared", 90.0) + "," + json(1, "relay-shared", 12.0) + ","
                    + json(4, "abq", 3.0) + "," + json(1, "abq", 30.0) + "]");
        }
        assertThat(Readme.filled("<!-- figures cost results/jmh/run -->\n<!-- end -->", root))
                .contains("| 12.0 |  |  | 30.0 (ArrayBlockingQueue) |");
    }

    private static String json(int threads, String subject, double nanos) {
        return "{\"benchmark\":\"dev.jrelay.bench.SharedWrite.write\",\"threads\":" + threads
                + ",\"params\":{\"subject\":\"" + subject + "\",\"size\":\"64\"},\"primaryMetric\":{\"rawData\":[["
                + nanos + "]],\"scoreUnit\":\"ns/op\",\"scorePercentiles\":{\"0.0\":" + nanos + ",\"50.0\":" + nanos
                + "}},\"secondaryMetrics\":{}}";
    }

    @Test
    void twoCountsOfThreadsAreTwoGroupsOfBars() {
        final List<Row> rows = new ArrayList<>();
        for (final int threads : new int[] {1, 4}) {
            for (final String selector : List.of("striped", "cpuId")) {
                rows.add(row(CpuSelection.class, "write", threads, Map.of("selector", selector), 10.0 + threads));
            }
        }
        assertThat(plot(results(rows.toArray(Row[]::new)), "CpuSelection", Plot.Bars.class).groups())
                .allSatisfy(group -> assertThat(group.bars()).hasSize(2)).extracting(Plot.Group::name)
                .containsExactly("1 writer", "4 writers");
    }

    @Test
    void limitsOfTwoThreadsAreNotShownBesideOtherCounts() {
        final Results results = results(row(WritersOnOwnBuffers.class, "all", 1, subject("abq", "64"), 5.0),
                row(WritersOnOwnBuffers.class, "all", 4, subject("abq", "64"), 5.0));
        results.limits().add("own-rings,2,64,4.0");
        assertThat(plot(results, "scaling", Plot.Bars.class).groups()).allSatisfy(group ->
                assertThat(group.bars()).extracting(Plot.Bar::kind).containsOnly(Plot.Kind.PEER));
    }

    @Test
    void linesOverThreadsAreOfOneSizeEach() {
        final List<Row> rows = new ArrayList<>();
        for (final int threads : new int[] {1, 2, 4}) {
            for (final String size : List.of("64", "256")) {
                rows.add(row(WritersOnOneBuffer.class, "all", threads, subject("abq", size), threads));
            }
        }
        assertThat(plot(results(rows.toArray(Row[]::new)), "WritersOnOneBuffer", Plot.Lines.class).series())
                .allSatisfy(series -> assertThat(series.points()).extracting(Plot.Point::x).containsExactly(1.0, 2.0,
                        4.0)).extracting(Plot.Series::name).containsExactly("ArrayBlockingQueue, 64 bytes",
                        "ArrayBlockingQueue, 256 bytes");
    }

    @Test
    void twoMethodsWithTheSameCountOfThreadsAreOnePoint() {
        final Map<String, String> abq = subject("abq", "64");
        final Results results = results(row(WritersOnOneBuffer.class, "two", 2, abq, 2.0),
                row(WritersOnOneBuffer.class, "all", 8, abq, 8.0), row(WritersOnOneBuffer.class, "all", 2, abq, 2.5),
                row(WritersOnOneBuffer.class, "all", 1, abq, 1.0));
        assertThat(plot(results, "scaling", Plot.Lines.class).series()).singleElement().satisfies(series ->
                assertThat(series.points()).extracting(Plot.Point::x, Plot.Point::y).containsExactly(tuple(1.0, 1.0),
                        tuple(2.0, 2.0), tuple(8.0, 8.0)));
    }
}
