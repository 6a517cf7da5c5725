// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.measure.CountOption;
import dev.jrelay.page.Browser;
import dev.jrelay.page.Page;
import dev.jrelay.page.Plot;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.Failures;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Runs benchmarks and writes what comes out to a directory: {@code jmh.json.gz}, {@code limits.csv} (the C limits),
 * {@code latency.hlog}, {@code environment.txt}; and what that says: {@code index.html}, the page, and
 * {@code README.md}, its tables.
 */
@Command(name = "relay bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures the kernel beside its peers and beside C, and writes a page.",
        footer = {"", "Examples:", "  relay bench                                  everything; takes hours",
            "  relay bench --quick                          the targets, about a quarter of an hour",
            "  relay bench ExclusiveWrite SharedWrite -p size=64",
            "  relay bench CpuSelection.write$ -t 1,2,4,8,16   how channel.write scales, with each selector",
            "  relay bench SharedWrite -p subject=" + Relay.SHARED + " -f 1 -i 10 -r 60s",
            "  relay bench MixedSizes -p storage=memory,heap,files",
            "  relay bench ExclusiveWrite -p subject=" + Group.OVERWRITE + "   peers of a group",
            "  relay bench --page DIR --svg                 the page of a recorded run, and plots as pictures"})
public final class Bench implements Callable<Integer> {
    /** Flags of each measured JVM. */
    static final List<String> JVM_FLAGS = List.of(Measured.PARALLEL, Measured.HEAP, Measured.MAX_HEAP, Measured.NATIVE,
            Measured.AGRONA, Measured.UNSAFE, Measured.CHRONICLE_MAP, Measured.CHRONICLE_REFLECT,
            Measured.CHRONICLE_CLEANER);

    private static final int LIMIT_BATCHES = 3;
    private static final String QUICK_TIME = "300ms";
    private static final List<String> SMOKE = List.of("messages=5000", "size=64", Place.STORAGE + "="
            + String.join(",", Place.ALL));
    private static final String SVG = ".svg";
    private static final int PICTURE_WIDTH = 860;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Benchmarks, regular expressions; default all.")
    private List<String> names = new ArrayList<>();

    @Option(names = {"-l", "--list"}, description = "List the benchmarks, their questions and parameters.")
    private boolean list;

    @Option(names = {"-p", "--param"}, paramLabel = "KEY=A,B", description = "Values of a parameter. Of a "
            + "channel's storage: memory, heap, files; of subject, logger and framework: peers, or a group of them.")
    private List<String> parameters = new ArrayList<>();

    @Option(names = {"-f", "--forks"}, defaultValue = "3", converter = CountOption.Positive.class,
            description = "JVMs for each row (${DEFAULT-VALUE}).")
    private int forks;

    @Option(names = {"-wi", "--warmup"}, defaultValue = "3", converter = CountOption.class,
            description = "Warm-up iterations (${DEFAULT-VALUE}).")
    private int warmups;

    @Option(names = {"-i", "--iterations"}, defaultValue = "5", converter = CountOption.Positive.class,
            description = "Iterations (${DEFAULT-VALUE}).")
    private int iterations;

    @Option(names = {"-r", "--time"}, defaultValue = "500ms", description = "Time of each (${DEFAULT-VALUE}).")
    private String time;

    @Option(names = {"-t", "--threads"}, paramLabel = "N,…", split = ",", converter = CountOption.Positive.class,
            description = "Threads of each benchmark, "
            + "instead of its own: how it scales, as in 1,2,4,8.")
    private List<Integer> threads = List.of();

    @Option(names = {"-o", "--out"}, paramLabel = "DIR", description = "Where to (relay-bench/<date>).")
    private Path directory;

    @Option(names = "--no-limits", description = "Leave out the limits in C.")
    private boolean noLimits;

    @Option(names = "--quick", description = "What the targets need, briefly: about a quarter of an hour.")
    private boolean quick;

    @Option(names = "--page", paramLabel = "DIR", description = "Write the page of a recorded run again; run nothing.")
    private Path recorded;

    @Option(names = "--svg", paramLabel = "PLOT", arity = "0..1", split = ",",
            fallbackValue = Charts.COST + "," + Charts.SCALING, description = "With --page: also write plots as SVG "
            + "files into DIR (${FALLBACK-VALUE}); needs Chromium.")
    private List<String> pictures = List.of();

