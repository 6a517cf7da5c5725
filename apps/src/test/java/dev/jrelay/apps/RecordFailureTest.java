// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.MappedChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code relay record} does when things go wrong: a clear message, the right exit code, nothing left behind. */
class RecordFailureTest {
    private static final byte[] LINES = "a line of text\n".repeat(1000).getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    private Path out() {
        return directory.resolve("out");
    }

    private Path channel() {
        return directory.resolve("channel");
    }

    private String[] arguments(String input, String... options) {
        final List<String> arguments = new ArrayList<>(List.of("record", "--input", input, "--output",
                out().toString(), "--channel-dir", channel().toString()));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    private long written() throws IOException {
        return Files.exists(out().resolve("cpu0")) ? Files.size(out().resolve("cpu0")) : 0L;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "-b 12           | '12': must be a multiple of 8",
        "-b 4            | '4': must be 8 to 1G",
        "-b 2G           | '2G': must be 8 to 1G",
        "-b 256q         | '256q': must be a number, or one with k, M, G or T",
        "-n 6            | '6': must be a power of two, from 1 to 1M; next are 4 and 8",
        "-n 0            | '0': must be 1 to 1M",
        "-n x            | 'x': must be a number",
        "-w 0            | '0': must be a number from 1 to 4096",
        "-c 5000         | '5000': must be a number from 1 to 4096",
        "--on-full=panic | 'panic'",
        "--format=xml    | 'xml'",
        "-f blocks --block=1M | --block 1M: must be 1 to 256k",
        "--sideways      | --sideways",
    })
    void namesWrongOptions(String options, String message) {
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments("-", options.split(" ")));
        assertThat(outcome.code()).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).startsWith("relay: ").contains(message).contains("see: relay record --help");
        assertThat(outcome.err().lines()).hasSizeLessThan(4);
        assertThat(channel()).doesNotExist();
    }

    @Test
    void namesMissingOptionsAndCommands() {
        assertThat(RelayProcess.run("record").code()).isEqualTo(Relay.USAGE);
        assertThat(RelayProcess.run().code()).isEqualTo(Relay.USAGE);
        assertThat(RelayProcess.run("rekord").code()).isEqualTo(Relay.USAGE);
        assertThat(RelayProcess.run("--help").out()).contains("record").doesNotContainPattern("\\bconsume\\b");
        assertThat(RelayProcess.run("record", "--help").code()).isZero();
    }

    @Test
    void saysWhatItCannotRead() {
        final RelayProcess.Outcome missing = RelayProcess.run(arguments(directory.resolve("none").toString()));
        assertThat(missing.code()).isEqualTo(Relay.FAILED);
        assertThat(missing.err()).contains("none: no such file");
        final RelayProcess.Outcome folder = RelayProcess.run(arguments(directory.toString()));
        assertThat(folder.code()).isEqualTo(Relay.FAILED);
        assertThat(folder.err()).contains("is a directory");
        assertThat(out()).doesNotExist();
        try (RelayProcess relay = RelayProcess.start("exec \"$@\" < /", Path.of("/dev/null"), arguments("-"))) {
            assertThat(relay.await().err()).endsWith("relay: stdin: Is a directory\n");
        }
    }

    @Test
    void saysWhereItCannotWrite() throws IOException {
        Files.writeString(out(), "a file");
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments("-"));
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("out: is not a directory");
        assertThat(channel()).doesNotExist();
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    @DisabledIf("isRoot")
    void saysThatTheOutputIsReadOnly() throws IOException {
        Files.createDirectory(out()).toFile().setWritable(false);
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments("-"));
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("out: cannot be written to");
    }

    @Test
    void saysThatTheChannelDirectoryIsInUse() throws IOException {
        Files.createDirectory(channel());
        Files.writeString(channel().resolve("cpu0"), "somebody else's");
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments("-"));
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("channel/cpu0");
        assertThat(channel().resolve("cpu0")).hasContent("somebody else's");
    }

    @Test
    void saysThatTheBuffersDoNotFit() {
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments("-", "-b", "1G", "-n", "1M"));
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).containsPattern("the channel needs [0-9.]+ [PT]iB, but only .* are free");
        assertThat(channel()).doesNotExist();
    }

    @Test
    void doesNotReplaceItsInput() throws IOException {
        Files.createDirectory(out());
        final Path input = Files.writeString(out().resolve("cpu3"), "precious\n");
        final RelayProcess.Outcome outcome = RelayProcess.run(arguments(input.toString(), "--force"));
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("cpu3: is the input");
        assertThat(input).hasContent("precious");
        try (RelayProcess relay = RelayProcess.start(null, input, arguments("-", "--force"))) {
            assertThat(relay.await().err()).as("as stdin").contains("cpu3: is the input");
        }
        assertThat(input).hasContent("precious");
    }

    /** A limit on the size of files stands in for a full disk: the consumer's write fails in the same way. */
    @Test
    void endsWhenTheOutputIsFull() throws IOException {
        final Path input = directory.resolve("input");
        Files.write(input, "0123456789abcde\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        try (RelayProcess relay = RelayProcess.start("ulimit -f 400; exec \"$@\"", Path.of("/dev/null"),
                arguments(input.toString(), "-w", "2", "-c", "2", "-b", "4k", "-n", "4"))) {
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).containsPattern("relay: .*/cpu[01]: File too large");
        }
        assertThat(channel()).doesNotExist();
    }

    @Test
    void endsWhenTheConsumerIsKilled() throws IOException {
        try (RelayProcess relay = RelayProcess.start(null, null, arguments("-", "-b", "4k", "-w", "1"))) {
            final ProcessHandle consumer = relay.consumer();
            relay.stdin().write(LINES);
            relay.stdin().flush();
            RelayProcess.await(() -> written() > 0L);
            consumer.destroyForcibly();
            final RelayProcess.Outcome outcome = relay.await(); // although its input has not ended
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("consumer process " + consumer.pid()
                    + " ended too early: killed by signal 9");
        }
        assertThat(channel()).doesNotExist();
    }

    /** The consumer saves what was relayed, complete lines only, and cleans up for the dead. */
    @Test
    void consumerSavesWhatAKilledWriterLeft() throws IOException {
        try (RelayProcess relay = RelayProcess.start(null, null, arguments("-", "-b", "4k", "-w", "1"))) {
            final ProcessHandle consumer = relay.consumer();
            relay.stdin().write(LINES);
            relay.stdin().flush();
            try (MappedChannel channel = MappedChannel.open(channel(), "cpu")) {
                RelayProcess.await(() -> written() > 0L
                        && written() + channel.statsSinceOpen(0).pending().bytes() == LINES.length);
            }
            relay.process().destroyForcibly();
            RelayProcess.await(() -> !consumer.isAlive());
            relay.awaitErr("is gone");
        }
        assertThat(channel()).doesNotExist();
        assertThat(Files.readAllBytes(out().resolve("cpu0"))).isEqualTo(LINES); // with the half-filled sub-buffer
    }

    /** Somebody else changes one byte of what is written already. */
    @Test
    void findsAChangedByteInTheOutput() throws IOException {
        try (RelayProcess relay = RelayProcess.start(null, null, arguments("-", "-b", "4k", "-w", "1"))) {
            relay.consumer();
            relay.stdin().write(LINES);
            relay.stdin().flush();
            RelayProcess.await(() -> written() > 2000L);
            try (RandomAccessFile file = new RandomAccessFile(out().resolve("cpu0").toFile(), "rw")) {
                file.seek(1500L);
                file.write('A');
            }
            relay.stdin().close();
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.out()).contains("check FAILED: ")
                    .contains("cpu0, at byte 0: sub-buffer 0: its 273 records");
        }
        assertThat(channel()).doesNotExist();
    }

    /** As with Ctrl-C, which a terminal sends to both processes. */
    @Test
    void stopsInOrderWhenTerminated() throws IOException {
        try (RelayProcess relay = RelayProcess.start(null, null, arguments("-", "-b", "4k", "-w", "1"))) {
            final OutputStream stdin = relay.stdin();
            relay.consumer();
            stdin.write(LINES);
            stdin.write("unfinished".getBytes(StandardCharsets.UTF_8));
            stdin.flush();
            RelayProcess.await(() -> written() > 2 * LINES.length / 3);
            relay.process().destroy();
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(outcome.out()).contains("1,001 messages").contains("each in its place").contains("; stopped");
        }
        assertThat(channel()).doesNotExist();
        assertThat(Files.readString(out().resolve("cpu0"))).endsWith("a line of text\nunfinished");
    }
}
