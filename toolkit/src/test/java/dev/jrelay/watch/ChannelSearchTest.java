// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Life;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Channels are found where they are, and nothing that lies about hurts the search. */
@Timeout(60)
class ChannelSearchTest {
    @TempDir
    private Path directory;

    private static Channel open(Path where, Mode mode) throws IOException {
        return Channel.open(ChannelConfig.builder("demo").subBufferSize(64).subBufferCount(2).bufferCount(2).mode(mode)
                .storage(Storage.files(where)).build());
    }

    @Test
    void findsChannelsWithTheirCounters() throws IOException {
        final Path deep = Files.createDirectories(directory.resolve("a/b"));
        try (Channel one = open(directory, Mode.OVERWRITE); Channel two = open(deep, Mode.NO_OVERWRITE)) {
            for (int i = 0; i < 5; i++) {
                two.writer(1).write(new byte[60], 0, 60);
            }
            final ChannelSearch.Result all = ChannelSearch.run(List.of(directory), 2);
            assertThat(all.problems()).isEmpty();
            assertThat(all.channels()).extracting(ChannelSearch.Found::directory)
                    .containsExactlyInAnyOrder(directory, deep);
            final ChannelSearch.Found found = all.channels().stream().filter(each -> each.directory().equals(deep))
                    .findFirst().orElseThrow();
            assertThat(found.base()).isEqualTo("demo");
            assertThat(found.bufferCount()).isEqualTo(2);
            assertThat(found.geometry()).isEqualTo(two.geometry());
            assertThat(found.writerPid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(found.writer()).isEqualTo(Life.ALIVE);
            assertThat(found.stats().lost(Loss.FULL).records()).isEqualTo(3L);
            assertThat(found.stats().backlog()).isEqualTo(2L);
            assertThat(ChannelSearch.run(List.of(directory), 0).channels())
                    .extracting(ChannelSearch.Found::directory).containsExactly(directory);
            assertThat(ChannelSearch.run(List.of(directory, deep), 2).channels()).as("each once").hasSize(2);
            assertThat(one.bufferCount()).isEqualTo(2);
        }
        assertThat(ChannelSearch.run(List.of(directory), 2).channels()).as("closed").isEmpty();
    }

    @Test
    void aLinkToADirectoryIsFollowedOnlyIfItIsNamed() throws IOException {
        final Path real = Files.createDirectory(directory.resolve("real"));
        final Path other = Files.createDirectory(directory.resolve("other"));
        Files.createSymbolicLink(other.resolve("link"), real);
        try (Channel channel = open(real, Mode.OVERWRITE)) {
            assertThat(ChannelSearch.run(List.of(other), 9).channels()).isEmpty();
            assertThat(ChannelSearch.run(List.of(other.resolve("link")), 9).channels()).hasSize(1);
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
    }

    @Test
    void whatIsNoChannelIsPassedOverOrReported() throws Exception {
        Files.writeString(directory.resolve(".short.control"), "JRELAYFS");
        Files.write(directory.resolve(".zeros.control"), new byte[8192]);
        Files.write(directory.resolve("..control"), new byte[8192]);
        Files.write(directory.resolve(".control"), new byte[8192]);
        Files.write(directory.resolve(".not a name\n.control"), new byte[8192]);
        Files.createDirectory(directory.resolve(".folder.control"));
        Files.createSymbolicLink(directory.resolve(".loop.control"), directory.resolve(".loop.control"));
        Files.createSymbolicLink(directory.resolve(".memory.control"), Path.of("/dev/zero"));
        try (RandomAccessFile sparse = new RandomAccessFile(directory.resolve(".huge.control").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assumeTrue(new ProcessBuilder("mkfifo", directory.resolve(".pipe.control").toString()).start().waitFor() == 0);
        final ChannelSearch.Result result = ChannelSearch.run(List.of(directory), 3);
        assertThat(result.channels()).isEmpty();
        assertThat(result.problems()).hasSize(3)
                .anySatisfy(problem -> assertThat(problem).contains(".short.control", "too short"))
                .anySatisfy(problem -> assertThat(problem).contains(".zeros.control", "not a channel"))
                .anySatisfy(problem -> assertThat(problem).contains(".huge.control"));
    }

    @Test
    void aChannelOfWhichABufferIsMissingIsAProblemAndTheOthersAreFound() throws IOException {
        final Path broken = Files.createDirectory(directory.resolve("broken"));
        final Path whole = Files.createDirectory(directory.resolve("whole"));
        try (Channel first = open(broken, Mode.OVERWRITE); Channel second = open(whole, Mode.OVERWRITE)) {
            Files.delete(broken.resolve(ChannelFiles.bufferName("demo", 1)));
            final ChannelSearch.Result result = ChannelSearch.run(List.of(directory), 1);
            assertThat(result.channels()).extracting(ChannelSearch.Found::directory).containsExactly(whole);
            assertThat(result.problems()).singleElement().asString().contains("demo1");
            assertThat(first.bufferCount()).isEqualTo(second.bufferCount());
        }
    }

    @Test
    void wrongArgumentsAreRefused() throws IOException {
        assertThatThrownBy(() -> ChannelSearch.run(List.of(directory.resolve("none")), 1))
                .isInstanceOf(NoSuchFileException.class);
        final Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> ChannelSearch.run(List.of(file), 1)).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> ChannelSearch.run(List.of(directory), -1)).hasMessage("depth -1: must be 0 or more");
        assertThat(ChannelSearch.usualPlaces()).isNotEmpty().allSatisfy(place -> assertThat(place).isDirectory());
    }
}
