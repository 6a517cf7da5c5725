// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a thread finds its buffer; with and without native access, on platform and virtual threads. */
class CpuSelectorTest {
    private static final int[] COUNTS = {1, 2, 3, 4, 7, 64, 4096};

    @Test
    void everySelectorStaysInRange() throws InterruptedException {
        for (final CpuSelector selector : List.of(CpuSelector.striped(), CpuSelector.cpuId())) {
            for (int i = 0; i < 50; i++) {
                final Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                final Set<Integer> wrong = new HashSet<>();
                builder.start(() -> {
                    for (final int count : COUNTS) {
                        final int selected = selector.select(count);
                        if (selected < 0 || selected >= count) {
                            wrong.add(selected);
                        }
                    }
                }).join();
                assertThat(wrong).isEmpty();
            }
        }
    }

    @Test
    void stripedKeepsAThreadInItsBufferAndSpreadsThreads() throws InterruptedException {
        final CpuSelector striped = CpuSelector.striped();
        for (final int count : COUNTS) {
            assertThat(striped.select(count)).isEqualTo(striped.select(count));
        }
        final Set<Integer> used = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            final Thread thread = Thread.ofPlatform().start(() -> used.add(striped.select(3)));
            thread.join();
        }
        assertThat(used).hasSize(3);
    }

    @Test
    void cpuIdUsesTheLinkerWhereNativeAccessIsEnabled() {
        assertThat(CpuSelectorTest.class.getModule().isNativeAccessEnabled()).as("argLine of the build").isTrue();
        if (System.getProperty("os.name").equals("Linux")) {
            assertThat(CpuSelector.cpuId()).isInstanceOf(CpuIdSelector.class);
            assertThat(CpuSelector.cpuId().select(1 << 20)).isLessThan(1 << 16);
        }
    }

    /** On a thread that is bound to one CPU: the last one that it may run on. */
    @Test
    void cpuIdIsTheNumberOfTheCpuModuloTheBufferCount() throws Exception {
        final Path self = Path.of("/proc/thread-self");
        assumeTrue(Files.exists(self) && Files.isExecutable(Path.of("/usr/bin/taskset")), "no thread can be bound");
        final Crew crew = new Crew();
        crew.worker(false, () -> {
            final String allowed = Files.readAllLines(self.resolve("status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow();
            final int cpu = Integer.parseInt(allowed.replaceAll(".*\\D", ""));
            assertThat(Child.run(List.of("/usr/bin/taskset", "-pc", String.valueOf(cpu),
                    self.toRealPath().getFileName().toString())).status()).isZero();
            for (final int count : new int[] {1 << 20, cpu + 1, Math.max(cpu, 1), Math.max(cpu - 1, 1)}) {
                assertThat(CpuSelector.cpuId().select(count)).as("of %d", count).isEqualTo(cpu % count);
            }
        });
        crew.join();
    }

    @Test
    void cpuIdIsStripedWithoutNativeAccessAndNothingIsWarnedOf() {
        final Child.Outcome outcome = Child.run(Child.command(List.of(), SelectorProbe.class));
        assertThat(outcome).isEqualTo(new Child.Outcome(0, "StripedSelector 9\n", ""));
    }

    @Test
    void cpuIdIsStripedWhereNativeAccessIsForbidden() {
        final Child.Outcome outcome = Child.run(Child.command(List.of("--illegal-native-access=deny"),
                SelectorProbe.class));
        assertThat(outcome).isEqualTo(new Child.Outcome(0, "StripedSelector 9\n", ""));
    }

    /** Prints which selector {@code cpuId} is, and the length of what was written through it. */
    static final class SelectorProbe {
        private SelectorProbe() {
        }

        public static void main(String[] arguments) throws IOException {
            final CpuSelector selector = CpuSelector.cpuId();
            try (Channel channel = Channel.open(ChannelConfig.builder("probe").bufferCount(4).subBufferSize(64)
                    .cpuSelector(selector).build())) {
                channel.write(new byte[9], 0, 9);
                System.out.println(selector.getClass().getSimpleName() + " "
                        + channel.statsSinceReset().pending().bytes());
            }
        }
    }
}
