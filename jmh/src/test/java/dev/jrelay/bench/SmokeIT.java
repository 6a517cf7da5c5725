// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Each benchmark once, briefly: asserts on what came out, never on time. */
class SmokeIT {
    private static final int WRITES = 100_000;

    /** That every message came out again is checked by the benchmarks themselves, at the end of each trial. */
    @Test
    void eachBenchmarkRunsAndLosesNothing() throws Exception {
        final Collection<RunResult> results = Bench.smoke(List.of());
        assertThat(results.stream().map(SmokeIT::type).distinct()).hasSizeGreaterThanOrEqualTo(14)
                .allMatch(type -> type.isAnnotationPresent(Question.class));
        assertThat(results).allSatisfy(result -> {
            final Result<?> lost = result.getSecondaryResults().get("lost");
            assertThat(lost == null ? 0.0 : lost.getScore()).as(result.getParams().id()).isZero();
        });
    }

    /** What {@code -prof gc} reads, without the harness's own allocations. */
    @ParameterizedTest
    @ValueSource(strings = {"relay-shared", "relay-exclusive", "relay-shared-overwrite", "relay-exclusive-overwrite"})
    void theKernelAllocatesNothing(String name) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Subject subject = Subject.open(name, 64, 1 << 16, true)) {
            final Subject.Writer writer = subject.newWriter();
            write(subject, writer);
            final long before = threads.getCurrentThreadAllocatedBytes();
            write(subject, writer);
            assertThat((double) (threads.getCurrentThreadAllocatedBytes() - before) / WRITES).isLessThan(0.1);
        }
    }

    private static void write(Subject subject, Subject.Writer writer) {
        for (int i = 0; i < WRITES; i++) {
            while ((i % 2 == 0 ? writer.write(1) : writer.events(1)) == 0) {
                subject.drain();
            }
        }
    }

    private static Class<?> type(RunResult result) {
        final String name = result.getParams().getBenchmark();
        try {
            return Class.forName(name.substring(0, name.lastIndexOf('.')));
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
