// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that rotate hold together what one file would, also when collectors are killed and files cannot be made. */
@Timeout(60)
class RotationTest {
    private static final int SIZE = 64;

    @TempDir
    private Path directory;
    private final CountDownLatch failed = new CountDownLatch(1);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    /** Tries again for ever. */
    private final class Patient implements Drain.Watch {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public boolean tryAgain(int buffer, IOException failure) throws IOException {
            failed.countDown();
            return true;
        }
    }

    private Channel open() throws IOException {
        return Channel.open(ChannelConfig.builder("cpu").subBufferSize(SIZE).subBufferCount(8).bufferCount(1)
                .storage(Storage.files(directory)).build());
    }

    private FileSink sink(MappedChannel channel, Rotation rotation) throws IOException {
        final FileSink sink = new FileSink(out(), false);
        sink.rotate(rotation);
        sink.prepare(directory, "cpu", channel.geometry());
        sink.open(new Sink.Source(directory, "cpu", ChannelId.read(directory, "cpu"), channel.geometry(), 1));
        return sink;
    }

    private Path out() {
        return directory.resolve("out");
    }

    private void write(Channel channel, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            final byte[] line = ("line " + written.size() + "\n").getBytes(US_ASCII);
            while (channel.write(line, 0, line.length) < 0L) {
                Thread.sleep(1L);
            }
            written.writeBytes(line);
        }
        channel.flush();
    }

    private byte[] content() throws IOException {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final Path file : RotatedFiles.find(out(), "cpu", 0)) {
            all.writeBytes(Files.readAllBytes(file));
        }
        return all.toByteArray();
    }

    private static void drained(MappedChannel channel, Drain drain) throws InterruptedException {
        while (channel.statsSinceOpen(0).backlog() > 0L) {
            assertThat(drain.await(Duration.ofMillis(1L))).isFalse();
        }
    }

    @Test
    void noFileIsLongerThanAskedOrEmptyAndTogetherTheyHoldAll() throws Exception {
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "cpu");
                FileSink sink = sink(mapped, Rotation.parse("200"))) {
            try (Drain drain = Drain.start(mapped, sink, new Patient())) {
                write(channel, 500);
                drained(mapped, drain);
            }
            final List<Path> files = RotatedFiles.find(out(), "cpu", 0);
            assertThat(files).hasSizeGreaterThan(20).startsWith(out().resolve("cpu0"), out().resolve("cpu0.1"))
                    .allSatisfy(file -> assertThat(Files.size(file)).isBetween(1L, 200L));
            assertThat(sink.target(0)).isEqualTo(out().resolve("cpu0") + " to ." + (files.size() - 1));
            sink.finish(List.of(mapped.statsSinceOpen(0)));
            assertThat(content()).isEqualTo(written.toByteArray());
        }
    }

    @Test
    void afterEachKillTheNextOneGoesOnWhereItWas() throws Exception {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            for (int kill = 0; kill < 20; kill++) {
                try (FileSink sink = sink(mapped, new Rotation(100L + random.nextInt(200), Long.MAX_VALUE));
                        Drain drain = Drain.start(mapped, sink, new Patient())) {
                    write(channel, random.nextInt(50));
                    drained(mapped, drain);
                }
                final List<Path> files = RotatedFiles.find(out(), "cpu", 0);
                Files.write(files.getLast(), new byte[99], StandardOpenOption.APPEND); // it was in the middle
                if (random.nextBoolean()) {
                    Files.write(out().resolve("cpu0." + files.size()), new byte[9]); // of a file, or of the next one
                }
            }
            try (FileSink sink = sink(mapped, Rotation.NEVER); Drain drain = Drain.start(mapped, sink, new Patient())) {
                write(channel, 10);
                drained(mapped, drain);
                sink.finish(List.of(mapped.statsSinceOpen(0)));
            }
            assertThat(content()).as("seed " + seed).isEqualTo(written.toByteArray());
            assertThatThrownBy(() -> sink(mapped, Rotation.NEVER).close()).hasMessageContaining("exists already");
        }
    }

    @Test
    void aFileThatCannotBeMadeIsTriedAgainAndNothingIsLost() throws Exception {
        Files.createDirectories(out().resolve("cpu0.1/in the way"));
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "cpu");
                FileSink sink = new FileSink(out(), true)) {
            Files.move(out().resolve("cpu0.1"), directory.resolve("aside"));
            sink.rotate(new Rotation(100L, Long.MAX_VALUE));
            sink.prepare(directory, "cpu", mapped.geometry());
            sink.open(new Sink.Source(directory, "cpu", ChannelId.read(directory, "cpu"), mapped.geometry(), 1));
            try (Drain drain = Drain.start(mapped, sink, new Patient())) {
                Files.move(directory.resolve("aside"), out().resolve("cpu0.1"));
                write(channel, 25); // less than the channel holds
                failed.await();
                Files.move(out().resolve("cpu0.1"), directory.resolve("aside"));
                write(channel, 100);
                drained(mapped, drain);
            }
            sink.finish(List.of(mapped.statsSinceOpen(0)));
        }
        assertThat(content()).isEqualTo(written.toByteArray());
    }

    @Test
    void aTimeEndsAFileToo() throws Exception {
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "cpu");
                FileSink sink = sink(mapped, new Rotation(Long.MAX_VALUE, 1L))) {
            try (Drain drain = Drain.start(mapped, sink, new Patient())) {
                while (RotatedFiles.find(out(), "cpu", 0).size() < 3) {
                    write(channel, 1);
                }
                drained(mapped, drain);
            }
            assertThat(content()).isEqualTo(written.toByteArray());
        }
    }

    @ParameterizedTest
    @CsvSource({"64M,67108864,", "10m,,600000", "10M,10485760,", "'1.5k,2s',1536,2000", "'1h,1',1,3600000"})
    void isReadAsUsersWriteIt(String text, Long bytes, Long millis) {
        final Rotation rotation = Rotation.parse(text);
        assertThat(rotation).isEqualTo(new Rotation(bytes == null ? Long.MAX_VALUE : bytes,
                millis == null ? Long.MAX_VALUE : millis));
        assertThat(Rotation.parse(rotation.toString())).isEqualTo(rotation);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0s", "1us", "10x", "10m,", "-1", "never"})
    void othersAreRefused(String text) {
        assertThatThrownBy(() -> Rotation.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "': must be");
    }
}
