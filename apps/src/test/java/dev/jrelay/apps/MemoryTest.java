// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands on much more data than they have memory. */
@Timeout(300)
class MemoryTest {
    private static final String LITTLE = "JAVA_TOOL_OPTIONS='-Xmx24m -XX:+UseSerialGC' exec \"$@\"";

    @TempDir
    private Path directory;

    private static RelayProcess.Outcome run(String... arguments) {
        try (RelayProcess relay = RelayProcess.start(LITTLE, Path.of("/dev/null"), arguments)) {
            return relay.await();
        }
    }

    @Test
    void tailKeepsTheLinesThatItIsAskedFor() throws IOException {
        final Path file = Files.writeString(directory.resolve("lines"), "1234567\n".repeat(5_000_000) + "x".repeat(3 << 20)
                + "\nlast\n");
        final RelayProcess.Outcome outcome = run("tail", "-n", "2", file.toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).endsWith("\nlast\n").hasSizeLessThan(2 << 20);
    }

    @Test
    void snapshotAndTailCopyARingThatIsLargerThanTheirMemory() throws IOException {
        final int size = 1 << 20;
        try (Channel channel = Channel.open(ChannelConfig.builder("ring").bufferCount(1).subBufferSize(size)
                .subBufferCount(64).mode(Mode.OVERWRITE).storage(Storage.files(directory)).build())) {
            final byte[] line = ("0123456789abcde\n").repeat(size / 16).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                assertThat(channel.writer(0).write(line, 0, size)).isNotNegative();
            }
            final Path output = directory.resolve("out");
            final RelayProcess.Outcome dump = run("snapshot", directory.toString(), "-o", output.toString());
            assertThat(dump.code()).as(dump.err()).isZero();
            assertThat(Files.size(output.resolve("ring0"))).isEqualTo(64L * size);
            final RelayProcess.Outcome tail = run("tail", "-n", "1", directory.toString());
            assertThat(tail.out()).as(tail.err()).isEqualTo("0123456789abcde\n");
        }
    }
}
