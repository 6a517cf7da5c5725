// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import dev.jrelay.page.Plot;
import dev.jrelay.page.Reader;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line, its errors, and the files that it writes. */
class SizeCommandTest {
    @TempDir
    private Path folder;

    private static final Search.Effort EFFORT = new Search.Effort(2, 2e4, 2);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        final CommandLine line = SizeCommand.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"--sizes fixed:0; 0 bytes: must be 1 to", "--sizes uniform:9-3; FROM-TO",
        "--sizes lognormal:100,9; SIGMA above 0, at most 4", "--sizes mix:64; BYTES@SHARE",
        "--sizes nonsense; must be fixed:64",
        "--rate 0; must be 1 to 1G", "--rate x; such as 1000, 50k", "--burst 5; MESSAGES@TIME",
        "--stall 800ms/1s; at most half", "--stall pareto:5ms/1s; SHAPE above 1", "--loss 100%; share from 0",
        "--memory 4k; bytes or more for each", "--buffers 5000; must be 0 to 4096", "--header 2M; must be 0 to 1M",
        "--consumer 0; above 0", "--latency soon; such as 500us", "--from /does/not/exist; must be a file",
        "--quick --thorough; only one of them",
        "--delay 1us; must be none, or 1ms to 1h", "--speed 2; only with --from"})
    void badArgumentsAreNamedAndNothingIsWritten(String arguments, String message) throws IOException {
        final Path target = folder.resolve("out");
        assertThat(run((arguments + " -o " + target).split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains("relay size: ").contains(message);
        assertThat(target).doesNotExist();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {"--hosts 0; '0': must be a number from 1 to 1000000",
        "--hosts x; 'x': must be a number from 1", "--buffers -1; '-1': must be a number from 0 to 1000000"})
    void wrongCountsAreNamed(String arguments, String message) {
        assertThat(run((arguments + " -o " + folder.resolve("out")).split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    /** Before anything is measured, and in a sentence. */
    @Test
    void whereNothingCanBeWrittenIsSaidAtOnce() {
        assertThat(run("-o", "/proc/none/out")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("relay size: /proc/none: no such file or directory\n");
    }

    @Test
    void aFolderOfSomebodyElseIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("precious.txt"), "precious");
        assertThat(run("-o", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("not from an earlier run");
        assertThat(folder.resolve("precious.txt")).exists();
    }

    @Test
    void theCountersOfAChannelGiveAdvice() throws IOException {
        final Path directory = Files.createDirectory(folder.resolve("channel"));
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).subBufferSize(4096)
                .subBufferCount(2).storage(Storage.files(directory)).keep(true).build())) {
            for (int i = 0; i < 400; i++) {
                channel.write(new byte[64], 0, 64);
            }
        }
        // 128 of 400 records fit; the others are 272 * 64 bytes, 4.25 sub-buffers more.
        assertThat(run("--from", directory.toString())).isZero();
        assertThat(out.toString()).contains("lost 272 records (17,408 bytes): 8 would have held")
                .contains("-b 4k -n 8 would have held (has -n 2)");
    }

    /** A load with stalls and two lengths of messages, simulated where a trial would be. */
    private static Result result() throws IOException {
        final Load load = SimulatorTest.load("mix:64@.9,1500@.1", 1e5, 5e8, "10ms/100ms", 0.0);
        final Machine machine = new Machine(10.0, 500.0, 1e4, 2e9, 250.0, 0.0, List.of(
                new Machine.Point(16_384, 12.0, 0.5), new Machine.Point(65_536, 10.0, 0.1)), SimulatorTest.SHARING);
        final Search.Effort effort = new Search.Effort(2, 5e4, 4);
        final List<Search.Candidate> candidates = new Search(load, machine, effort, 1L, step -> { }).run();
        final Outcome trial = Simulator.run(load, candidates.getFirst().size(), candidates.getFirst().count(), 9L, 1.0);
        final List<HostView.Row> host = HostView.of(2, 2, count -> load, machine, effort, 1L, step -> { });
        return new Result(load, 2, machine, candidates, Double.NaN, host, 3, 0L, null, 0.0, trial, 1.0, 0.0, null);
    }

    private static List<Plot> plots(Result result) {
        return new Plots(result, new Search.Effort(2, 2e4, 2), 1L).all();
    }

    @Test
    void theReportHoldsTheRecommendationInEveryForm() throws IOException {
        final Result result = result();
        final List<Plot> plots = plots(result);
        new SizeReport(result).write(folder, plots);
        final String options = result.best().toString();
        assertThat(result.line()).startsWith(options);
        assertThat(Files.readString(folder.resolve("index.html"))).contains("Use <code>" + options + "</code>: ",
                "Which stall");
        assertThat(plots).extracting(Plot::id).containsExactly("memory", "heat", "stalls", "cost", "latency");
        final Map<String, Object> recommended = child(JSON.std.mapFrom(folder.resolve("size.json").toFile()),
                "recommended");
        assertThat(recommended).containsEntry("subBufferCount", result.best().count());
        assertThat(((Number) recommended.get("subBufferSize")).longValue()).isEqualTo(result.best().size());
        assertThat(Files.readAllLines(folder.resolve("candidates.csv"))).hasSize(1 + result.candidates().size());
    }

    @Test
    void theChosenCellIsFramed() throws IOException {
        final Result result = result();
        final Plot.HeatMap heat = (Plot.HeatMap) plots(result).get(1);
        assertThat(heat.columns().get(heat.chosenColumn())).isEqualTo(Integer.toString(result.best().count()));
        assertThat(heat.rows().get(heat.chosenRow())).isEqualTo(Sizes.text(result.best().size()));
    }

    @Test
    void thePageIsReadable() throws IOException, InterruptedException {
        final Result result = result();
        Reader.assertReadable("size", new SizeReport(result).page(plots(result)));
    }

    @SuppressWarnings("unchecked") // an object in JSON
    private static Map<String, Object> child(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.get(name);
    }

    @Test
    void aRunThatIsCutShortSaysSo() throws IOException {
        final Load load = SimulatorTest.load("fixed:64", 1e5, 5e8, "none", 0.0);
        final Result result = new Result(load, 1, null, null, Double.NaN, null, 1, 0L, null, 0.0, null, 0.0, 0.0,
                "interrupted while calibrating");
        new SizeReport(result).write(folder, List.of());
        assertThat(Files.readString(folder.resolve("index.html"))).contains("interrupted while calibrating");
        assertThat(Files.readString(folder.resolve("size.json"))).contains("interrupted while calibrating");
    }

    @Test
    void aConsumerThatIsTooSlowForEverIsRefused() throws IOException {
        assertThat(SimulatorTest.load("fixed:100", 1e6, 9e7, "none", 0.0).impossible())
                .contains("takes 90.0 MB/s").contains("write 100.0 MB/s");
        assertThat(SimulatorTest.load("fixed:100", 1e6, 1.1e8, "none", 0.0).impossible()).isNull();
        assertThat(SimulatorTest.load("fixed:100", 1e6, 1.1e8, "200ms/1s", 0.0).impossible()).isNotNull();
    }

    @Test
    void aBudgetThatIsTooSmallIsRefused() throws IOException {
        final Load small = new Load(new ModelTraffic(MessageSizes.parse("fixed:64"), 1e6), 1e9,
                Stalls.parse("400ms/1s"), 0, 0.0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Long.MAX_VALUE,
                1L << 20);
        final Machine machine = new Machine(10.0, 500.0, 1e4, 2e9, 250.0, 0.0, List.of(), SimulatorTest.SHARING);
        assertThatIllegalArgumentException().isThrownBy(() -> new Search(small, machine,
                new Search.Effort(2, 1e5, 2), 1L, step -> { }).run()).withMessageContaining("the formula asks for");
    }

    @Test
    void linesOfAFileAreMessages() throws IOException {
        final Path file = folder.resolve("log");
        Files.writeString(file, "123456789\n".repeat(3) + "123456789012345678901234567\n" + "end");
        final MessageSizes lengths = MessageSizes.lines(file);
        assertThat(lengths.mean()).isCloseTo((3 * 10 + 28 + 3) / 5.0, within(0.01));
        assertThat(lengths.max()).isEqualTo(28);
        Files.writeString(file, "");
        assertThatThrownBy(() -> MessageSizes.lines(file)).hasMessageContaining("no lines");
    }

    @Test
    void aHistogramIsRead() throws IOException {
        final Path file = folder.resolve("hist.csv");
        Files.writeString(file, "# bytes,count\n64,900\n1500,100\n");
        assertThat(MessageSizes.parse("hist:" + file).mean()).isCloseTo(207.6, within(0.1));
        Files.writeString(file, "64;900\n");
        assertThatThrownBy(() -> MessageSizes.parse("hist:" + file)).hasMessageContaining("must be 'bytes,count'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20ms/1s", "exp:20ms/1s", "pareto:5ms,1.5/1s"})
    void theDesignStallIsExceededByOneInAThousand(String text) {
        final Stalls stalls = Stalls.parse(text);
        final java.util.SplittableRandom random = new java.util.SplittableRandom(5L);
        int longer = 0;
        for (int i = 0; i < 200_000; i++) {
            longer += stalls.sample(random) > stalls.design() ? 1 : 0;
        }
        assertThat(longer).isLessThan(260);
    }

    @Test
    void theShippedWorkloadsAreThirtyAndPossible() throws IOException {
        int count = 0;
        try (var in = SizeCommand.class.getResourceAsStream("workloads.csv")) {
            for (final String line : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#")).toList()) {
                assertThat(Validation.load(line.split(";"), folder).impossible()).as(line).isNull();
                count++;
            }
        }
        assertThat(count).isGreaterThanOrEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"boot", "class-loading", "compile-syscalls", "gc", "http", "maven", "jit"})
    void whatIsRecommendedForARecordedLoadIsCloseToTheLeast(String name) throws Exception {
        final Path results = Path.of("..", "results", "size");
        final String line = Files.readAllLines(results.resolve("recorded.csv")).stream()
                .filter(each -> each.startsWith(name + ';')).findFirst().orElseThrow();
        final Machine machine = new Machine(10.0, 30.0, 1e4, 2e9, 250.0, 1e6, List.of(), SimulatorTest.SHARING);
        final Validation validation = new Validation(() -> machine, new Search.Effort(4, 1e5, 4), 1.0, 1L, step -> { },
                () -> false);
        assertThat(validation.recommend(name, Validation.load(line.split(";"), results)).ratio()).isBetween(0.8, 1.25);
    }

    @Test
    void aValidationSaysWhatHeldAndGoesOnWhereItWas() throws Exception {
        final Machine machine = new Machine(10.0, 200.0, 1e4, 2e9, 250.0, 0.0, List.of(), SimulatorTest.SHARING);
        final List<String> lines = List.of("# name", "one;fixed:64;20k;none;200M;10ms/100ms;0",
                "two;from:two.txt;x10;none;200M;10ms/100ms;0");
        Files.writeString(folder.resolve("two.txt"), IntStream.range(0, 1000).mapToObj(i -> i / 50 * 10 + "ms 64\n")
                .collect(Collectors.joining()));
        final boolean[] isOver = {true};
        final Validation first = new Validation(() -> machine, EFFORT, 0.3, 1L, step -> { }, () -> isOver[0]);
        first.run(lines, folder, folder);
        assertThat(first.verdict()).contains("in 0 of 0 workloads; ").endsWith("in 2 of 2");
        isOver[0] = false;
        final Validation second = new Validation(() -> {
            throw new AssertionError("measures again");
        }, EFFORT, 0.3, 1L, step -> { }, () -> isOver[0]);
        second.run(lines, folder, folder);
        assertThat(second.verdict()).contains("of 2 workloads; ");
        assertThat(Files.readAllLines(folder.resolve("validation.csv"))).hasSize(3).last().asString()
                .startsWith("two,");
        assertThatIllegalArgumentException().isThrownBy(() -> second.run(List.of("a;b"), folder, folder))
                .withMessageContaining("7 columns");
    }
}
