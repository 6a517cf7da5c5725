// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarFile;
import java.util.zip.ZipException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code relay check}: model-checks the protocol and says what was found. */
@Command(name = "relay check", sortOptions = false, showDefaultValues = true,
        description = "Model-checks the protocol with TLC: runs configurations of the TLA+ model in spec/, compares "
                + "what is found with what is expected, and tells a violation step by step.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:all as expected", "1:something was found that is not expected", "2:bad arguments"})
public final class Check implements Callable<Integer> {
    private static final String ROW = "%7s  %-34s %-34s %,12d %,12d %5s %8s  %s%n";
    private static final String HEADER = "%7s  %-34s %-34s %12s %12s %5s %8s  %s%n";

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "NAME", showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Only this configuration; may be repeated.")
    private List<String> configurations = List.of();

    @Option(names = "--mutants", description = "What the properties are worth, instead of whether they "
            + "hold: faults planted in the model, each of which must be found; weakened modes of memory; traps, which "
            + "must be sprung.")
    private boolean mutants;

    @Option(names = "--large", description = "The large configurations: seconds to hours each.")
    private boolean large;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "2",
            description = "Small configurations at once, or threads of TLC for a large one.")
    private int workers;

    @Option(names = "--memory", paramLabel = "SIZE", defaultValue = "2g",
            description = "Heap of TLC, as in 2g or 512m.")
    private String memory;

    @Option(names = "--tlc", paramLabel = "JAR",
            description = "Another TLC: a jar of the TLA+ tools. It may count other states than the one this command "
                    + "comes with; the command says so.")
    private Path tlc;

    @Option(names = "--list", description = "Lists the configurations and ends.")
    private boolean list;

    private final PrintStream out = System.out;
    private final boolean terminal = System.console() != null && System.console().isTerminal();

    /** Runs the command. */
    public static void main(String[] arguments) {
        System.exit(line().execute(arguments));
    }

    static CommandLine line() {
        final CommandLine line = new CommandLine(new Check());
        line.setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println("relay check: " + failure.getMessage());
            return failure instanceof IllegalArgumentException ? 2 : 1;
        });
        return line;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (workers < 1 || workers > 1024) {
            throw new IllegalArgumentException("--workers " + workers + ": must be 1 to 1024");
        }
        if (!memory.matches("[1-9]\\d*[kmgKMG]")) {
            throw new IllegalArgumentException("--memory " + memory + ": must be a size like 512m or 4g");
        }
        if (tlc != null && !hasTlc(tlc)) {
            throw new IllegalArgumentException(
                    "--tlc " + tlc + ": must be a jar of the TLA+ tools, with tlc2/TLC.class");
        }
        try (ModelFolder folder = ModelFolder.unpack()) {
            final List<Model> chosen = choose(folder.path());
            if (list) {
                chosen.forEach(model -> out.printf("%-34s %-8s %-8s %s%n", model.configuration(), model.tier(),
                        model.kind(), purpose(folder.path(), model)));
                return 0;
            }
            return run(folder.path(), chosen);
        }
    }

    private List<Model> choose(Path folder) throws IOException {
        final List<Model> all = Model.readAll(folder);
        if (configurations.isEmpty()) {
            return all.stream().filter(model -> list || model.isProbe() == mutants
                    && model.tier().equals(large ? "large" : "small")).toList();
        }
        final List<Model> chosen = new ArrayList<>();
        for (final String name : configurations) {
            chosen.add(all.stream().filter(model -> model.configuration().equals(name)).findFirst().orElseThrow(
                    () -> new IllegalArgumentException("no configuration '" + name
                            + "'; relay check --list names them")));
        }
        return chosen;
    }

    private static boolean hasTlc(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.getEntry("tlc2/TLC.class") != null;
        } catch (ZipException notJar) {
            return false;
        }
    }

    private int run(Path folder, List<Model> models) throws IOException, InterruptedException {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("nothing to check: no such configurations");
        }
        final Path jar = tlc == null ? Tlc.jarOf("tlc2.TLC") : tlc.toAbsolutePath();
        out.printf(HEADER, "done", "configuration", "expected", "states", "generated", "depth", "time", "verdict");
        final long began = System.nanoTime();
        final Outcome outcome = new Outcome();
        try (ModelRuns runs = new ModelRuns(folder, jar, memory, workers);
                StatusLine status = new StatusLine(System.err, terminal, models.size(), System::nanoTime)) {
            for (final Future<?> run : start(runs, folder, models, status, outcome)) {
                await(run);
            }
        }
        out.printf("%n%,d configurations, %,d states, %.0f s, %s: %s%n", models.size(), outcome.states,
                (System.nanoTime() - began) / 1e9, outcome.version, outcome.failures.isEmpty() ? "all as expected"
                : outcome.failures.size() + " not as expected: " + String.join(", ", outcome.failures));
        if (configurations.isEmpty()) {
            out.println(KnownFault.report(folder, jar, memory));
        }
        return outcome.failures.isEmpty() ? 0 : 1;
    }

    /** What was found so far; changed while {@link StatusLine#ended} reports, by one thread at a time. */
    private static final class Outcome {
        private final List<String> failures = new ArrayList<>();
        private long states;
        private String version = "";
    }

    /** Small configurations run several at once, each with one thread; others one by one, with several. */
    private List<Future<?>> start(ModelRuns runs, Path folder, List<Model> models, StatusLine status,
            Outcome outcome) {
        final ExecutorService pool = Executors.newFixedThreadPool(
                models.stream().anyMatch(Model::isLarge) ? 1 : workers, Thread.ofPlatform().daemon().factory());
        final List<Future<?>> started = new ArrayList<>();
        for (final Model model : models.stream().sorted(Model.LONGEST_FIRST).toList()) {
            started.add(pool.submit(() -> {
                check(runs, folder, model, status, outcome);
                return null;
            }));
        }
        pool.shutdown();
        return started;
    }

    private static void await(Future<?> run) throws IOException, InterruptedException {
        try {
            run.get();
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed.getCause());
        }
    }

    private void check(ModelRuns runs, Path folder, Model model, StatusLine status, Outcome outcome)
            throws IOException, InterruptedException {
        final String name = model.configuration();
        status.started(name);
        final TlcResult result = runs.run(model, line -> {
            if (terminal || model.isLarge()) {
                status.note(name, line.replaceFirst("at .*?: ", ""));
            }
        });
        final String difference = model.compare(result, folder, workers == 1 || !model.isLarge()).strip();
        status.ended(name, () -> {
            report(model, result, difference, status.position());
            if (!difference.isEmpty()) {
                outcome.failures.add(name);
            }
            outcome.states += result.distinct();
            outcome.version = result.version();
        });
    }

    private void report(Model model, TlcResult result, String difference, String position) {
        out.printf(ROW, position, model.configuration(), model.expectation(), result.distinct(), result.total(),
                result.depth() == 0 ? "" : result.depth(),
                String.format(Locale.ROOT, "%.1f s", result.time().toMillis() / 1000.0),
                difference.isEmpty() ? "ok" : "NOT AS EXPECTED: " + difference);
        if (!difference.isEmpty()) {
            if (result.exit() == model.exit() && result.exit() == TlcResult.OK) {
                out.println("  The properties hold; the counts are pinned in the table: has the model changed?");
            } else {
                explain(result);
            }
        }
    }

    private void explain(TlcResult result) {
        Story.of(result).forEach(line -> out.println("  " + line));
        if (result.output().contains("OutOfMemory") || result.output().contains("ran out of memory")
                || result.output().contains("Too small") || result.output().contains("Could not reserve")) {
            out.println("  TLC has too little memory: try a larger --memory");
        } else if (result.trace().isEmpty()) {
            result.errors().lines().limit(20).forEach(line -> out.println("  " + line));
            if (result.errors().isEmpty()) {
                result.output().lines().filter(line -> !line.startsWith("@!@!@")).limit(20)
                        .forEach(line -> out.println("  " + line));
            }
        }
    }

    /** The comment at the top of the configuration. */
    private static String purpose(Path folder, Model model) {
        try {
            return Files.readAllLines(folder.resolve(model.configuration() + ".cfg")).stream().findFirst()
                    .filter(line -> line.startsWith("\\*")).map(line -> line.substring(2).strip()).orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
