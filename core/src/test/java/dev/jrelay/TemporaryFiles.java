// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** File storage in a directory of its own, which lives as long as the names in it. */
final class TemporaryFiles implements Storage {
    private final Set<String> names = new HashSet<>();
    private Path directory;
    private Storage files;

    @Override
    public MemorySegment create(String name, long size, Arena arena) throws IOException {
        if (names.isEmpty()) {
            directory = Files.createTempDirectory(RelayDirectory.root(), "relay-test");
            files = Storage.files(directory);
        }
        names.add(name);
        return files.create(name, size, arena);
    }

    /** Where the files of the channel that is open are. */
    Path directory() {
        return directory;
    }

    @Override
    public void remove(String name) throws IOException {
        files.remove(name);
        if (names.remove(name) && names.isEmpty()) {
            Files.delete(directory);
        }
    }
}
