// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link RelayDirectory}: created for the owner alone, of a single name or of one that nobody else has. */
class RelayDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void directoriesAreCreatedForTheOwnerAndRemovedWhenEmpty() throws IOException {
        final Path created = RelayDirectory.create("relay", directory);
        assertThat(created).isEqualTo(directory.resolve("relay")).isDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created))).isEqualTo("rwx------");
        assertThatThrownBy(() -> RelayDirectory.create("relay", directory))
                .isInstanceOf(FileAlreadyExistsException.class);
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(64)
                .storage(Storage.files(created)).build())) {
            assertThat(channel.bufferCount()).isEqualTo(2);
            assertThatThrownBy(() -> RelayDirectory.remove(created)).isInstanceOf(IOException.class);
        }
        RelayDirectory.remove(created);
        assertThat(created).doesNotExist();
        assertThatThrownBy(() -> RelayDirectory.remove(created)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void temporaryDirectoriesAreOfTheirOwnerAloneAndEachHasAnotherName() throws IOException {
        final Path one = RelayDirectory.createTemporary("relay", directory);
        final Path two = RelayDirectory.createTemporary("relay", directory);
        assertThat(one).isNotEqualTo(two);
        for (final Path created : List.of(one, two)) {
            assertThat(created.getParent()).isEqualTo(directory);
            assertThat(created.getFileName().toString()).startsWith("relay");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created))).isEqualTo("rwx------");
            RelayDirectory.remove(created);
        }
        final Path rooted = RelayDirectory.createTemporary("jrelay-test", null);
        assertThat(rooted.getParent()).isEqualTo(RelayDirectory.root());
        RelayDirectory.remove(rooted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "/a", "a/"})
    void aDirectoryNameIsASingleName(String name) {
        assertThatThrownBy(() -> RelayDirectory.create(name, directory)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'").hasMessageContaining("single name");
    }

    @Test
    void theDefaultPlaceExists() throws IOException {
        assertThat(RelayDirectory.root()).isDirectory().isWritable();
        if (Files.isWritable(Path.of("/dev/shm"))) {
            assertThat(RelayDirectory.root()).isEqualTo(Path.of("/dev/shm"));
        }
        final Path created = RelayDirectory.create("jrelay-test-" + ProcessHandle.current().pid(), null);
        assertThat(created.getParent()).isEqualTo(RelayDirectory.root());
        RelayDirectory.remove(created);
    }
}
