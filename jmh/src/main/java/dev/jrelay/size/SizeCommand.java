// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.ChannelFiles;
import dev.jrelay.MappedChannel;
import dev.jrelay.measure.CountOption;
import dev.jrelay.relayapp.Failures;
import dev.jrelay.relayapp.LossAdvice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code relay size}. */
@Command(name = "relay size", sortOptions = false, showDefaultValues = true,
        description = "Says which sub-buffer size (-b) and count (-n) a load needs: measures this machine, bounds the "
                + "answer by formulas, simulates the cheapest candidates and runs the winner on a real channel.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the recommendation held on the real channel", "1:it did not, or the run was cut short",
            "2:bad arguments, or a load that no buffer can bear"},
        footer = {"", "Examples:", "  relay size", "  relay size --sizes lognormal:120,0.8 --rate 2M --stall 50ms/1s",
            "  relay size --from trace --speed 10 --loss 0.01%%   ten times what was recorded",
            "  relay size --from DIR          what would have held, from the counters of a channel"})
public final class SizeCommand implements Callable<Integer> {
    private static final long INTERRUPTED_WAIT = 20L;
    /** Bytes/s of a consumer that is not measured yet. */
    private static final double UNKNOWN = 1e12;
    /** The mean length of messages that a machine is measured with for many workloads, bytes. */
    private static final int VALIDATED = 64;
    /** Of a quick run; and for what is drawn, which is a hundred configurations or more. */
    private static final Search.Effort BRIEF = new Search.Effort(4, 5e5, 5);

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Mixin
    private LoadOptions options;

    @Option(names = "--hosts", paramLabel = "N", defaultValue = "1", converter = CountOption.Positive.class,
            description = "Hosts like this one, for the memory of all of them.")
    private int hosts;

    @Option(names = "--quick", description = "Some 20 seconds, less certain.")
    private boolean quick;

    @Option(names = "--thorough", description = "Some minutes.")
    private boolean thorough;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the random numbers.")
    private long seed;

    @Option(names = {"-o", "--out"}, paramLabel = "DIR", defaultValue = "relay-size",
            description = "Where the page and the numbers go; must not exist or be from an earlier run.")
    private Path directory;

    @Option(names = "--json", description = "Print the numbers as JSON instead of text.")
    private boolean json;

