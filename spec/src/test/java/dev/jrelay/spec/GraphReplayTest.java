// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every edge of the state graph of some configurations is executed on the real buffer, and every step that the buffer
 * could make is an edge: the kernel and the model are the same machine there. For all configurations that this can be
 * done with: {@code mvn -pl spec -am test -Dtest=GraphReplayTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dreplay=Abort,Close,...}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphReplayTest {
    static final List<String> DEFAULT = List.of("ReplayAppend", "ReplayAppendOverwrite", "CloseFlush",
            "CloseHangup", "PassSingle", "PassSnapshot", "PassCrashEnd", "ReplayReplaced", "ReplayReset", "ReplayPause",
            "ReplayPartial", "PartialOverwrite", "Snapshot", "Exclusive", "ExclusiveOverwrite", "ExclusiveSnapshot",
            "ExclusivePartial", "ExclusivePartialOverwrite", "ExclusivePass", "ExclusiveHeld", "ExclusiveDrains",
            "ReplayExclusivePause", "Claims", "ReplayClaimsHidden", "ReplayClaimsMapped", "ReplayClaimsMappedHidden",
            "Handles", "HandlesFlush", "HandlesPause", "LeaseEnd");
    private static final int WANTED = 300_000;

    private final List<String> names = System.getProperty("replay") == null ? DEFAULT
            : List.of(System.getProperty("replay").split(","));
    private final Map<String, CompletableFuture<Graph>> graphs = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private final Set<String> found = new TreeSet<>();
    private final Set<String> open = new TreeSet<>();
    private int edges;

    /** TLC works on the next graph while one is replayed. */
    @BeforeAll
    void readGraphs() {
        if (names.equals(DEFAULT)) {
            Faults.names().forEach(open::add);
        }
        for (final String name : names) {
            graphs.put(name, CompletableFuture.supplyAsync(() -> StateGraphs.read(name), background));
        }
    }

    @AfterAll
    void report() {
        background.shutdownNow();
        System.out.printf("replayed %,d edges of %s%n  %s%n", edges, names, counts);
    }

    @TestFactory
    List<DynamicTest> everyEdgeIsAStepOfTheKernel() {
        final List<DynamicTest> tests = new ArrayList<>();
        for (final String name : names) {
            tests.add(DynamicTest.dynamicTest(name, () -> replay(name)));
        }
        if (names.equals(DEFAULT)) {
            tests.add(DynamicTest.dynamicTest("every fault makes some replay fail", () -> assertThat(open).isEmpty()));
            tests.add(DynamicTest.dynamicTest("every action is replayed", () -> assertThat(counts.keySet())
                    .containsAll(ActionTable.rows().stream().map(ActionTable.Row::action).toList())
                    .contains(Graph.CRASH, Graph.CRASH_PASSING).containsAll(Graph.WORLD)));
            tests.add(DynamicTest.dynamicTest("together at least " + WANTED + " edges",
                    () -> assertThat(edges).isGreaterThanOrEqualTo(WANTED)));
        }
        return tests;
    }

    private void replay(String name) {
        final Graph graph = graphs.remove(name).join();
        final Replay replay = new Replay(graph, KernelLoader.machine(graph.constants, null));
        replay.run();
        assertThat(replay.edges()).isEqualTo(graph.edges.size());
        assertThat(replay.nodes()).isEqualTo(graph.nodes());
        System.out.printf("%s: %,d edges, %,d states, %,d paths of %,d steps%n", name, replay.edges(), replay.nodes(),
                replay.paths(), replay.steps());
        edges += replay.edges();
        replay.counts().forEach((action, count) -> counts.merge(action, count, Integer::sum));
        Faults.of(graph.constants).stream().filter(fault -> !found.contains(fault.name()))
                .forEach(fault -> plant(fault, graph));
    }

    /** Looks whether a replay of the kernel with a fault fails; it must in one of the graphs. */
    private void plant(Fault fault, Graph graph) {
        open.add(fault.name());
        try {
            new Replay(graph, KernelLoader.machine(graph.constants, fault)).run();
        } catch (Replay.Mismatch mismatch) {
            found.add(fault.name());
            open.remove(fault.name());
            System.out.printf("  found: %s: %s%n", fault, mismatch.getMessage().lines().findFirst().orElse(""));
        }
    }

    @Test
    void theShippedKernelHasNoSeam() throws ClassNotFoundException {
        for (final String name : List.of("ControlWords", "RelayBuffer", "RecordWriter", "Copy", "Waiting$Asleep",
                "Waiter", "Snapshot", "Claims", "Beat",
                "Lease")) {
            final byte[] shipped = KernelLoader.shipped("dev.jrelay." + name);
            assertThat(text(shipped)).as(name).doesNotContain("Seam").doesNotContain("dev/jrelay/spec");
            assertThat(text(Instrumenter.weave("dev.jrelay." + name, shipped))).as(name)
                    .contains("dev/jrelay/spec/Seam");
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
