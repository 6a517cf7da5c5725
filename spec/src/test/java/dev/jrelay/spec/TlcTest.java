// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * survives. Two configurations run at a time, the long ones first. That each action is taken somewhere is seen by
 * {@link GraphReplayTest}, for nothing: TLC needs half as much time again to count them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlcTest {
    private final Map<Model, CompletableFuture<TlcResult>> runs = new LinkedHashMap<>();
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
            return tlc.run(model, line -> { });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    List<DynamicTest> configurations() {
        assertThat(runs).isNotEmpty();
        final List<DynamicTest> tests = new ArrayList<>();
        runs.forEach((model, run) -> tests.add(DynamicTest.dynamicTest(
                model.configuration() + " " + model.expectation(), () -> compare(model, run.join()))));
        return tests;
    }

    private void compare(Model model, TlcResult result) throws IOException {
        System.out.printf("%-36s %,10d states %6.1f s%n", model.configuration(), result.distinct(),
                result.time().toMillis() / 1000.0);
        assertThat(model.compare(result, folder.path(), true)).as("%s: TLC ended with %d%n%s%n%s",
                model.configuration(), result.exit(), result.errors(), String.join("\n", Story.of(result))).isEmpty();
    }
}
