// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quick mode of {@code relay stress}, on the jar as it is shipped to the machines that run it. */
class StressIT {
    private static final Path JAR = Path.of("target", "jcstress.jar").toAbsolutePath();
    private static final Path REPORTS = Path.of("target", "stress-reports").toAbsolutePath();

    @TempDir
    private Path folder;

    private int relayStress(String... arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        final Path output = folder.resolve("output.txt");
        final int exit = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                .start().waitFor();
        System.out.print(Files.readString(output));
        return exit;
    }

    @Test
    void noRaceShowsAForbiddenOutcomeAndEveryTestRuns() throws IOException, InterruptedException {
        assertThat(relayStress("--mode", "quick", "--report", REPORTS.toString())).isZero();
        assertThat(Files.readString(REPORTS.resolve("stress.md")))
                .contains(Case.all().size() + " tests, ", " 0 problems");
    }

    @Test
    void weakenedMutantsAreNoticed() throws IOException, InterruptedException {
        assertThat(relayStress("--mutants", "--mode", "quick", "--report", REPORTS.toString())).isZero();
    }

    /** The records of runs that were meant to be kept are nobody's to replace. */
    @Test
    void resultsAreWrittenOnlyWhenAskedTo() throws IOException, InterruptedException {
        final Map<Path, FileTime> before = results();
        assertThat(before).isNotEmpty();
        assertThat(relayStress("--mode", "quick", "-t", Case.all().getFirst().name())).isZero();
        assertThat(results()).isEqualTo(before);
    }

    private static Map<Path, FileTime> results() throws IOException {
        final Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("..", "results"))) {
            for (final Path file : files.toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void wrongUsageIsNamed() throws IOException, InterruptedException {
        assertThat(relayStress("-t", "NoSuchTest")).isEqualTo(2);
        assertThat(relayStress("--minutes", "0")).isEqualTo(2);
        assertThat(relayStress("--mode", "endless")).isEqualTo(2);
        assertThat(relayStress("--no-such-option")).isEqualTo(2);
    }
}
