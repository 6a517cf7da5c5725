// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    private static final Duration LIMIT_SMALL = Duration.ofMinutes(10);
    private static final Duration LIMIT_LARGE = Duration.ofHours(24);
    /** A run of less than this is mostly the start of its JVM. */
    private static final double QUICK_SECONDS = 4.0;
    private static final String ROW = "%-34s %-34s %,12d %12s %5s %8s  %s%n";

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Option(names = "--config", paramLabel = "NAME", showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Only this configuration; may be repeated.")
    private List<String> configurations = List.of();

    @Option(names = "--mutants", description = "The mutants: faults planted in the model, each of which must be found.")
    private boolean mutants;

    @Option(names = "--large", description = "The large configurations: minutes to hours each.")
    private boolean large;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "2",
            description = "Small configurations at once, or threads of TLC for a large one.")
    private int workers;

    @Option(names = "--memory", paramLabel = "SIZE", defaultValue = "2g",
            description = "Heap of TLC, as in 2g or 512m.")
    private String memory;

    @Option(names = "--list", description = "Lists the configurations and ends.")
    private boolean list;

    private final PrintStream out = System.out;
    private final PrintStream progress = System.err;
    private final boolean terminal = System.console() != null && System.console().isTerminal();

    /** Runs the command. */
    public static void main(String[] arguments) {
        final CommandLine line = new CommandLine(new Check());
        line.setExecutionExceptionHandler((failure, command, result) -> {
            command.getErr().println("relay check: " + failure.getMessage());
            return failure instanceof IllegalArgumentException ? 2 : 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (workers < 1 || workers > 1024) {
            throw new IllegalArgumentException("--workers " + workers + ": must be 1 to 1024");
        }
        if (!memory.matches("[1-9]\\d*[kmgKMG]")) {
            throw new IllegalArgumentException("--memory " + memory + ": must be a size like 512m or 4g");
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
            return all.stream().filter(model -> list || model.isMutant() == mutants
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

    private int run(Path folder, List<Model> models) throws IOException, InterruptedException {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("nothing to check: no such configurations");
        }
        out.printf("%-34s %-34s %12s %12s %5s %8s  %s%n", "configuration", "expected", "states", "generated", "depth",
                "time", "verdict");
        final List<String> failures = new ArrayList<>();
        long states = 0L;
        final long began = System.nanoTime();
        final List<Future<TlcResult>> results = start(folder, models);
        for (int i = 0; i < models.size(); i++) {
            final Model model = models.get(i);
            final TlcResult result = result(results.get(i));
            final String difference = model.compare(result, folder, workers == 1 || isSmall(model)).strip();
            say("");
            out.printf(ROW, model.configuration(), model.expectation(), result.distinct(),
                    String.format("%,d", result.total()), result.depth() == 0 ? "" : result.depth(),
                    String.format(Locale.ROOT, "%.1f s", result.time().toMillis() / 1000.0),
                    difference.isEmpty() ? "ok" : "NOT AS EXPECTED: " + difference);
            if (!difference.isEmpty()) {
                failures.add(model.configuration());
                if (result.exit() == model.exit() && result.exit() == TlcResult.OK) {
                    out.println("  The properties hold; the counts are pinned in the table: has the model changed?");
                } else {
                    explain(result);
                }
            }
            states += result.distinct();
        }
        out.printf("%n%,d configurations, %,d states, %.0f s: %s%n", models.size(), states,
                (System.nanoTime() - began) / 1e9, failures.isEmpty()
                ? "all as expected" : failures.size() + " not as expected: " + String.join(", ", failures));
        return failures.isEmpty() ? 0 : 1;
    }

    private static boolean isSmall(Model model) {
        return model.tier().equals("small");
    }

    /** Small configurations run several at once, each with one thread; others one by one, with several. */
    private List<Future<TlcResult>> start(Path folder, List<Model> models) {
        final boolean small = models.stream().allMatch(Check::isSmall);
        final ExecutorService pool = Executors.newFixedThreadPool(small ? workers : 1,
                Thread.ofPlatform().daemon().factory());
        final List<Future<TlcResult>> results = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            final Model model = models.get(i);
            final String number = i + 1 + "/" + models.size() + " " + model.configuration();
            results.add(pool.submit(() -> check(folder, model, number)));
        }
        pool.shutdown();
        return results;
    }

    private static TlcResult result(Future<TlcResult> run) throws IOException, InterruptedException {
        try {
            return run.get();
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause().getMessage(), failed.getCause());
        }
    }

    private TlcResult check(Path folder, Model model, String number) throws IOException, InterruptedException {
        say(number + " …");
        return start(folder, model).workers(isSmall(model) ? 1 : workers).memory(memory)
                .progress(line -> say(number + ": " + line.replaceFirst("at .*?: ", "")))
                .run(model.module(), folder.resolve(model.configuration() + ".cfg"));
    }

    /** A run of TLC as a row of the table wants it. */
    static Tlc start(Path folder, Model model) {
        final Tlc tlc = new Tlc(folder).timeout(model.tier().equals("large") ? LIMIT_LARGE : LIMIT_SMALL);
        if (model.tier().equals("small") && (model.exit() != TlcResult.OK || model.seconds() < QUICK_SECONDS)) {
            tlc.quick(folder.resolve("tlc.jsa"));
        }
        return model.mode().startsWith("simulate") ? tlc.options(("-" + model.mode()).split(" ")) : tlc;
    }

    /** One line of progress; on a terminal it replaces the one before. */
    private synchronized void say(String line) {
        if (terminal) {
            progress.print("\r\033[K" + line);
        } else if (!line.isEmpty()) {
            progress.println(line);
        }
        progress.flush();
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
