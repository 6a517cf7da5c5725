// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Finds channels in a directory, and makes directories for output ready. */
public final class ChannelFiles {
    private static final String PREFIX = ".";
    private static final String SUFFIX = ".control";

    private ChannelFiles() {
    }

    /**
     * The name of the channel in a directory.
     *
     * @param directory where its files are
     * @param wanted the name if it is known, else null
     * @return {@code wanted}, or the name of the only channel there
     * @throws IOException if there is no channel, there are several and none is named, or the directory does not exist
     */
    public static String baseName(Path directory, String wanted) throws IOException {
        if (!Files.exists(directory)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        final List<String> found = baseNames(directory);
        if (wanted != null && found.contains(wanted)) {
            return wanted;
        }
        if (found.isEmpty() || wanted != null) {
            throw new NoSuchFileException(directory.resolve(PREFIX + (wanted == null ? "*" : wanted) + SUFFIX)
                    + ": no channel here; it is removed when its process closes it");
        }
        if (found.size() > 1) {
            throw new IOException(directory + ": several channels: " + String.join(", ", found)
                    + "; name one (--base)");
        }
        return found.get(0);
    }

    /**
     * The names of all channels in a directory.
     *
     * @param directory where their files are
     * @return the names, sorted
     * @throws IOException if the directory cannot be read
     */
    public static List<String> baseNames(Path directory) throws IOException {
        final List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.toList()) {
                final String name = file.getFileName().toString();
                if (name.startsWith(PREFIX) && name.endsWith(SUFFIX) && name.length() > PREFIX.length()
                        + SUFFIX.length() && Files.isRegularFile(file)) {
                    names.add(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
                }
            }
        }
        Collections.sort(names);
        return names;
    }

    /**
     * Makes a directory ready for one file for each CPU.
     *
     * @param directory created if it does not exist
     * @param baseName begin of the files' names
     * @param count how many
     * @param replace whether existing ones are replaced
     * @return the files, which do not exist
     * @throws FileAlreadyExistsException if one exists and is not to be replaced
     * @throws IOException if the directory cannot be made or a file not be removed
     */
    public static List<Path> prepare(Path directory, String baseName, int count, boolean replace) throws IOException {
        Files.createDirectories(directory);
        final List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final Path file = directory.resolve(baseName + i);
            if (!replace && Files.exists(file)) {
                throw new FileAlreadyExistsException(file + ": exists already (--force replaces it)");
            }
            files.add(file);
        }
        for (final Path file : files) {
            Files.deleteIfExists(file);
        }
        return files;
    }
}