    @Option(names = "--readme", paramLabel = "FILE", description = "Write the figures of recorded runs into a text of "
            + "the repository, and their pictures beside the runs (needs Chromium); run nothing.")
    private Path readme;

    @Option(names = "--smoke", description = "Run each benchmark once and briefly, in this JVM; writes nothing.")
    private boolean smoke;

    private List<String> arguments = List.of();

    /**
     * Runs the command line.
     *
     * @return the exit code
     */
    public static int run(String... arguments) {
        final Bench bench = new Bench();
        bench.arguments = Arrays.asList(arguments);
        return commandLine(bench).execute(arguments);
    }

    /** Failures are said in a sentence, without the place in this program where they were noticed. */
    private static CommandLine commandLine(Bench bench) {
        return new CommandLine(bench).setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr().println("relay bench: " + Failures.describe(failure));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        if (list) {
            list();
            return 0;
        }
        if (smoke) {
            System.out.println("bench: " + smoke(names).size() + " runs, nothing lost");
            return 0;
        }
        if (readme != null) {
            return fill();
        }
        if (recorded != null) {
            if (!Files.exists(recorded.resolve(Results.JMH))) {
                throw usage("--page " + recorded + ": must be the directory of a run, with " + Results.JMH);
            }
            write(recorded);
            return 0;
        }
        if (!time.matches("[1-9][0-9]{0,8}(ns|us|ms|s|m)")) {
            throw usage("--time " + time + ": must be a number with ns, us, ms, s or m, such as 500ms");
        }
        if (!pictures.isEmpty()) {
            throw usage("--svg: only with --page DIR");
        }
        final Environment environment = Environment.now(arguments);
        final Path out = directory != null ? directory : Path.of("relay-bench",
                DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm").format(LocalDateTime.now()));
        Directories.refuseChannel(out, null);
        Files.createDirectories(out);
        final Path histograms = Files.createTempDirectory("jrelay-latencies");
        try {
            measure(out, histograms);
            environment.finish();
            environment.write(out.resolve(Results.ENVIRONMENT));
            Latencies.collect(histograms, out.resolve(Results.LATENCIES));
            write(out);
        } finally {
            delete(histograms);
        }
        return 0;
    }

    /** In rounds: one JVM for each row in turn, and the limits, so that what disturbs the machine meets all of them. */
    private void measure(Path out, Path histograms) throws IOException, InterruptedException, RunnerException {
        final List<Selection> selections = quick ? Selection.QUICK : List.of(new Selection(names, parameters));
        final List<List<Part>> parts = parts(selections);
        final Collection<RunResult> results = new ArrayList<>();
        Files.deleteIfExists(out.resolve(Results.LIMITS));
        try (Limits.Program limits = noLimits ? null : new Limits.Program()) {
            for (int i = 0; i < selections.size(); i++) {
                for (int round = 1; round <= forks; round++) {
                    System.out.printf("%nbench: part %d of %d, round %d of %d: %s%n", i + 1, selections.size(), round,
                            forks, selections.get(i));
                    if (limits != null) {
                        limits.run(out.resolve(Results.LIMITS), LIMIT_BATCHES);
                    }
                    for (final Part part : parts.get(i)) {
                        results.addAll(run(part, histograms));
                    }
                }
            }
        }
        try (PrintStream json = new PrintStream(new GZIPOutputStream(Files.newOutputStream(out.resolve(Results.JMH))),
                false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, json).writeOut(merge(results));
        }
    }

    private List<List<Part>> parts(List<Selection> selections) {
        try {
            return selections.stream().map(Selection::parts).toList();
        } catch (IllegalArgumentException wrong) {
            throw usage(wrong.getMessage());
        }
    }

    private Collection<RunResult> run(Part part, Path histograms) throws RunnerException {
        if (threads.isEmpty()) {
            return new Runner(options(part, histograms).build()).run();
        }
        final Collection<RunResult> results = new ArrayList<>();
        for (final int count : threads) {
            results.addAll(new Runner(options(part, histograms).threads(count).build()).run());
        }
        return results;
    }

    /** The rounds of each row together: JMH's id is the benchmark and its parameters, without the threads. */
    static List<RunResult> merge(Collection<RunResult> results) {
        final Map<String, List<RunResult>> rows = new LinkedHashMap<>();
        results.forEach(result -> rows.computeIfAbsent(result.getParams().id() + " " + result.getParams().getThreads(),
                row -> new ArrayList<>()).add(result));
        return rows.values().stream().map(row -> new RunResult(row.getFirst().getParams(), row.stream()
                .map(RunResult::getBenchmarkResults).flatMap(Collection::stream).toList())).toList();
    }

    private int fill() throws IOException, InterruptedException {
        final Path root = readme.toAbsolutePath().getParent();
        for (final Readme.Block block : Readme.blocks(Files.readString(readme))) {
            pictures = List.of(block.plot());
            write(root.resolve(block.folder()));
        }
        System.out.println("bench: " + readme + (Readme.fill(readme, root) ? ": changed" : ": as it was"));
        return 0;
    }

    /** Writes the page of a directory. */
    private void write(Path directory) throws IOException, InterruptedException {
        final Page page = Report.page(Results.read(directory));
        final Path file = directory.resolve("index.html");
        page.write(file);
        if (!pictures.isEmpty()) {
            draw(page, file);
        }
        final Set<String> drawn = page.plots().stream().map(Plot::id)
                .filter(id -> Files.exists(directory.resolve(id + SVG))).collect(Collectors.toSet());
        Files.writeString(directory.resolve("README.md"), page.markdown(drawn));
        System.out.println("bench: " + file);
    }

    /** Writes the plots that were asked for beside the page. */
    private void draw(Page page, Path file) throws IOException, InterruptedException {
        final List<String> known = page.plots().stream().map(Plot::id).toList();
        for (final String id : pictures) {
            if (!known.contains(id)) {
                throw usage("--svg " + id + ": must be one of " + String.join(", ", known));
            }
        }
        try (Browser browser = new Browser(Browser.find().orElseThrow(() -> usage("--svg: needs Chromium, and there is "
                + "none on the PATH (on Debian: apt-get install chromium)")))) {
            browser.open(file, PICTURE_WIDTH, false);
            for (final String id : pictures) {
                final Path picture = file.resolveSibling(id + SVG);
                Files.writeString(picture, browser.evaluate("relayPlots.svg('" + id + "', " + PICTURE_WIDTH + ")"));
                System.out.println("bench: " + picture);
            }
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }

    private ChainedOptionsBuilder options(Part part, Path histograms) {
        final List<String> flags = new ArrayList<>(JVM_FLAGS);
        flags.add("-D" + Latencies.DIRECTORY + "=" + histograms);
        final TimeValue iteration = TimeValue.fromString(quick ? QUICK_TIME : time);
        final ChainedOptionsBuilder options = new OptionsBuilder().forks(1)
                .warmupIterations(warmups).measurementIterations(iterations).warmupTime(iteration)
                .measurementTime(iteration).jvmArgsAppend(flags.toArray(String[]::new))
                .shouldFailOnError(true).addProfiler(GCProfiler.class);
        part.into(options);
        return options;
    }

    /**
     * Runs each benchmark once and briefly in this JVM, with messages of 64 bytes where that is not a question of its
     * own, and in each storage. The benchmarks themselves fail when a message is lost.
     *
     * @param names benchmarks; none for all
     * @return their results
     */
    static Collection<RunResult> smoke(List<String> names) throws RunnerException {
        final Collection<RunResult> results = new ArrayList<>();
        for (final Part part : new Selection(names, SMOKE).parts()) {
            final ChainedOptionsBuilder options = new OptionsBuilder().forks(0).warmupIterations(0)
                    .measurementIterations(1).measurementTime(TimeValue.milliseconds(20)).shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT);
            part.into(options);
            results.addAll(new Runner(options.build()).run());
        }
        return results;
    }

    private static void list() {
        final Map<String, Map<String, List<String>>> types = new TreeMap<>();
        Part.benchmarks(List.of()).forEach(benchmark -> types.computeIfAbsent(benchmark.getUserClassQName(),
                type -> new TreeMap<>()).putAll(Part.defaults(benchmark)));
        types.forEach((type, parameters) -> {
            System.out.printf("%-20s %s%n", type.substring(type.lastIndexOf('.') + 1), Report.question(type).value());
            parameters.forEach((name, values) -> System.out.printf("%-20s   %s=%s%n", "", name,
                    String.join(",", values)));
        });
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
