// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code stat}, {@code tail} and {@code snapshot} on a channel of this process; {@code recover}'s refusal. */
class ChannelCommandsTest {
    @TempDir
    private Path directory;

    /** What a command printed, and its exit code. */
    record Outcome(int code, String out, String err) {
    }

    /** Runs a command in this process. */
    static Outcome run(String... arguments) {
        final PrintStream out = System.out;
        final PrintStream err = System.err;
        final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
        try {
            final int code = Relay.execute(arguments);
            return new Outcome(code, outBytes.toString(StandardCharsets.UTF_8),
                    errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private Channel open(Mode mode) throws IOException {
        return Channel.open(ChannelConfig.builder("demo").subBufferSize(64).subBufferCount(2).bufferCount(2).mode(mode)
                .storage(Storage.files(directory)).build());
    }

    private static void write(Channel channel, int cpu, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        channel.writer(cpu).write(bytes, 0, bytes.length);
    }

    @Test
    void statSaysWhatWasLostAndWhatWouldHaveHeld() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE)) {
            for (int i = 0; i < 5; i++) {
                write(channel, 1, "x".repeat(60) + "\n");
            }
            write(channel, 0, "x".repeat(100));
            final Outcome text = run("stat", directory.toString());
            assertThat(text.code()).isZero();
            assertThat(text.out()).contains("demo: 2 cpus x 2 x 64 B = 256 B, no-overwrite").contains(" alive")
                    .contains("cpu 1: LOST 3 records (183 bytes): the buffer was full; -n 8 would have held")
                    .contains("cpu 0: LOST 1 records (100 bytes): the record was too large; -b 128 would have held it");
            final Outcome json = run("stat", directory.toString(), "--json", "--fail-on-loss");
            assertThat(json.code()).isEqualTo(Relay.LOST);
            assertThat(json.out())
                    .contains("\"lost\":{\"subBuffers\":0,\"records\":3,\"bytes\":183}")
                    .contains("\"full\":{\"subBuffers\":0,\"records\":3,")
                    .contains("\"tooLarge\":{\"subBuffers\":0,\"records\":1,\"bytes\":100}");
        }
    }

