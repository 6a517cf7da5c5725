// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void wrongUsageIsNamed() throws IOException, InterruptedException {
        assertThat(relayStress("-t", "NoSuchTest")).isEqualTo(2);
        assertThat(relayStress("--minutes", "0")).isEqualTo(2);
        assertThat(relayStress("--mode", "endless")).isEqualTo(2);
        assertThat(relayStress("--no-such-option")).isEqualTo(2);
    }
}
