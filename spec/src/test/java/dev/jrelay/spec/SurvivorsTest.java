// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Replays every graph on each mutant that the tests of {@code core} let live, and says which live on: the second part
 * of {@code relay mutate}. {@code -Dmutants=} is the folder with the reports of the first.
 */
@EnabledIfSystemProperty(named = "mutants", matches = ".+")
class SurvivorsTest {
    private static final Path EQUIVALENT = Path.of("../results/mutation/equivalent.csv");
    private static final double WANTED = 0.95;

    @Test
    void fewMutantsLive() throws IOException {
        final Survivors survivors = Survivors.of(Path.of(System.getProperty("mutants")));
        final Map<String, String> equivalent = equivalent();
        final List<Survivors.Mutant> open = new ArrayList<>(survivors.mutants());
        open.removeIf(mutant -> equivalent.containsKey(mutant.id()));
        final int argued = survivors.mutants().size() - open.size();
        for (final String name : GraphReplayTest.DEFAULT) {
            if (open.isEmpty()) {
                break;
            }
            final Graph graph = StateGraphs.read(name);
            final Machine kernel = KernelLoader.machine(graph.constants, null);
            new Replay(graph, kernel).run();
            final Set<String> used = KernelLoader.classes(kernel);
            for (final Survivors.Mutant mutant : List.copyOf(open)) {
                final String reason = used.contains(mutant.type()) ? replay(graph, mutant) : "";
                if (!reason.isEmpty()) {
                    open.remove(mutant);
                    System.out.printf("killed   %s by %s: %s%n", mutant, name, reason);
                }
            }
        }
        open.forEach(mutant -> System.out.printf("survives %s%n", mutant));
        final int rest = survivors.count() - argued;
        final double score = (double) (rest - open.size()) / rest;
        System.out.printf("%,d mutants, %d argued to be equivalent, %,d of the rest killed: %,d by tests of core, %d of"
                + " them since they took too long, %d by the replay; %d live: %.1f %%%n", survivors.count(), argued,
                rest - open.size(), survivors.killed(), survivors.timedOut(),
                survivors.mutants().size() - argued - open.size(), open.size(), 100.0 * score);
        assertThat(score).as("share of mutants killed").isGreaterThanOrEqualTo(WANTED);
    }

    /** Mutants of which somebody has said why nobody can tell them from the kernel. */
    private static Map<String, String> equivalent() throws IOException {
        final Map<String, String> reasons = new LinkedHashMap<>();
        for (final String line : Files.readAllLines(EQUIVALENT)) {
            final String[] columns = line.split(",", 2);
            reasons.put(columns[0], columns[1]);
        }
        return reasons;
    }

    /** Why the replay fails, or "". */
    private static String replay(Graph graph, Survivors.Mutant mutant) {
        try {
            new Replay(graph, KernelLoader.mutated(graph.constants, mutant)).run();
            return "";
        } catch (Replay.Mismatch mismatch) {
            return mismatch.getMessage().lines().findFirst().orElse("");
        } catch (RuntimeException | LinkageError failure) {
            return failure.toString();
        }
    }
}
