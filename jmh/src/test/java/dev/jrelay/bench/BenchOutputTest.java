// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.ChannelFiles;
import dev.jrelay.measure.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where {@code relay bench} writes, and what it says of options that it cannot use; each in a JVM of its own. */
@Timeout(300)
class BenchOutputTest {
    private static final String ONE_ROW = "CpuSelection.write$ -p selector=fixed -f 1 -wi 0 -i 1 -r 10ms --no-limits";

    @TempDir
    private Path directory;

    private record Outcome(int code, String output) {
    }

    private Outcome bench(String line) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(line.split(" ")));
        final Path output = Files.createTempFile("bench", ".out");
        final int code = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start().waitFor();
        final String text = Files.readString(output);
        Files.delete(output);
        return new Outcome(code, text);
    }

    private List<String> written() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).map(file -> directory.relativize(file).toString()).sorted()
                    .toList();
        }
    }

    @Test
    void writesWhereItsHelpSaysAndNowhereElse() throws Exception {
        assertThat(bench("--help").output()).contains("Where to (relay-bench/<date>).");
        final Outcome outcome = bench(ONE_ROW);
        assertThat(outcome.code()).as(outcome.output()).isZero();
        assertThat(written()).hasSize(4).allMatch(file -> file.matches("relay-bench/\\d{4}-\\d\\d-\\d\\d-\\d{4}/.*"));
    }

    @Test
    void writesWhereItIsToldToButNotIntoAChannel() throws Exception {
        Files.createDirectories(directory.resolve("ch"));
        Files.createFile(directory.resolve("ch").resolve(ChannelFiles.controlName("cpu")));
        final Outcome outcome = bench(ONE_ROW + " -o ch");
        assertThat(outcome.code()).isOne();
        assertThat(outcome.output()).isEqualTo("relay bench: ch: is the directory of the channel cpu: output must go "
                + "to another one\n");
        assertThat(written()).containsExactly("ch/.cpu.control");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {"-f 0 | '0': must be a number from 1 to 1000000",
        "-wi -1 | '-1': must be a number from 0", "-t 1,x | 'x': must be a number from 1",
        "-r 5x | --time 5x: must be a number with ns, us, ms, s or m"})
    void whatIsWrongIsSaidAndNothingWritten(String options, String message) throws Exception {
        final Outcome outcome = bench("CpuSelection.write$ " + options);
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.output()).contains(message).doesNotContain("\tat ");
        assertThat(directory).isEmptyDirectory();
    }
}
