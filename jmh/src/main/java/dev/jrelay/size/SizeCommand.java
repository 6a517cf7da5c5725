// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.ChannelFiles;
import dev.jrelay.MappedChannel;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
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
            "  relay size --from app.log --rate 200k --burst 5000@100ms --loss 0.01%%",
            "  relay size --from DIR          what would have held, from the counters of a channel"})
public final class SizeCommand implements Callable<Integer> {
    private static final long INTERRUPTED_WAIT = 20L;
    private static final int MAX_BUFFERS = 4096;
    /** Of a quick run; and for what is drawn, which is a hundred configurations or more. */
    private static final Search.Effort BRIEF = new Search.Effort(4, 5e5, 5);

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Option(names = "--sizes", paramLabel = "SPEC", defaultValue = "uniform:1-256",
            description = "Lengths of messages: fixed:64, uniform:1-256, lognormal:MEDIAN,SIGMA, mix:64@.9,1500@.1, "
            + "hist:FILE (lines 'bytes,count').")
    private String sizes;

    @Option(names = "--from", paramLabel = "PATH", showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Lengths from the lines of a file; or a channel's directory: advice after the fact.")
    private Path from;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "1M",
            description = "Messages per second of all writers together.")
    private String rate;

    @Option(names = "--burst", paramLabel = "K@TIME", defaultValue = "none",
            description = "Bursts beside that: K messages at once into one buffer, every TIME.")
    private String burst;

    @Option(names = "--buffers", paramLabel = "N", defaultValue = "0",
            description = "Buffers that writers spread over; 0 for one for each CPU.")
    private int buffers;

    @Option(names = "--consumer", paramLabel = "RATE", defaultValue = "auto",
            description = "What the consumer takes, for all buffers, as in 500MB/s; auto: what this machine copies.")
    private String consumer;

    @Option(names = "--stall", paramLabel = "SPEC", defaultValue = "20ms/1s", description = "When the consumer stands "
            + "still: none, 20ms/1s, exp:20ms/1s, pareto:5ms,1.5/1s.")
    private String stall;

    @Option(names = "--header", paramLabel = "BYTES", defaultValue = "0",
            description = "Bytes reserved in each sub-buffer.")
    private String header;

    @Option(names = "--loss", paramLabel = "SHARE", defaultValue = "0",
            description = "Messages that may be lost, as in 0, 1e-6 or 0.1%%.")
    private String loss;

    @Option(names = "--latency", paramLabel = "TIME", defaultValue = "any",
            description = "Until a sub-buffer is full, at most, as in 100ms.")
    private String latency;

    @Option(names = "--memory", paramLabel = "BYTES", defaultValue = "256M",
            description = "For all buffers together, at most.")
    private String memory;

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
    private Search.Candidate cheaper;
    private Outcome trial;
    private double trialSeconds;
    private double chance;

    /**
     * The value of {@code --burst}.
     *
     * @param count messages
     * @param period ns
     */
    record Burst(int count, double period) {
        static Burst parse(String text) {
            if (text.equals("none")) {
                return new Burst(0, Double.POSITIVE_INFINITY);
            }
            final String[] sides = text.split("@", 2);
            if (sides.length != 2 || !sides[0].matches("[1-9][0-9]{0,7}")) {
                throw new IllegalArgumentException("--burst '" + text + "': must be none or MESSAGES@TIME, such as "
                        + "5000@100ms");
            }
            return new Burst(Integer.parseInt(sides[0]), Times.nanos(sides[1]));
        }
    }

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
            if (failure instanceof IllegalArgumentException) {
                line.getErr().println("relay size: " + failure.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            throw failure;
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        final PrintWriter out = spec.commandLine().getOut();
        final List<String> channels =
                from != null && Files.isDirectory(from) ? ChannelFiles.find(from) : List.of();
        if (!channels.isEmpty()) {
            try (MappedChannel channel = MappedChannel.look(from, channels.getFirst())) {
                LossAdvice.sizing(channel).forEach(out::println);
            }
            return 0;
        }
        if (from != null && !Files.isRegularFile(from)) {
            throw new IllegalArgumentException("--from " + from + ": must be a file, or a directory with a channel");
        }
        if (quick && thorough) {
            throw new IllegalArgumentException("--quick and --thorough: only one of them");
        }
        final int buffersUsed = buffers == 0 ? Runtime.getRuntime().availableProcessors() : buffers;
        if (buffersUsed < 1 || buffersUsed > MAX_BUFFERS) {
            throw new IllegalArgumentException("--buffers " + buffers + ": must be 0 to " + MAX_BUFFERS);
        }
        checkDirectory();
        load = load(buffersUsed, consumer.equals("auto") ? 1e12 : Rates.bytesPerSecond(consumer));
        final Thread hook = new Thread(this::cancel);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return validate != null ? validate(out) : size(buffersUsed, out);
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
    }

    private Load load(int buffersUsed, double consumerRate) throws IOException {
        final MessageSizes lengths = from == null ? MessageSizes.parse(sizes) : MessageSizes.lines(from);
        final Burst bursts = Burst.parse(burst);
        final double perSecond = Rates.perSecond(rate);
        final long headerBytes = Sizes.parse(header);
        if (perSecond < 1.0 || perSecond > 1e9) {
            throw new IllegalArgumentException("--rate " + rate + ": must be 1 to 1G messages per second");
        }
        if (headerBytes > 1 << 20) {
            throw new IllegalArgumentException("--header " + header + ": must be 0 to 1M");
        }
        if (consumerRate <= 0.0) {
            throw new IllegalArgumentException("--consumer " + consumer + ": must be above 0");
        }
        final long budget = Sizes.parse(memory) / buffersUsed;
        if (budget < 2L * Formula.STEP) {
            throw new IllegalArgumentException("--memory " + memory + ": must be " + 2 * Formula.STEP
                    + " bytes or more for each of " + buffersUsed + " buffers");
        }
        return new Load(lengths, perSecond / buffersUsed, bursts.count(), bursts.period(), consumerRate / buffersUsed,
                Stalls.parse(stall), (int) headerBytes, Shares.parse(loss), latency.equals("any")
                ? Double.POSITIVE_INFINITY : Times.nanos(latency), budget);
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
            if (consumer.equals("auto")) {
                load = load(buffersUsed, machine.drain());
            }
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
                cheaper = new Search.Candidate(less, best.count(), search.estimate(less, best.count()), less);
            }
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
        final Result result = new Result(load, buffersUsed, machine, candidates, cheaper, trial, trialSeconds,
                chance, partial);
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
        Files.createDirectories(absolute.getParent());
        final Path made = Files.createDirectory(absolute.resolveSibling("." + absolute.getFileName() + "."
                + ProcessHandle.current().pid()));
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
        final List<String> lines = validate.isEmpty() ? shipped() : Files.readAllLines(Path.of(validate));
        machine = calibrate(64);
        final Validation validation = new Validation(machine, effort(), quick ? 2.0 : 5.0, seed, this::say);
        Files.createDirectories(directory);
        validation.run(lines, directory);
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
