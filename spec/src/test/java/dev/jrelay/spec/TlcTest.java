// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * All small configurations of {@code models*.csv}: the exit code of TLC, the violated property by name, and the counts
 * of states must be exactly those of the table. A mutant is killed by the property that the table names, or it
 * survives. Two configurations run at a time, the long ones first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlcTest {
    private static final List<String> ROOTS = List.of("RelayModels", "RelayExclusive", "RelayClaims", "RelayHandles");
    /** Counting actions costs half as much again: the short configurations do it, together they take every action. */
    private static final double COUNTED_SECONDS = 5.0;
    private static final String[] COVERAGE = {"-coverage", "1"};
    private static final String[] NO_OPTIONS = {};

    private final Map<Model, CompletableFuture<TlcResult>> runs = new LinkedHashMap<>();
    private final Map<String, Long> coverage = new TreeMap<>();
    private final ExecutorService pair = Executors.newFixedThreadPool(2);
    private ModelFolder folder;
    private ModelRuns tlc;

    @BeforeAll
    void start() throws IOException {
        folder = ModelFolder.unpack();
        tlc = new ModelRuns(folder.path(), Tlc.jarOf("tlc2.TLC"), "2g", 1);
        Model.readAll(folder.path()).stream().filter(model -> model.tier().equals("small"))
                .sorted(Model.LONGEST_FIRST)
                .forEach(model -> runs.put(model, CompletableFuture.supplyAsync(() -> run(model), pair)));
    }

    @AfterAll
    void end() throws IOException {
        pair.shutdownNow();
        tlc.close();
        folder.close();
    }

    private TlcResult run(Model model) {
        try {
            return tlc.run(model, line -> { }, countsActions(model) ? COVERAGE : NO_OPTIONS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean countsActions(Model model) {
        return ROOTS.contains(model.module()) && model.exit() == TlcResult.OK && model.seconds() < COUNTED_SECONDS;
    }

    @TestFactory
    List<DynamicTest> configurations() {
        assertThat(runs).isNotEmpty();
        final List<DynamicTest> tests = new ArrayList<>();
        runs.forEach((model, run) -> tests.add(DynamicTest.dynamicTest(
                model.configuration() + " " + model.expectation(), () -> compare(model, run.join()))));
        if (runs.keySet().stream().anyMatch(TlcTest::countsActions)) {
            tests.add(DynamicTest.dynamicTest("every action is taken somewhere", () -> assertThat(coverage.entrySet()
                    .stream().filter(action -> action.getValue() == 0L && !action.getKey().equals("Action")).toList())
                    .as("actions never taken").isEmpty()));
        }
        return tests;
    }

    private void compare(Model model, TlcResult result) throws IOException {
        System.out.printf("%-36s %,10d states %6.1f s%n", model.configuration(), result.distinct(),
                result.time().toMillis() / 1000.0);
        assertThat(model.compare(result, folder.path(), true)).as("%s: TLC ended with %d%n%s%n%s",
                model.configuration(), result.exit(), result.errors(), String.join("\n", Story.of(result))).isEmpty();
        result.coverage().forEach((action, count) -> coverage.merge(action, count, Long::sum));
    }
}
