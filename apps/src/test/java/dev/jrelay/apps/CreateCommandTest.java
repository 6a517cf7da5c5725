// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code create --lines}: when sub-buffers are closed. */
@Timeout(300)
class CreateCommandTest {
    private static final int SUB_BUFFER = 1024;

    @TempDir
    private Path directory;

    private RelayProcess create(String... options) {
        final List<String> arguments = new ArrayList<>(
                List.of("create", channel().toString(), "--lines", "--cpus", "1", "-b", "1k", "-n", "4", "--json"));
        arguments.addAll(List.of(options));
        final RelayProcess create = RelayProcess.start(null, null, arguments.toArray(String[]::new));
        create.awaitOut("\"pid\":");
        return create;
    }

    private Path channel() {
        return directory.resolve("channel");
    }

    private static void write(RelayProcess create, int line) throws IOException {
        final OutputStream stdin = create.stdin();
        stdin.write("64 bytes from host: seq=%04d\n".formatted(line).getBytes(StandardCharsets.US_ASCII));
        stdin.flush();
    }

    /** The example of the help, {@code ping … | relay create DIR --lines --overwrite --cpus 1}. */
    @Test
    void aFlightRecorderOfSlowInputKeepsFullSubBuffers() throws Exception {
        try (RelayProcess create = create("--overwrite");
                MappedChannel channel = MappedChannel.look(channel(), "cpu")) {
            create.awaitOut("\"delayNanos\":0,");
            for (int line = 1; line <= 200; line++) { // input that is idle after each line
                write(create, line);
                final long written = line;
                RelayProcess.await(() -> channel.statsSinceOpen(0).attempted().records() == written);
            }
            final List<SubBuffer> kept = channel.snapshot(0).subBuffers();
            assertThat(kept).hasSize(4).last().satisfies(s -> assertThat(s.padding()).isPositive());
            assertThat(kept.subList(0, 3)).allSatisfy(s -> assertThat(s.padding()).isLessThan(29));
            assertThat(kept.stream().mapToInt(SubBuffer::records).sum()).isGreaterThan(3 * (SUB_BUFFER / 29));
            create.stdin().close();
            assertThat(create.await().code()).isZero();
        }
    }

    @Test
    void aLineReachesItsConsumerWithinTheDelayThoughNoneFollows() throws Exception {
        try (RelayProcess create = create(); MappedChannel channel = MappedChannel.open(channel(), "cpu");
                Consumer consumer = channel.consumer(0)) {
            create.awaitOut("\"delayNanos\":1000000000,");
            write(create, 1);
            assertThat(consumer.poll(60_000_000_000L)).isEqualTo(Readiness.READABLE);
            assertThat(consumer.next().records()).isOne();
            create.stdin().close();
            assertThat(create.await().code()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5us", "25h", "x", "7"})
    void namesAWrongDelay(String delay) {
        final RelayProcess.Outcome outcome = RelayProcess.run("create", channel().toString(), "--delay", delay);
        assertThat(outcome.code()).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).contains("--delay").contains("'" + delay + "': must be ").contains("or 0");
        assertThat(channel()).doesNotExist();
    }

    @Test
    void zeroSwitchesTheDelayOff() throws Exception {
        try (RelayProcess create = create("--delay", "0")) {
            create.awaitOut("\"delayNanos\":0,");
            create.stdin().close();
            assertThat(create.await().code()).isZero();
        }
    }

    @Test
    void aLineThatHasBegunIsWrittenAtCtrlC() throws Exception {
        try (RelayProcess create = create("--keep");
                MappedChannel channel = MappedChannel.look(channel(), "cpu")) {
            create.stdin().write("whole\nbegun".getBytes(StandardCharsets.US_ASCII));
            create.stdin().flush();
            RelayProcess.await(() -> channel.statsSinceOpen(0).attempted().records() == 1L);
            create.process().destroy();
            final RelayProcess.Outcome outcome = create.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(Files.readString(channel().resolve("cpu0"), StandardCharsets.ISO_8859_1))
                    .startsWith("whole\nbegun");
        }
    }

    /** What it writes to is gone: nothing is said to be written that is not. */
    @Test
    void aDataFileThatIsTruncatedIsAFailure() throws Exception {
        try (RelayProcess create = create(); MappedChannel channel = MappedChannel.look(channel(), "cpu")) {
            write(create, 1);
            RelayProcess.await(() -> channel.statsSinceOpen(0).attempted().records() == 1L);
            Files.write(channel().resolve("cpu0"), new byte[0]);
            write(create, 2);
            final RelayProcess.Outcome outcome = create.await(); // though its stdin is open
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("relay: a file that is mapped was truncated")
                    .contains("is not in the channel");
            assertThat(outcome.out()).contains("\"pending\":");
        }
    }

    @Test
    void aForeignFileInItsDirectoryDoesNotHideTheCounters() throws Exception {
        try (RelayProcess create = create()) {
            write(create, 1);
            Files.writeString(channel().resolve("foreign"), "");
            create.stdin().close();
            final RelayProcess.Outcome outcome = create.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(outcome.out()).contains("\"pending\":");
            assertThat(outcome.err()).endsWith("channel: not removed, other files are in it\n");
        }
    }

    @Test
    void aFullChannelSaysSo() throws Exception {
        try (RelayProcess create = create()) {
            for (int line = 1; line <= 200; line++) {
                write(create, line);
            }
            try (MappedChannel channel = MappedChannel.look(channel(), "cpu")) {
                RelayProcess.await(() -> channel.statsSinceOpen(0).attempted().records() == 200L);
            }
            assertThat(RelayProcess.run("stat", channel().toString()).out()).containsPattern(" 4 +4 of 4 ");
            create.stdin().close();
            assertThat(create.await().code()).isZero();
        }
    }
}
