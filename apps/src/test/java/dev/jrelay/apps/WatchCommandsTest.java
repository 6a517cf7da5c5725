// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.apps.ChannelCommandsTest.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code list}, {@code snapshot --when} and {@code stat -i}, on channels of this process. */
@Timeout(300)
class WatchCommandsTest {
    @TempDir
    private Path directory;

    private Channel open(Path where, Mode mode) throws IOException {
        return Channel.open(ChannelConfig.builder("demo").subBufferSize(64).subBufferCount(2).bufferCount(1).mode(mode)
                .storage(Storage.files(where)).build());
    }

    private static void write(Channel channel, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        channel.writer(0).write(bytes, 0, bytes.length);
    }

    private static void end(Channel channel) throws IOException {
        channel.close();
    }

    private static Outcome run(String... arguments) {
        return ChannelCommandsTest.run(arguments);
    }

    private RelayProcess recorder(String... more) {
        final String[] arguments = new String[more.length + 4];
        System.arraycopy(new String[] {"snapshot", directory.toString(), "-o", directory.resolve("out").toString()}, 0,
                arguments, 0, 4);
        System.arraycopy(more, 0, arguments, 4, more.length);
        final RelayProcess recorder = RelayProcess.start(null, Path.of("/dev/null"), arguments);
        recorder.awaitErr("waiting");
        return recorder;
    }

