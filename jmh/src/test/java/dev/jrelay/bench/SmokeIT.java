// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Each benchmark once, briefly: asserts on what came out, never on time. */
class SmokeIT {
    private static final int WRITES = 100_000;

    /** That every message came out again is checked by the benchmarks themselves, at the end of each trial. */
    @Test
    void eachBenchmarkRunsWithEachPeerOfItsGroupAndLosesNothing() throws Exception {
        final Collection<RunResult> results = Bench.smoke(List.of());
        assertThat(results.stream().map(SmokeIT::type).distinct()).hasSizeGreaterThanOrEqualTo(14)
                .allMatch(type -> type.isAnnotationPresent(Question.class));
        assertThat(results).allSatisfy(result -> {
            final Result<?> lost = result.getSecondaryResults().get("lost");
            assertThat(lost == null ? 0.0 : lost.getScore()).as(result.getParams().id()).isZero();
        });
        final Set<String> ran = new TreeSet<>();
        final Map<String, Set<String>> storages = new TreeMap<>();
        for (final RunResult result : results) {
            final BenchmarkParams params = result.getParams();
            contest(type(result)).ifPresent(field -> ran.add(field.getAnnotation(Param.class).value()[0] + " "
                    + params.getParam(field.getName())));
            if (params.getParamsKeys().contains(Place.STORAGE)) {
                storages.computeIfAbsent(type(result).getSimpleName(), type -> new TreeSet<>())
                        .add(params.getParam(Place.STORAGE));
            }
        }
        assertThat(ran).isEqualTo(Peers.all().stream().flatMap(peer -> peer.groups().stream()
                .map(group -> group + " " + peer.name())).collect(Collectors.toCollection(TreeSet::new)));
        assertThat(storages).hasSizeGreaterThanOrEqualTo(16).allSatisfy((type, all) -> assertThat(all).as(type)
                .containsExactlyInAnyOrderElementsOf(Place.ALL));
    }

    /** The parameter that names a group of peers. */
    private static Optional<Field> contest(Class<?> type) {
        return Stream.of(type.getFields()).filter(field -> field.isAnnotationPresent(Param.class)
                && Group.ALL.contains(field.getAnnotation(Param.class).value()[0])).findFirst();
    }

    static Stream<String> channels() {
        return Peers.in(Group.IN_PLACE).stream().filter(Peer::isOwn).map(Peer::name);
    }

    /** What {@code -prof gc} reads, without the harness's own allocations. */
    @ParameterizedTest
    @MethodSource("channels")
    void theKernelAllocatesNothing(String name) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Subject subject = Subject.open(name, new Setting(64, 1 << 16, Place.MEMORY).copied())) {
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
