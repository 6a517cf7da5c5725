// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Real runs of free threads, held up at random in front of every step, are behaviours of the model; those of a kernel
 * with a fault are not. For more runs: {@code mvn -pl spec test -Dtest=TraceValidationTest -Dtraces=5000}, of one
 * configuration {@code -Dtrace=TraceReaders}; the seed of the first one can be given as {@code -Dseed=}, though the
 * threads make each run a new one.
 */
class TraceValidationTest {
    private static final List<String> CONFIGURATIONS = List.of("TraceNoOverwrite", "TraceOverwrite", "TracePass",
            "TraceReaders", "TraceExclusive", "TraceExclusivePass", "TraceExclusiveReaders");
    private static final int TRACES = Integer.getInteger("traces", 110);
    private static final int CHUNK = 250;
    private static final int BROKEN = 25;
    private static final double MIN_OVERLAP = 0.2;
    private static final long SEED = Long.getLong("seed", System.nanoTime());

    /** Faults that need luck to show are left to the replay, which meets every state. */
    private static final List<String> WITH_FAULTS = List.of("deliver before all is committed",
            "a commit does not count its record", "full is seen one sub-buffer late", "the consumer is not pushed",
            "the commit word is not reset", "a delivery settles what is not closed", "what was passed is not counted",
            "an owner does not count its record", "an owner publishes nothing",
            "an owner flushes while it holds a record", "a snapshot begins at the first sub-buffer",
            "a pause changes nothing", "a prefix looks at the tail of an owner");

    @TestFactory
    List<DynamicTest> runsAreBehavioursOfTheModel() {
        final List<DynamicTest> tests = new ArrayList<>();
        for (final String configuration : System.getProperty("trace", String.join(",", CONFIGURATIONS)).split(",")) {
            for (int from = 0; from < TRACES; from += CHUNK) {
                final int first = from;
                final int count = Math.min(CHUNK, TRACES - from);
                tests.add(DynamicTest.dynamicTest(configuration + ", runs " + from + " to " + (from + count - 1),
                        () -> accept(configuration, count, SEED + first)));
            }
        }
        return tests;
    }

    private static void accept(String configuration, int count, long seed) throws IOException, InterruptedException {
        final TraceValidation.Verdict verdict = new TraceValidation(configuration, null).record(count, seed).check();
        System.out.printf("%s: %,d runs with %,d steps accepted, %.0f%% of %,d pairs overlap, seed %d%n", configuration,
                verdict.accepted(), verdict.steps(), 100.0 * verdict.overlap(), verdict.pairs(), seed);
        assertThat(verdict.rejected()).as("rejected, seed %d", seed).isEmpty();
        assertThat(verdict.accepted()).isEqualTo(count);
        assertThat(verdict.overlap()).as("share of pairs of steps of two threads that overlap: else the runs are one"
                + " thread after the other, and show nothing").isGreaterThanOrEqualTo(MIN_OVERLAP);
    }

    @TestFactory
    List<DynamicTest> runsOfABrokenKernelAreRejected() throws IOException {
        final List<DynamicTest> tests = new ArrayList<>();
        final List<String> open = new ArrayList<>(WITH_FAULTS);
        for (final String configuration : CONFIGURATIONS) {
            for (final Fault fault : Faults.of(StateGraphs.constants(configuration))) {
                if (open.remove(fault.name())) {
                    tests.add(DynamicTest.dynamicTest(fault.name(), () -> reject(configuration, fault)));
                }
            }
        }
        assertThat(open).as("faults that are gone").isEmpty();
        return tests;
    }

    private static void reject(String configuration, Fault fault) throws IOException, InterruptedException {
        final TraceValidation validation = new TraceValidation(configuration, fault);
        for (int i = 0; i < BROKEN && validation.rejected().isEmpty(); i++) {
            validation.record(1, SEED + i);
        }
        if (validation.rejected().isEmpty()) {
            assertThat(validation.check().rejected()).as("rejected by TLC").isNotEmpty();
        }
    }
}