    @Test
    void tailShowsTheLastLinesOfAllCpusWithoutConsuming() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE)) {
            write(channel, 0, "one\ntwo\n");
            write(channel, 0, "thr");
            channel.flush();
            write(channel, 0, "ee\n");
            write(channel, 1, "other\n");
            assertThat(run("tail", "-n", "3", directory.toString()).out())
                    .isEqualTo("cpu0: two\ncpu0: three\ncpu1: other\n");
            assertThat(run("tail", "--hex", "-n", "1", directory.toString()).out())
                    .isEqualTo("cpu1: 6f 74 68 65 72 0a\n");
            assertThat(channel.statsSinceReset().delivered().records()).isZero();
        }
    }

    @Test
    void tailReadsFiles() throws IOException {
        final Path file = Files.writeString(directory.resolve("cpu0"), "a\nb\nc");
        assertThat(run("tail", "-n", "2", file.toString()).out()).isEqualTo("b\nc\n");
    }

    @Test
    void snapshotHoldsTheNewestOldestFirst() throws IOException {
        try (Channel channel = open(Mode.OVERWRITE)) {
            for (int i = 0; i < 100; i++) {
                write(channel, 0, "record %03d\n".formatted(i)); // 5 in a sub-buffer
            }
            final Path output = directory.resolve("out");
            final Outcome outcome = run("snapshot", directory.toString(), "-o", output.toString());
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(Files.readString(output.resolve("demo0"))).isEqualTo("""
                    record 090
                    record 091
                    record 092
                    record 093
                    record 094
                    record 095
                    record 096
                    record 097
                    record 098
                    record 099
                    """);
            assertThat(Files.size(output.resolve("demo1"))).isZero();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(output.resolve("demo0"))))
                    .as("as the channel's files").isEqualTo("rw-------");
            assertThat(outcome.out()).contains("cpu 0: OVERWRITTEN 90 records");
            assertThat(run("snapshot", directory.toString(), "-o", output.toString()).code())
                    .as("it replaces nothing").isEqualTo(Relay.FAILED);
        }
    }

    /** As in a container that has the directory mounted read-only; only root can build it here. */
    @Test
    void lookingNeedsReadingRightsOnly() throws Exception {
        final String shell = "exec unshare -m sh -c 'mount --bind " + directory + " " + directory + " && mount -o "
                + "remount,ro,bind " + directory + " && exec \"$@\"' sh \"$@\"";
        assumeTrue(new ProcessBuilder("unshare", "-m", "true").start().waitFor() == 0);
        final Path output = Files.createTempDirectory("relay-dump");
        try (Channel channel = open(Mode.NO_OVERWRITE)) {
            write(channel, 0, "a line\n");
            for (final String[] arguments : new String[][] {{"stat", directory.toString()},
                {"tail", directory.toString()}, {"snapshot", directory.toString(), "-o", output.toString()}}) {
                try (RelayProcess relay = RelayProcess.start(shell, Path.of("/dev/null"), arguments)) {
                    final RelayProcess.Outcome outcome = relay.await();
                    assertThat(outcome.code()).as(arguments[0] + ": " + outcome).isZero();
                }
            }
            assertThat(output.resolve("demo0")).hasContent("a line\n");
        } finally {
            Files.delete(output.resolve("demo0"));
            Files.delete(output.resolve("demo1"));
            Files.delete(output);
        }
    }

    @Test
    void recoverRefusesALivingWriter() throws IOException {
        try (Channel channel = open(Mode.OVERWRITE)) {
            final Outcome outcome = run("recover", directory.toString(), "-o", directory.resolve("out").toString());
            assertThat(outcome.code()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("is alive").contains("relay snapshot");
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "list", "stat", "tail", "snapshot", "recover", "selftest", "decode"})
    void everyCommandHasHelpWithExamples(String command) {
        final Outcome outcome = run(command, "--help");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("Examples:").contains("--json").contains("relay " + command);
    }

    @Test
    void everyCommandHasAnExampleAndIsInTheManualAndTheCompletion() {
        final Outcome manual = run("man");
        final Outcome completion = run("completion");
        assertThat(manual.code()).isZero();
        assertThat(manual.out()).startsWith(".TH RELAY 1\n").contains("\\fB\\-\\-fail\\-on\\-loss\\fR")
                .doesNotContain("%n").doesNotContain("${");
        assertThat(completion.code()).isZero();
        assertThat(completion.out()).contains("complete -F _complete_relay").contains("--fail-on-loss");
        for (final String command : Relay.commandLine().getSubcommands().keySet()) {
            assertThat(run(command, "--help").out()).as(command).containsPattern("(?s)Examples?:.*relay " + command);
            assertThat(manual.out()).contains(".SS relay " + command + "\n");
            assertThat(completion.out()).contains("_picocli_relay_" + command + "()");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "tail"})
    void aChannelThatIsNotThereIsSaidSo(String command) {
        final Outcome outcome = run(command, directory.toString());
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("no channel here");
    }

    @Test
    void theCommandsOfOtherModulesAreKnownToo() {
        for (final String command : new String[] {"size", "bench", "check", "stress", "example", "install",
            "mutate"}) {
            assertThat(run().err()).contains(command);
            assertThat(run("--help").out()).contains("\n  " + command + " ");
            assertThat(run("man").out()).contains(".SS relay " + command + "\n");
            assertThat(run("completion").out()).contains("_picocli_relay_" + command + "()");
        }
    }

    @Test
    void helpIsFoundByThoseWhoAskOtherwise() {
        assertThat(run("help").out()).isEqualTo(run("--help").out());
        assertThat(run("help", "tail").out()).isEqualTo(run("tail", "--help").out());
        assertThat(run("help", "tial").err()).contains("'tial': no such command").contains("tail");
        assertThat(run("tial").err()).contains("'tial': no such command; did you mean ").contains("tail");
        assertThat(run("tial").code()).isEqualTo(Relay.USAGE);
    }

    @Test
    void helpFitsATerminalOf80Columns() {
        for (final String command : Relay.commandLine().getSubcommands().keySet()) {
            assertThat(run(command, "--help").out().lines()).as(command)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }

    @Test
    void aFileMayBeNamedLikeAnArgumentFile() throws IOException {
        final Path file = Files.writeString(directory.resolve("options"), "--help");
        final Outcome outcome = run("tail", "@" + file);
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("@" + file + ": no such file or directory");
    }

    @Test
    void controlCharactersAreShownAndNotSentToTheTerminal() throws IOException {
        final Path file = Files.writeString(directory.resolve("cpu0"),
                "\u001b]0;title\u0007\tred \u001b[31m\u009b1m\r\n");
        assertThat(run("tail", file.toString()).out())
                .isEqualTo("\\x1b]0;title\\x07\tred \\x1b[31m\\x9b1m\\x0d\n");
        try (Channel channel = open(Mode.NO_OVERWRITE)) {
            write(channel, 0, "\u001b[2J\n");
            assertThat(run("tail", directory.toString()).out()).isEqualTo("cpu0: \\x1b[2J\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "collect", "selftest", "record -i - "})
    void wrongSizesAreNamedTheSameWayByAll(String command) {
        for (final String[] wrong : new String[][] {{"-n 3", "'3': must be a power of two"},
            {"-b 4G", "'4G': must be 8 to 1G"}, {"-b 12", "'12': must be a multiple of 8"}}) {
            final String line = command + " " + wrong[0] + (command.equals("selftest") ? ""
                    : command.startsWith("record") || command.equals("collect") ? " -o " + directory.resolve("o") : "")
                    + (command.equals("create") || command.equals("collect") ? " " + directory.resolve("d") : "");
            final Outcome outcome = run(line.split(" +"));
            assertThat(outcome.code()).as(line).isEqualTo(Relay.USAGE);
            assertThat(outcome.err()).contains(wrong[1]);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"stat DIR -i 25h | '25h': must be 1ms to 24h",
        "stat DIR -i 90000s | '90000s': must be 1ms to 24h", "stat DIR -i 7 | '7': must be a number with ns, us, ms",
        "stat DIR -i 7 | 1ms to 24h", "tail DIR -n -1 | '-1': must be a number from 0 to 2147483647",
        "tail DIR -n 1.5 | '1.5': must be a number from 0 to", "selftest --time 1d | '1d': must be a number with ns",
        "selftest --seed x | 'x': must be a number from -9223372036854775808 to 9223372036854775807",
        "selftest --events 0 | '0': must be a number from 1 to 1000000",
        "selftest --event-size 2G | '2G': must be 1 to 1M",
        "selftest -c 0x10 | '0x10': must be a number from 1 to 4096",
        "create DIR -c 99999999999 | '99999999999': must be a number from 1 to 4096",
        "list --depth -1 | '-1': must be a number from 0 to 64",
        "decode DIR --cpu 0,-1 | '-1': must be a number from 0",
        "collect DIR -o o --kafka-partition a | 'a': must be a number from 0",
        "set DIR '' | VALUE '': must not be empty",
        "snapshot DIR -o o --when loss --times 1M | '1M': must be a number from 1 to 1000000"})
    void whatIsWrongIsSaidWithTheUsersOwnValueAndTheRange(String line, String message) {
        final Outcome outcome = run(line.replace("DIR", directory.toString()).replace("''", "").split(" ", -1));
        assertThat(outcome.code()).as(line).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).contains(message);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void nothingIsSaidTwice() throws IOException {
        Files.writeString(directory.resolve("demo0"), "of before");
        final Path other = Files.createDirectory(directory.resolve("ch"));
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").bufferCount(1).storage(Storage.files(other))
                .build())) {
            assertThat(channel.bufferCount()).isOne();
            assertThat(run("snapshot", other.toString(), "-o", directory.toString()).err())
                    .endsWith("demo0: exists already (--force replaces it)\n");
            assertThat(run("stat", other.toString(), "--base", "none").err())
                    .endsWith("no channel here; it is removed when its process closes it\n");
        }
    }
}
