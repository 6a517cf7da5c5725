// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory that holds a channel is never one for output, however it is named. */
@Timeout(300)
class OutputDirectoryTest {
    @TempDir
    private Path directory;

    private Path channel() {
        return directory.resolve("ch");
    }

    /** A channel with a record in it. */
    private Channel open() throws IOException {
        Files.createDirectory(channel());
        final Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).subBufferSize(64)
                .subBufferCount(2).keep(true).storage(Storage.files(channel())).build());
        final byte[] bytes = "record\n".getBytes(StandardCharsets.US_ASCII);
        channel.writer(0).write(bytes, 0, bytes.length);
        Files.createSymbolicLink(directory.resolve("link"), channel());
        Files.createDirectory(directory.resolve("other"));
        return channel;
    }

    private void refused(RelayProcess.Outcome outcome) throws IOException {
        assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("is the directory of the channel").contains("output must go to another one");
        assertThat(channel().resolve("cpu0")).content().startsWith("record\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ch", "ch/.", "link", "other/../ch", "other/../link/."})
    void noCommandWritesIntoALivingChannel(String name) throws IOException {
        final String output = directory + "/" + name;
        try (Channel channel = open()) {
            assertThat(channel.bufferCount()).isOne();
            refused(RelayProcess.run("snapshot", channel().toString(), "-o", output, "--force"));
            refused(RelayProcess.run("record", "-i", "/etc/passwd", "-o", output, "--force"));
            try (RelayApp app = RelayApp.open(channel(), "app", new RelayApp.Events() { })) {
                refused(RelayProcess.run("collect", channel().toString(), "-o", output, "--base", "app", "--force"));
                assertThat(app.write(new byte[1], 0, 1)).isEqualTo(RelayApp.OFF);
            }
        }
    }

    @Test
    void whatAKilledProcessLeftIsNotReplaced() throws Exception {
        try (RelayProcess writer = RelayProcess.start(null, null, "create", channel().toString(), "--lines", "-c",
                "1")) {
            writer.stdin().write("record\n".getBytes(StandardCharsets.US_ASCII));
            writer.stdin().flush();
            RelayProcess.await(() -> Files.exists(channel().resolve("cpu0"))
                    && Files.readString(channel().resolve("cpu0"), StandardCharsets.ISO_8859_1).startsWith("record\n"));
            writer.process().destroyForcibly().waitFor();
        }
        refused(RelayProcess.run("recover", channel().toString(), "-o", channel().toString(), "--force"));
        assertThat(RelayProcess.run("recover", channel().toString(), "-o", channel().resolve("out").toString()).code())
                .as("beside it").isZero();
    }

    /** The channel is not there yet when the output is looked at. */
    @Test
    void aDirectoryForBothIsRefused() {
        final RelayProcess.Outcome outcome = RelayProcess.run("record", "-i", "/etc/passwd", "-o",
                channel().toString(), "--channel-dir", directory.resolve("none/../ch").toString());
        assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
        assertThat(outcome.err()).contains("is the directory of the channel");
        assertThat(channel()).doesNotExist();
    }

    @Test
    void aBindMountIsTheSameDirectory() throws Exception {
        Namespaces.assume();
        try (Channel channel = open()) {
            assertThat(channel.bufferCount()).isOne();
            final String shell = "exec unshare -m sh -c 'mount --bind " + channel() + " " + directory.resolve("other")
                    + " && exec \"$@\"' sh \"$@\"";
            try (RelayProcess relay = RelayProcess.start(shell, Path.of("/dev/null"), "snapshot", channel().toString(),
                    "-o", directory.resolve("other").toString(), "--force")) {
                refused(relay.await());
            }
        }
        assumeTrue(Files.exists(channel()));
    }
}