    @Option(names = "--validate", paramLabel = "FILE", arity = "0..1", fallbackValue = "",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Validate on a table of workloads instead; without FILE on the one that comes with this.")
    private String validate;

    private volatile boolean cancelled;
    private final CountDownLatch finished = new CountDownLatch(1);
    private String step = "";

    // Results so far, for a run that is cut short.
    private Load load;
    private Machine machine;
    private List<Search.Candidate> candidates;
    private double independent = Double.NaN;
    private List<HostView.Row> host;
    private Search.Candidate cheaper;
    private double cheaperLoss;
    private Outcome trial;
    private double trialSeconds;
    private double chance;

    /**
     * Runs the command line.
     *
     * @return the exit code
     */
    public static int run(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        return new CommandLine(new SizeCommand()).setExecutionExceptionHandler((failure, line, parsed) -> {
            line.getErr().println("relay size: " + Failures.describe(failure).replaceAll("\\p{Cc}", "?")); // of a file
            return failure instanceof IllegalArgumentException ? CommandLine.ExitCode.USAGE
                    : CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        final PrintWriter out = spec.commandLine().getOut();
        final Path from = options.from();
        final List<String> channels =
                from != null && Files.isDirectory(from) ? ChannelFiles.find(from) : List.of();
        if (!channels.isEmpty()) {
            try (MappedChannel channel = MappedChannel.look(from, channels.getFirst())) {
                LossAdvice.sizing(channel).forEach(out::println);
            }
            return 0;
        }
        if (quick && thorough) {
            throw new IllegalArgumentException("--quick and --thorough: only one of them");
        }
        options.read();
        load = options.load(options.buffers(), UNKNOWN);
        checkDirectory();
        final Thread hook = new Thread(this::cancel);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return validate != null ? validate(out) : size(options.buffers(), out);
        } finally {
            finished.countDown();
        }
    }

    /** Runs on Ctrl-C: what has been found so far is written, then the JVM goes on to its end. */
    private void cancel() {
        cancelled = true;
        try {
            if (!finished.await(INTERRUPTED_WAIT, TimeUnit.SECONDS)) {
                System.err.println("relay size: cut short while " + step);
            }
        } catch (InterruptedException ignored) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkDirectory() throws IOException {
        if (Files.exists(directory) && !Files.exists(directory.resolve("size.json"))
                && !Files.exists(directory.resolve("validation.csv"))) {
            throw new IllegalArgumentException("--out " + directory + ": exists, and is not from an earlier run");
        }
        Files.delete(beside()); // it can be written there: said now, and not when all is measured
    }

    /** A fresh directory beside the place of the report. */
    private Path beside() throws IOException {
        final Path absolute = directory.toAbsolutePath().normalize();
        Files.createDirectories(absolute.getParent());
        return Files.createDirectory(absolute.resolveSibling("." + absolute.getFileName() + "."
                + ProcessHandle.current().pid()));
    }

    private Search.Effort effort() {
        if (thorough) {
            return new Search.Effort(16, 4e6, 40);
        }
        return quick ? BRIEF : new Search.Effort(8, 1e6, 10);
    }

    private Machine calibrate(int length) throws RunnerException {
        final Machines machines = thorough
                ? new Machines(2, 5, 500, List.of(4096, 16384, 65536, 262144, 1 << 20, 4 << 20), this::say)
                : quick ? new Machines(1, 2, 100, List.of(16384, 262144), this::say)
                : new Machines(1, 3, 200, List.of(4096, 16384, 65536, 262144, 1 << 20), this::say);
        return machines.measure(length);
    }

    private int size(int buffersUsed, PrintWriter out) throws IOException, InterruptedException, RunnerException {
        String partial = null;
        try {
            machine = calibrate((int) Math.max(1L, Math.round(load.sizes().mean())));
            load = options.load(buffersUsed, machine.drain());
            if (load.impossible() != null) {
                throw new IllegalArgumentException(load.impossible());
            }
            final Load asked = load;
            load = asked.on(machine);
            final Search search = new Search(load, machine, effort(), seed, this::say);
            candidates = search.run();
            checkCancelled();
            final Search.Candidate best = candidates.getFirst();
            final long less = Formula.floor(best.size() * 0.75);
            if (less > load.sizes().max() + load.headerBytes()) {
                cheaper = new Search.Candidate(less, best.count());
                cheaperLoss = search.loss(less, best.count());
            }
            if (load.traffic().hasBursts()) {
                independent = search.independentLoss(best);
            }
            host = HostView.of(buffersUsed, Runtime.getRuntime().availableProcessors(), count ->
                    options.load(count, machine.drain()), machine, BRIEF, seed, this::say);
            final double seconds = thorough ? 30.0 : quick ? 3.0 : 10.0;
            say(String.format(Locale.ROOT, "running %s on a real channel for %.0f s", best, seconds));
            final long start = System.nanoTime();
            final Outcome outcome = Trial.run(asked, best.size(), best.count(), seed, seconds, () -> cancelled);
            trialSeconds = (System.nanoTime() - start) / Load.SECOND;
            trial = outcome;
            chance = Estimate.chance(load, best, seed, trialSeconds);
            checkCancelled();
        } catch (CancellationException | RunnerException cut) {
            if (!cancelled) {
                throw cut;
            }
            partial = "interrupted while " + step;
        }
        final Result result = new Result(load, buffersUsed, machine, candidates, independent, host, hosts,
                options.discarded(), cheaper, cheaperLoss, trial, trialSeconds, chance, partial);
        final SizeReport report = new SizeReport(result);
        write(result, report);
        say("");
        if (json) {
            out.println(report.json());
        } else {
            report.text().forEach(out::println);
            out.println("  more           " + directory.resolve("index.html"));
        }
        out.flush();
        return partial == null && result.holds() ? 0 : 1;
    }

    /** Writes beside the place, then moves it there: no half of a report. */
    private void write(Result result, SizeReport report) throws IOException {
        final Path absolute = directory.toAbsolutePath().normalize();
        final Path made = beside();
        try {
            say("drawing");
            report.write(made, candidates == null || cancelled ? List.of()
                    : new Plots(result, BRIEF, seed).all());
            delete(absolute);
            Files.move(made, absolute);
        } finally {
            delete(made);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            final List<Path> files = new ArrayList<>();
            try (var list = Files.list(folder)) {
                list.forEach(files::add);
            }
            for (final Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    private int validate(PrintWriter out) throws IOException, InterruptedException, RunnerException {
        final Path table = Path.of(validate).toAbsolutePath();
        final List<String> lines = validate.isEmpty() ? shipped() : Files.readAllLines(table);
        final Validation validation = new Validation(() -> calibrate(VALIDATED), effort(), quick ? 2.0 : 5.0, seed,
                this::say, () -> cancelled);
        Files.createDirectories(directory);
        try {
            validation.run(lines, table.getParent(), directory);
        } catch (CancellationException cut) {
            out.println("stopped while " + step + "; the same command goes on from there");
            return 1;
        }
        say("");
        out.println(validation.verdict() + "; " + directory.resolve("README.md"));
        return 0;
    }

    private static List<String> shipped() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                SizeCommand.class.getResourceAsStream("workloads.csv"), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
    }

    private void checkCancelled() {
        if (cancelled) {
            throw new CancellationException();
        }
    }

    /** What is being done: to standard error, in place on a terminal. */
    private void say(String what) {
        if (!what.isEmpty()) {
            checkCancelled();
            step = what;
            if (System.console() != null && System.console().isTerminal()) {
                System.err.print("\r\033[K" + what + " …");
            } else {
                System.err.println("relay size: " + what);
            }
        } else if (System.console() != null && System.console().isTerminal()) {
            System.err.print("\r\033[K");
        }
    }
}
