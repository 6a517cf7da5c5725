// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/** What one or more runs have found, by test, over all of a test's forks. */
final class Results {
    private final Map<String, Outcomes> byTest = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * The outcomes of one test.
     *
     * @param forks JVMs it ran in
     * @param failedForks JVMs in which it did not run to its end
     * @param outcomes each declared or observed outcome, with its count
     */
    record Outcomes(int forks, int failedForks, Collection<GradingResult> outcomes) {
        long samples() {
            return outcomes.stream().mapToLong(outcome -> outcome.count).sum();
        }

        long forbidden() {
            return outcomes.stream().filter(outcome -> outcome.expect == Expect.FORBIDDEN)
                    .mapToLong(outcome -> outcome.count).sum();
        }
    }

    /** Reads the result file that a run of {@code tests} has left in {@code folder}. */
    static Results read(List<Case> tests, Path folder, int exit) throws IOException {
        final InProcessCollector collector = new InProcessCollector();
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.filter(path -> path.toString().endsWith(".bin.gz")).toList()) {
                final DiskReadCollector disk = new DiskReadCollector(file.toString(), collector);
                disk.dump();
                disk.close();
            }
        } catch (ClassNotFoundException unreadable) {
            throw new IOException(folder + ": " + unreadable, unreadable);
        }
        final Results results = new Results();
        final Map<String, List<TestResult>> forks = new TreeMap<>();
        collector.getTestResults().forEach(result -> forks
                .computeIfAbsent(result.getName(), name -> new ArrayList<>()).add(result));
        forks.forEach((name, each) -> results.byTest.put(name, sum(each)));
        results.check(tests, exit, folder.resolve("jcstress.log"));
        return results;
    }

    private static Outcomes sum(List<TestResult> forks) {
        final TestResult sum = new TestResult(Status.NORMAL);
        sum.setConfig(forks.getFirst().getConfig());
        int failed = 0;
        for (final TestResult fork : forks) {
            sum.addState(fork.getCounter());
            failed += fork.status() == Status.NORMAL ? 0 : 1;
        }
        return new Outcomes(forks.size(), failed, sum.grading().gradingResults.values());
    }

    private void check(List<Case> tests, int exit, Path log) {
        for (final Case test : tests) {
            final Outcomes outcomes = byTest.get(test.name());
            if (outcomes == null) {
                problems.add(test.name() + ": was not run, see " + log);
                continue;
            }
            if (outcomes.failedForks > 0) {
                problems.add(test.name() + ": " + outcomes.failedForks + " of " + outcomes.forks
                        + " forks ended with an error, see " + log);
            } else if (outcomes.samples() == 0L) {
                problems.add(test.name() + ": no sample, see " + log);
            }
            outcomes.outcomes.stream().filter(outcome -> outcome.expect == Expect.FORBIDDEN && outcome.count > 0L)
                    .forEach(outcome -> problems.add(test.name() + ": forbidden outcome " + outcome.id + ", "
                            + outcome.count + " times: " + outcome.description));
        }
        if (byTest.size() > tests.size()) {
            problems.add("more tests were run than asked for, see " + log);
        }
        if (exit != 0 && problems.isEmpty()) {
            problems.add("jcstress ended with exit code " + exit + ", see " + log);
        }
    }

    void addAll(Results others) {
        byTest.putAll(others.byTest);
        problems.addAll(others.problems);
    }

    Map<String, Outcomes> byTest() {
        return byTest;
    }

    /** Everything that must fail a build; empty if all went well. */
    List<String> problems() {
        return problems;
    }
}