    private static void signal(String name, RelayProcess relay) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(relay.process().pid())).start().waitFor())
                .isZero();
    }

    @Test
    void listShowsEachChannelAndIsSafeOnATerminal() throws IOException {
        final Path other = Files.createDirectory(directory.resolve("e\u001b[31mvil"));
        try (Channel one = open(directory, Mode.NO_OVERWRITE); Channel two = open(other, Mode.OVERWRITE)) {
            for (int i = 0; i < 3; i++) {
                write(one, "x".repeat(60));
            }
            Files.writeString(other.resolve(".bad.control"), "");
            final Outcome text = run("list", directory.toString());
            assertThat(text.code()).isZero();
            assertThat(text.out()).containsPattern("no-overwrite +1 x 2 x 64 +2 of 2 +1  demo in "
                    + directory + ", writer " + ProcessHandle.current().pid() + " alive\n")
                    .contains("e\\x1b[31mvil, writer ").doesNotContain("\u001b");
            assertThat(text.err()).contains(".bad.control: 0 bytes: too short").doesNotContain("\u001b");
            final Outcome json = run("list", directory.toString(), "--depth", "0", "--json", "--fail-on-loss");
            assertThat(json.code()).isEqualTo(Relay.LOST);
            assertThat(json.out()).startsWith("{\"channels\":[{\"directory\":\"" + directory + "\",\"channel\":")
                    .contains("\"mode\":\"no-overwrite\",\"cpus\":1,\"subBufferSize\":64,\"subBufferCount\":2")
                    .contains("\"writer\":\"alive\"")
                    .contains("\"lost\":{\"subBuffers\":0,\"records\":1,\"bytes\":60}");
            assertThat(two.bufferCount()).isEqualTo(one.bufferCount());
        }
        final Outcome none = run("list", directory.toString(), "--depth", "0");
        assertThat(none.code()).isZero();
        assertThat(none.err()).isEqualTo("relay: no channel in " + directory + "\n");
        assertThat(run("list", "--depth", "65").err()).contains("'65': must be a number from 0 to 64");
        assertThat(run("list", directory.resolve("none").toString()).err()).contains("none: no such file or directory");
    }

    @Test
    void aLossIsDumpedWhenItHappens() throws Exception {
        try (Channel channel = open(directory, Mode.NO_OVERWRITE); RelayProcess recorder = recorder("--when", "loss")) {
            for (int i = 0; i < 3; i++) {
                write(channel, "record " + i + "x".repeat(40) + "\n");
            }
            final RelayProcess.Outcome outcome = recorder.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(outcome.out()).startsWith("cpu 0: LOST 1 records (49 bytes): the buffer was full\n");
            assertThat(Files.readString(directory.resolve("out/demo0"))).startsWith("record 0").contains("record 1");
        }
    }

    @Test
    void eachSignalIsDumpedIntoADirectoryOfItsOwn() throws Exception {
        try (Channel channel = open(directory, Mode.OVERWRITE);
                RelayProcess recorder = recorder("--when", "signal,loss", "--times", "9", "--json")) {
            write(channel, "before the first\n");
            signal("USR1", recorder);
            recorder.awaitOut("\n");
            write(channel, "before the second\n");
            signal("USR1", recorder);
            RelayProcess.await(() -> Files.exists(directory.resolve("out/2/demo0"))
                    && Files.size(directory.resolve("out/2/demo0")) > 0L);
            signal("INT", recorder);
            final RelayProcess.Outcome outcome = recorder.await();
            assertThat(outcome.code()).as("something was dumped").isZero();
            assertThat(outcome.out().lines()).hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains("\"event\":\"SIGUSR1\""));
            assertThat(directory.resolve("out/1/demo0")).hasContent("before the first\n");
            assertThat(directory.resolve("out/2/demo0")).hasContent("before the first\nbefore the second\n");
        }
    }

    @Test
    void whereNothingHappensNothingIsDumped() throws Exception {
        try (RelayProcess recorder = closed()) {
            final RelayProcess.Outcome outcome = recorder.await();
            assertThat(outcome.code()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("the channel has ended, and nothing of what was waited for");
            assertThat(directory.resolve("out")).doesNotExist();
        }
    }

    private RelayProcess closed() throws IOException {
        try (Channel channel = open(directory, Mode.OVERWRITE)) {
            final RelayProcess recorder = recorder("--when", "loss");
            write(channel, "a line\n");
            return recorder;
        }
    }

    @ParameterizedTest
    @CsvSource({"--when lost, '--when' (EVENT): 'lost': must be loss", "--when backlog=0%, must be backlog=1%",
        "--times 2, --times 2: needs --when", "--when loss -i 0s, must be 1ms to 24h",
        "--when loss --times 0, '0': must be a number from 1 to"})
    void wrongOptionsAreNamed(String options, String message) {
        final Outcome outcome = run(("snapshot " + directory + " -o out " + options).split(" "));
        assertThat(outcome.code()).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).contains(message);
    }

    @Test
    void inAPipeStatIsPlainLines() throws Exception {
        try (Channel channel = open(directory, Mode.NO_OVERWRITE); RelayProcess stat = RelayProcess.start(null,
                Path.of("/dev/null"), "stat", "-i", "20ms", directory.toString())) {
            for (int i = 0; i < 3; i++) {
                write(channel, "x".repeat(60));
            }
            stat.awaitOut("; the buffer was full: 0 of 1\n");
            stat.process().destroy();
            final RelayProcess.Outcome outcome = stat.await();
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).matches("demo: [^\n]*\ntime[^\n]* backlog\n(\\d{4}-[^\n]+Z +0 [^\n]+\n)+")
                    .doesNotContain("\u001b");
        }
    }

    /** Under {@code script}, which gives it a terminal. */
    @Test
    void onATerminalStatStaysInPlaceAndHelpFits() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
        final String shell = "export SHELL=/bin/sh; exec script -qec \"stty rows 12 cols 100; $*\" /dev/null";
        try (Channel channel = open(directory, Mode.NO_OVERWRITE);
                RelayProcess stat = RelayProcess.start(shell, Path.of("/dev/null"), "stat", "-i", "20ms",
                        directory.toString());
                RelayProcess help = RelayProcess.start(shell, Path.of("/dev/null"), "list", "--help")) {
            for (int i = 0; i < 3; i++) {
                write(channel, "x".repeat(60));
            }
            stat.awaitOut("  the buffer was full\u001b[K"); // two lines more than before
            stat.awaitOut("\u001b[6A"); // and over these
            end(channel);
            final RelayProcess.Outcome outcome = stat.await();
            assertThat(outcome.code()).isZero();
            assertThat(outcome.out()).contains("2/2 ███████████████████████\u001b[K");
            assertThat(help.await().out().replaceAll("\u001b\\[[0-9;]*m", "").strip().lines()
                    .mapToInt(String::length).max().orElseThrow()).isBetween(81, 100);
        }
    }
}
