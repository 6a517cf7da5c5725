// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.RecordWriter;
import dev.jrelay.Storage;
import dev.jrelay.klog.Klog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that go on while a channel of this process lives, and {@code recover --klog} when it is dead. */
@Timeout(300)
class FollowTest {
    private static final long WRITER_AT = 48L;
    private static final long NOBODY = 0x7fff_fff0L << 32 | 1L;

    @TempDir
    private Path directory;

    private Channel open(boolean keep) throws IOException {
        return Channel.open(ChannelConfig.builder("demo").subBufferSize(4096).subBufferCount(4).bufferCount(1)
                .keep(keep).storage(Storage.files(directory)).build());
    }

    private static void write(Channel channel, String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(channel.writer(0).write(bytes, 0, bytes.length)).isNotNegative();
    }

    private static void end(Channel channel) throws IOException {
        channel.close();
    }

    @Test
    void tailFollowsUntilTheChannelIsClosed() throws IOException {
        final Channel channel = open(false);
        write(channel, "one\n");
        try (channel; RelayProcess tail = RelayProcess.start(null, Path.of("/dev/null"), "tail", "-f",
                directory.toString())) {
            tail.awaitOut("one\n");
            write(channel, "two\n");
            tail.awaitOut("two\n");
            end(channel);
            assertThat(tail.await()).isEqualTo(new RelayProcess.Outcome(0, "one\ntwo\n", ""));
        }
    }

    @Test
    void tailFollowsAFileAndKlogRecords() throws IOException {
        final Klog klog = new Klog();
        try (Channel channel = open(false); RelayProcess tail = start("tail", "-f", "--klog", directory.toString())) {
            klog.attach(channel);
            klog.print("first");
            tail.awaitOut("first\n");
            klog.print("second");
            tail.awaitOut("second\n");
        }
        final Path file = Files.writeString(directory.resolve("cpu0"), "a\n");
        try (RelayProcess tail = start("tail", "-f", file.toString())) {
            tail.awaitOut("a\n");
            Files.writeString(file, "b\n", StandardOpenOption.APPEND);
            tail.awaitOut("b\n");
            tail.process().destroy();
            assertThat(tail.await().out()).isEqualTo("a\nb\n");
        }
    }

    @Test
    void statShowsTheCountersAgainAndAgain() throws IOException {
        try (Channel channel = open(false);
                RelayProcess stat = start("stat", "-i", "50ms", "--json", directory.toString())) {
            stat.awaitOut("\"pending\":{\"subBuffers\":0,\"records\":0,");
            write(channel, "one\n");
            stat.awaitOut("\"pending\":{\"subBuffers\":0,\"records\":1,");
            end(channel);
            assertThat(stat.await().code()).isZero();
        }
    }

    private static RelayProcess start(String... arguments) {
        return RelayProcess.start(null, Path.of("/dev/null"), arguments);
    }

    @Test
    void recoverSalvagesKlogRecordsBesideAnUnfinishedOne() throws IOException {
        final Klog klog = new Klog();
        try (Channel channel = open(true)) {
            klog.attach(channel);
            klog.print("first");
            final RecordWriter killed = channel.writer(0);
            assertThat(killed.reserve(64)).isNotNegative(); // never committed
            klog.print("second");
            try (FileChannel file = FileChannel.open(directory.resolve(ChannelFiles.controlName("demo")),
                    StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, NOBODY), WRITER_AT);
            }
            final Path saved = directory.resolve("saved");
            final RelayProcess.Outcome plain = RelayProcess.run("recover", directory.toString(), "-o",
                    saved.toString(), "--fail-on-loss");
            assertThat(plain.code()).isEqualTo(Relay.LOST);
            assertThat(plain.out()).contains("cpu 0: MISSING up to 2 finished records")
                    .contains("smaller sub-buffers (-b) would have kept more");
            assertThat(Files.size(saved.resolve("demo0"))).isZero();
            final RelayProcess.Outcome kept = RelayProcess.run("recover", directory.toString(), "-o",
                    saved.toString(), "--force", "--remove");
            assertThat(kept.code()).isEqualTo(Relay.FAILED);
            assertThat(kept.out()).contains("NOT REMOVED, since not everything is saved").contains("try --klog");
            assertThat(directory.resolve("demo0")).exists();
            final RelayProcess.Outcome salvaged = RelayProcess.run("recover", directory.toString(), "-o",
                    saved.toString(), "--klog", "--force");
            assertThat(salvaged.code()).isZero();
            assertThat(salvaged.out()).contains("cpu 0: MISSING up to 0 finished records");
            assertThat(RelayProcess.run("tail", "--klog", saved.resolve("demo0").toString()).out())
                    .contains("first\n").contains("second\n");
        }
    }
}
