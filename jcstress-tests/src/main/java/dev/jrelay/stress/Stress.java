// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import dev.jrelay.stress.JcstressRun.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The stress tests' command line: {@code ./relay stress}. */
@Command(name = "relay stress", mixinStandardHelpOptions = true, sortOptions = false, version = "jcstress 0.16",
        description = "Runs the races of the kernel under jcstress and writes a summary of what was seen.",
        footer = {"", "Exit codes: 0 all as expected; 1 a forbidden outcome, an error, or a test that did not run;"
                + " 2 wrong usage."})
public final class Stress implements Callable<Integer> {
    /** A fork costs this much beside its iterations, seconds; jcstress' look at the machine, the same for each run. */
    private static final double FORK_COST = 1.0;
    private static final double RUN_COST = 15.0;
    private static final double SHORTEST = 0.2;
    private static final int ITERATIONS = 5;

    /** How long and in how many configurations. */
    enum Mode {
        /** One JVM for each test, in which the code goes from the interpreter to C2: part of mvn verify. */
        QUICK(new Settings("quick", false, 2, 300L, true), new Settings("quick", false, 3, 300L, true)),
        /** Every combination of interpreter, C1 and C2 for the actors, a second each. */
        DEFAULT(new Settings("quick", true, ITERATIONS, 200L, false),
                new Settings("quick", false, ITERATIONS, 500L, false)),
        /** Hours. */
        TOUGH(new Settings("tough", true, 0, 0L, false), new Settings("default", false, 0, 0L, false));

        final Settings tests;
        final Settings mutants;

