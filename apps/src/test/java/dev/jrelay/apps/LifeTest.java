// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is alive, seen from where processes cannot be seen: other containers, hidden ones, after a step of the clock. */
@Timeout(300)
class LifeTest {
    private static final long BEAT_AT = 128L;

    @TempDir
    private Path directory;

    @BeforeEach
    void namespaces() throws IOException, InterruptedException {
        Namespaces.assume();
    }

    private Channel open() throws IOException {
        final Channel channel = Channel.open(ChannelConfig.builder("demo").subBufferSize(4096).subBufferCount(4)
                .bufferCount(1).storage(Storage.files(directory)).build());
        write(channel, "one\n");
        return channel;
    }

    private static void write(Channel channel, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(channel.writer(0).write(bytes, 0, bytes.length)).isNotNegative();
    }

    private RelayProcess start(String shell, String... arguments) {
        return RelayProcess.start(shell, Path.of("/dev/null"), arguments);
    }

    private RelayProcess.Outcome run(String shell, String... arguments) {
        try (RelayProcess relay = start(shell, arguments)) {
            return relay.await();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.OTHER_PIDS, Namespaces.CLOCK_STEPPED, Namespaces.HIDDEN_PIDS})
    void aLivingWriterIsSeenAliveAndNothingIsTakenFromIt(String shell) throws Exception {
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "demo");
                Consumer consumer = mapped.consumer(0)) {
            assertThat(run(shell, "stat", directory.toString()).out())
                    .contains("writer " + ProcessHandle.current().pid() + " alive");
            final RelayProcess.Outcome recovered = run(shell, "recover", directory.toString(), "-o",
                    directory.resolve("out").toString(), "--remove", "--assume-dead");
            assertThat(recovered.code()).as(recovered.toString()).isEqualTo(Relay.FAILED);
            assertThat(recovered.err()).contains("is alive and has the channel open");
            final RelayProcess.Outcome second = run(shell, "consume", directory.toString(),
                    Files.createDirectory(directory.resolve("second")).toString(), "keep", "", "FILES");
            assertThat(second.code()).as(second.toString()).isEqualTo(Relay.FAILED);
            try (RelayProcess tail = start(shell, "tail", "-f", directory.toString())) {
                tail.awaitOut("one\n");
                write(channel, "two\n");
                tail.awaitOut("two\n");
                assertThat(tail.process().isAlive()).isTrue();
            }
            assertThat(consumer.isDrained()).isFalse();
        }
    }

    /** In which clocks run ahead, and the starts of processes seem later. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--pid --mount-proc --kill-child"})
    void aTimeNamespaceMakesNobodyDead(String others) throws Exception {
        final String shell = "exec unshare " + others + " --time --boottime 100000 --monotonic 100000 --fork \"$@\"";
        assumeTrue(new ProcessBuilder("sh", "-c", shell, "sh", "true").start().waitFor() == 0);
        try (Channel channel = open()) {
            assertThat(run(shell, "stat", directory.toString()).out())
                    .contains("writer " + ProcessHandle.current().pid() + " alive");
            final RelayProcess.Outcome recovered = run(shell, "recover", directory.toString(), "-o",
                    directory.resolve("out").toString(), "--remove", "--assume-dead");
            assertThat(recovered.code()).as(recovered.toString()).isEqualTo(Relay.FAILED);
            assertThat(channel.bufferCount()).isOne();
        }
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void aSilentWriterThatCannotBeSeenIsUnknownAndTheOptionDecides() throws Exception {
        final Path control = directory.resolve(ChannelFiles.controlName("demo"));
        try (RelayProcess writer = start(null, "create", directory.toString(), "--base", "demo", "--cpus", "1",
                "--keep")) {
            writer.awaitOut("Ctrl-C closes it");
            writer.process().destroyForcibly().waitFor();
        }
        try (FileChannel page = FileChannel.open(control, StandardOpenOption.WRITE)) {
            final long aMinuteAgo = System.nanoTime() - 60_000_000_000L;
            page.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, aMinuteAgo), BEAT_AT);
        }
        assertThat(run(Namespaces.OTHER_PIDS, "stat", directory.toString()).out()).contains("unknown (of another PID");
        assertThat(run(null, "stat", directory.toString()).out()).contains(" DEAD");
        final String[] recover = {"recover", directory.toString(), "-o", directory.resolve("out").toString(),
            "--remove"};
        final RelayProcess.Outcome refused = run(Namespaces.OTHER_PIDS, recover);
        assertThat(refused.code()).isEqualTo(Relay.FAILED);
        assertThat(refused.err()).contains("cannot be known").contains("--assume-dead");
        assertThat(control).exists();
        final RelayProcess.Outcome told = run(Namespaces.OTHER_PIDS, "recover", directory.toString(), "-o",
                directory.resolve("out").toString(), "--remove", "--assume-dead");
        assertThat(told.code()).as(told.toString()).isZero();
        assertThat(control).doesNotExist();
    }

    /** Its parent does not wait for it, as a careless pid 1 of a container. */
    @Test
    void aZombieIsDead() throws Exception {
        try (RelayProcess parent = RelayProcess.start("\"$@\" & echo started; exec sleep 300", Path.of("/dev/null"),
                "create", directory.toString(), "--base", "demo", "--cpus", "1", "--keep")) {
            parent.awaitOut("Ctrl-C closes it");
            final ProcessHandle writer = parent.process().children().findFirst().orElseThrow();
            writer.destroyForcibly();
            final Path stat = Path.of("/proc/" + writer.pid() + "/stat");
            RelayProcess.await(() -> Files.readString(stat).contains(") Z "));
            assertThat(run(null, "stat", directory.toString()).out()).contains(" DEAD");
            assertThat(run(null, "tail", "-f", directory.toString()).code()).as("it ends").isZero();
            final RelayProcess.Outcome recovered = run(null, "recover", directory.toString(), "-o",
                    directory.resolve("out").toString(), "--remove");
            assertThat(recovered.code()).as(recovered.toString()).isZero();
        }
    }
}
