// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of a channel's files, finding channels by them, removing what is left of one. */
class ChannelFilesTest {
    @TempDir
    private Path directory;

    private void create(String... names) throws IOException {
        for (final String name : names) {
            Files.writeString(directory.resolve(name), "x");
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void namesAreThoseThatAChannelCreates() throws IOException {
        try (Channel channel = Channel.open(ChannelConfig.builder("my.cpu-1_").bufferCount(2).subBufferSize(64)
                .storage(Storage.files(directory)).build())) {
            assertThat(names()).containsExactlyInAnyOrder(ChannelFiles.controlName("my.cpu-1_"),
                    ChannelFiles.bufferName("my.cpu-1_", 0), ChannelFiles.bufferName("my.cpu-1_", 1));
            assertThat(ChannelFiles.find(directory)).containsExactly("my.cpu-1_");
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
        assertThat(ChannelFiles.find(directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".x", "-x", "a/b", "../x", "a b", "a\nb", "a\n", "x\0", "ü"})
    void namesThatWouldLeaveTheDirectoryOrHideAreRefused(String name) {
        assertThatThrownBy(() -> ChannelFiles.checkBaseName(name)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'").hasMessageContaining("1 to 200");
    }

    @Test
    void channelsAreFoundByTheirControlFilesInOrder() throws IOException {
        create(".b.control", ".a.control", ".10.control", "a0", "b0", "c0", ".control", "..control", ".-x.control",
                ".a b.control", ".a.control.old", "x.control", ".a\nb.control", "." + "x".repeat(201) + ".control");
        Files.createDirectory(directory.resolve("deeper"));
        Files.writeString(directory.resolve("deeper/.z.control"), "x");
        assertThat(ChannelFiles.find(directory)).containsExactly("10", "a", "b");
        assertThatThrownBy(() -> ChannelFiles.find(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void removingAChannelLeavesEverythingElse() throws IOException {
        final String[] others = {".cpu1.control", "cpu10", "cpu11", ".cpu.control.old", "cpu", "cpu-0", "cpu00", "cpux",
            "xcpu0", ".cpu0", "acpu0", "cp.0"};
        create(others);
        create(".cpu.control", "cpu0", "cpu1", "cpu2");
        ChannelFiles.remove(directory, "cpu");
        assertThat(names()).containsExactlyInAnyOrder(others);
        ChannelFiles.remove(directory, "cpu");
        assertThat(names()).as("nothing there is no error").containsExactlyInAnyOrder(others);
        ChannelFiles.remove(directory, "cpu1");
        assertThat(names()).doesNotContain("cpu10", "cpu11", ".cpu1.control").contains("cpu", "cpux");
    }

    @Test
    void aNameIsNoPattern() throws IOException {
        create("a.b0", "axb0", ".a.b.control", ".axb.control");
        ChannelFiles.remove(directory, "a.b");
        assertThat(names()).containsExactly(".axb.control", "axb0");
    }

    @Test
    void whatCannotBeRemovedIsReportedAndTheRestIsRemoved() throws IOException {
        create("cpu0", "cpu1");
        Files.createDirectories(directory.resolve(".cpu.control/full"));
        assertThatThrownBy(() -> ChannelFiles.remove(directory, "cpu")).isInstanceOf(IOException.class)
                .hasMessageContaining("cannot remove").satisfies(failure ->
                        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IOException.class));
        assertThat(names()).containsExactly(".cpu.control");
    }

    @Test
    void linksAndDirectoriesInAChannelsPlaceAreLeftAlone() throws IOException {
        create("cpu0", ".cpu.control", "target");
        Files.createSymbolicLink(directory.resolve("cpu1"), directory.resolve("target"));
        Files.createDirectory(directory.resolve("cpu2"));
        ChannelFiles.remove(directory, "cpu");
        assertThat(names()).containsExactly("cpu1", "cpu2", "target");
    }

    /** From the last buffer to the first, then the control file: what is left when it ends half way is found again. */
    @Test
    void theyAreRemovedFromTheLastToTheFirst() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "others do not tell the order");
        create(".cpu.control", "cpu0", "cpu1", "cpu2");
        assertThat(removals(() -> ChannelFiles.remove(directory, "cpu")))
                .containsExactly("cpu2", "cpu1", "cpu0", ".cpu.control");
    }

    /** The other way round: nobody is to find half a channel that is being closed. */
    @Test
    void aChannelThatIsClosedRemovesItsControlFileFirst() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "others do not tell the order");
        final Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(64)
                .storage(Storage.files(directory)).build());
        assertThat(removals(channel::close)).containsExactly(".cpu.control", "cpu1", "cpu0");
    }

    private interface Removal {
        void run() throws IOException;
    }

    private List<String> removals(Removal removal) throws Exception {
        final int count = names().size();
        try (WatchService watcher = directory.getFileSystem().newWatchService()) {
            directory.register(watcher, StandardWatchEventKinds.ENTRY_DELETE);
            removal.run();
            final List<String> removed = new ArrayList<>();
            while (removed.size() < count) {
                final WatchKey key = watcher.poll(20L, TimeUnit.SECONDS);
                assertThat(key).as("nothing more is removed after %s", removed).isNotNull();
                key.pollEvents().forEach(event -> removed.add(event.context().toString()));
                key.reset();
            }
            return removed;
        }
    }
}
