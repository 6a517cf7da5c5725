// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the channels of a benchmark have their memory: what its parameter {@code storage} says. */
final class Place implements AutoCloseable {
    /** Name of the parameter. */
    static final String STORAGE = "storage";
    static final String MEMORY = "memory";
    static final String HEAP = "heap";
    static final String FILES = "files";
    static final List<String> ALL = List.of(MEMORY, HEAP, FILES);

    private final Path directory;
    private final Storage storage;

    /** A directory of its own where files are wanted. */
    Place(String name) {
        try {
            directory = name.equals(FILES) ? Files.createTempDirectory(RelayDirectory.root(), "jrelay-bench") : null;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        storage = switch (name) {
            case MEMORY -> Storage.memory();
            case HEAP -> Storage.heap();
            case FILES -> Storage.files(directory);
            default -> throw new IllegalArgumentException("storage " + name + ": must be one of " + ALL);
        };
    }

    Storage storage() {
        return storage;
    }

    /** Removes the directory; the channels are closed. */
    @Override
    public void close() {
        try {
            if (directory != null) {
                Files.delete(directory);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