        Mode(Settings tests, Settings mutants) {
            this.tests = tests;
            this.mutants = mutants;
        }
    }

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "QUICK",
            description = "${COMPLETION-CANDIDATES}, in any case. Default: ${DEFAULT-VALUE}.")
    private Mode mode;

    @Option(names = "--minutes", paramLabel = "N",
            description = "Spread N minutes evenly over the tests, whatever the mode.")
    private Integer minutes;

    @Option(names = {"-t", "--tests"}, paramLabel = "REGEX", defaultValue = "",
            description = "Only tests whose name contains a match.")
    private Pattern tests;

    @Option(names = "--mutants", description = "Run the weakened mutants instead, against the tests that have to notice"
            + " them: in mode quick those that show at once, else all.")
    private boolean mutants;

    @Option(names = "--report", paramLabel = "DIR",
            description = "Where the Markdown summary goes, for instance results/jcstress. Default: beside the jar, in"
                    + " target/jcstress/report.")
    private Path report;

    @Spec
    private CommandSpec spec;

    /** Not for clients: made by {@link #main}. */
    Stress() {
    }

    /**
     * Runs the command.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs the command and returns its exit code. */
    static int execute(String... arguments) {
        return new CommandLine(new Stress()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (minutes != null && minutes < 1) {
            throw new ParameterException(spec.commandLine(), "--minutes " + minutes + ": must be 1 or more");
        }
        final Report summary = new Report(reportFolder(), spec.commandLine().getParseResult().originalArgs());
        return mutants ? runMutants(summary) : runTests(summary);
    }

    private int runTests(Report summary) throws IOException, InterruptedException {
        final List<Case> chosen = Case.matching(tests);
        if (chosen.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "-t " + tests + ": matches none of the "
                    + Case.all().size() + " tests");
        }
        final Settings settings = minutes == null ? mode.tests : spread(chosen);
        final int processors = Runtime.getRuntime().availableProcessors();
        final Results results = new Results();
        final List<Case> side = chosen.stream().filter(test -> test.fits(processors)).toList();
        run(side, "tests", settings, results);
        for (int actors = processors + 1; actors <= 4; actors++) {
            final int wanted = actors;
            run(chosen.stream().filter(test -> test.actors() == wanted).toList(), "tests-" + actors + "-actors",
                    settings, results);
        }
        summary.tests(mode + "", settings, results);
        results.problems().forEach(problem -> say("FAILED " + problem));
        say(results.byTest().size() + " of " + chosen.size() + " tests run, " + results.problems().size()
                + " problems; summary in " + summary.file() + ", pages in " + work());
        return results.problems().isEmpty() ? 0 : 1;
    }

    private void run(List<Case> group, String name, Settings settings, Results results)
            throws IOException, InterruptedException {
        if (!group.isEmpty()) {
            say(name + ": " + group.size() + " tests " + settings);
            results.addAll(new JcstressRun(group, work().resolve(name), settings).run(quietly(name)));
        }
    }

    /** Iterations as long as the time allows; fewer configurations if it is short. */
    private Settings spread(List<Case> chosen) {
        final double seconds = 60.0 * minutes - 3 * RUN_COST;
        final double split = turns(chosen, true);
        final double each = seconds / split - FORK_COST;
        if (each >= SHORTEST) {
            return new Settings("quick", true, ITERATIONS, (long) (1000.0 * each / ITERATIONS), false);
        }
        final double longer = Math.max(SHORTEST, seconds / turns(chosen, false) - FORK_COST);
        return new Settings("quick", false, ITERATIONS, (long) (1000.0 * longer / ITERATIONS), false);
    }

    /** How many forks come one after the other: jcstress runs as many at once as the CPUs have room for. */
    private static double turns(List<Case> chosen, boolean split) {
        final int processors = Runtime.getRuntime().availableProcessors();
        return chosen.stream().mapToDouble(test -> test.forks(split) / (double) test.atOnce(processors)).sum();
    }

    private int runMutants(Report summary) throws IOException, InterruptedException {
        final List<Mutant> chosen = new ArrayList<>();
        for (final Mutant mutant : Mutant.values()) {
            if ((mutant.quick || mode != Mode.QUICK || minutes != null)
                    && (tests.matcher(mutant.test).find() || tests.matcher(mutant.name()).find())) {
                chosen.add(mutant);
            }
        }
        if (chosen.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "-t " + tests + ": matches no mutant and no mutant's test"
                    + (mode == Mode.QUICK ? " that shows at once; try --mode default" : ""));
        }
        final Settings settings = minutes == null ? mode.mutants : new Settings("quick", false, ITERATIONS,
                Math.max(100L, (long) (1000.0 * (60.0 * minutes / chosen.size() - RUN_COST) / 4 / ITERATIONS)), false);
        int problems = 0;
        for (final Mutant mutant : chosen) {
            problems += run(mutant, settings, summary) ? 0 : 1;
        }
        summary.mutants(settings);
        say(chosen.size() + " mutants run, " + problems + " not as expected; summary in " + summary.file());
        return problems == 0 ? 0 : 1;
    }

    private boolean run(Mutant mutant, Settings settings, Report summary) throws IOException, InterruptedException {
        final String name = "dev.jrelay." + mutant.test;
        final List<Case> test = Case.all().stream().filter(one -> one.name().equals(name)).toList();
        if (test.isEmpty()) {
            throw new IllegalStateException(mutant + ": no test " + name);
        }
        final Path folder = work().resolve("mutants").resolve(mutant.name());
        final Path classes = folder.resolveSibling(mutant.name() + ".classes");
        JcstressRun.delete(classes);
        mutant.write(classes);
        final Results results = new JcstressRun(test, folder, settings).with(classes).run(line -> { });
        final Results.Outcomes outcomes = results.byTest().get(name);
        final boolean expected = outcomes != null && (mutant.expectation == Mutant.Expectation.SHOWN
                ? outcomes.forbidden() > 0L : results.problems().isEmpty());
        summary.mutant(mutant, outcomes, expected);
        say((expected ? "ok     " : "FAILED ") + mutant + " (" + mutant.test + "): " + (outcomes == null ? "did not run"
                : outcomes.forbidden() + " forbidden of " + outcomes.samples()));
        return expected;
    }

    private static java.util.function.Consumer<String> quietly(String name) {
        final long[] last = {System.nanoTime()};
        return line -> {
            if (System.nanoTime() - last[0] > 30_000_000_000L) {
                last[0] = System.nanoTime();
                say(name + " " + line);
            }
        };
    }

    private static void say(String line) {
        System.out.println("stress: " + line);
    }

    /** Where jcstress works and leaves its pages: beside the jar. */
    private static Path work() {
        return home().resolve("jcstress");
    }

    private Path reportFolder() {
        if (report != null) {
            return report.toAbsolutePath();
        }
        return work().resolve("report");
    }

    /** The folder of the jar, normally {@code jcstress-tests/target}. */
    private static Path home() {
        return Path.of(Stress.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toAbsolutePath()
                .getParent();
    }
}
