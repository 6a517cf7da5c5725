// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.ChannelFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directories that a user names: the one with a channel in it, and the one for output. */
public final class Directories {
    private Directories() {
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
        final List<String> found = ChannelFiles.find(directory);
        if (wanted != null && found.contains(wanted)) {
            return wanted;
        }
        if (found.isEmpty() || wanted != null) {
            throw new NoSuchFileException(directory.resolve(ChannelFiles.controlName(wanted == null ? "*" : wanted))
                    + ": no channel here; it is removed when its process closes it");
        }
        if (found.size() > 1) {
            throw new IOException(directory + ": several channels: " + String.join(", ", found)
                    + "; name one (--base)");
        }
        return found.get(0);
    }

    /**
     * The output files of a channel: one for each buffer, named like the buffers.
     *
     * @param directory where they are
     * @param baseName begin of their names
     * @param count how many
     * @return the files, which may or may not exist
     */
    public static List<Path> outputs(Path directory, String baseName, int count) {
        final List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(directory.resolve(ChannelFiles.bufferName(baseName, i)));
        }
        return files;
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
        final List<Path> files = outputs(directory, baseName, count);
        for (final Path file : files) {
            if (!replace && Files.exists(file)) {
                throw new FileAlreadyExistsException(file + ": exists already (--force replaces it)");
            }
        }
        for (final Path file : files) {
            Files.deleteIfExists(file);
        }
        return files;
    }
}
