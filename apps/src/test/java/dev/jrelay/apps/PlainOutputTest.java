// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.ControlFile;
import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a user names, or a peer says: no escape sequence of it reaches a terminal. */
@Timeout(300)
class PlainOutputTest {
    /** Colours, the title of the window, and the same again without an escape. */
    private static final String EVIL = "e\u001b[31mv\u001b]0;title\u0007i\u009b1ml";

    @TempDir
    private Path directory;

    private RelayProcess.Outcome run(String line) {
        final String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace("EVIL", EVIL).replace("DIR", directory.toString());
        }
        try (RelayProcess relay = RelayProcess.start("LC_ALL=C.UTF-8 exec \"$@\"", Path.of("/dev/null"), words)) {
            return relay.await();
        }
    }

    private static void plain(RelayProcess.Outcome outcome) {
        final String all = outcome.out() + outcome.err();
        assertThat(all).contains("[31mv");
        assertThat(all.chars().filter(c -> c != '\n' && c != '\t' && Character.isISOControl(c))).as(all).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapshot DIR/ch -o DIR/EVIL", "snapshot DIR/ch -o DIR/EVIL --json",
        "record -i DIR/in -o DIR/EVIL --channel-dir DIR/c-EVIL", "create DIR/EVIL -c 1 -b 4k --lines",
        "collect DIR/EVIL -o DIR/o", "stat DIR/ch --base EVIL", "recover DIR/EVIL -o DIR/x", "decode --text EVIL(",
        "get DIR/EVIL", "tail --klog DIR/EVIL", "list DIR/EVIL", "EVIL", "help EVIL"})
    void whatAUserNamesIsShown(String line) throws IOException {
        Files.writeString(directory.resolve("in"), "a line\n");
        Files.createDirectory(directory.resolve("ch"));
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).subBufferSize(64)
                .subBufferCount(2).storage(Storage.files(directory.resolve("ch"))).build())) {
            assertThat(channel.bufferCount()).isOne();
            plain(run(line));
        }
    }

    @Test
    void whatAPeerAnswersIsShown() throws IOException {
        try (ControlFile value = ControlFile.create("value", directory, () -> EVIL, null);
                ControlFile error = ControlFile.create("error", directory, () -> {
                    throw new IOException(EVIL);
                }, null)) {
            plain(run("get " + value.path()));
            plain(run("get " + error.path()));
            final RelayProcess.Outcome json = run("get --json " + value.path());
            plain(json);
            assertThat(JSON.std.mapFrom(json.out())).containsEntry("value", EVIL);
        }
    }

    @Test
    void whereACollectorWritesIsShown() throws Exception {
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { });
                RelayProcess collector = RelayProcess.start("LC_ALL=C.UTF-8 exec \"$@\"", Path.of("/dev/null"),
                        "collect", directory.resolve("app").toString(), "-o", directory.resolve(EVIL).toString())) {
            collector.awaitErr("Logging");
            assertThat(app.write(new byte[1], 0, 1)).isNotNegative();
            collector.process().destroy();
            plain(collector.await());
        }
    }

    /** A JVM makes replacement characters of them, and with these in its name another file would be meant. */
    @Test
    void anArgumentThatIsNoTextIsRefused() throws IOException {
        try (RelayProcess relay = RelayProcess.start("exec \"$@\" -o \"" + directory + "/$(printf 'b\\377')\"",
                Path.of("/dev/null"), "record", "-i", "-")) {
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.USAGE);
            assertThat(outcome.err()).contains("': not in the encoding of this locale, ");
        }
        assertThat(directory).isEmptyDirectory();
    }
}
