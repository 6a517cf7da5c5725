// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The directories that a user names: the one with a channel in it, and the one for output. */
public final class Directories {
    private static final long PAGE = 4096L;
    /** Of a buffer, and beside that of each of its sub-buffers: see {@code docs/layout.md}. */
    private static final long CONTROL_WORDS = 1152L;
    private static final long CONTROL_WORDS_EACH = 160L;

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
            throw new IOException(directory.resolve(ChannelFiles.controlName(wanted == null ? "*" : wanted))
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
     * Finds out whether a channel fits, before its memory is filled to no avail.
     *
     * @param directory where its files will lie; exists
     * @param geometry the sizes of a buffer
     * @param buffers how many
     * @throws IOException if there is less room than the channel needs
     */
    public static void checkRoom(Path directory, Geometry geometry, int buffers) throws IOException {
        final long control = PAGE + buffers * (CONTROL_WORDS + CONTROL_WORDS_EACH * geometry.subBufferCount());
        final long needed = geometry.bufferSize() * buffers + (control + PAGE - 1L & -PAGE);
        final long room = Files.getFileStore(directory).getUsableSpace();
        if (needed > room) {
            throw new IOException(directory + ": the channel needs " + Sizes.text(needed) + ", but only "
                    + Sizes.text(room) + " are free; smaller or fewer sub-buffers (-b, -n) or fewer buffers need less");
        }
    }

    /**
     * Opens an output file from its beginning on, created if it does not exist: for its owner only (0600), as the
     * channel's files are.
     *
     * @param file the file
     * @return open for reading and writing
     * @throws IOException if it cannot be opened
     */
    public static FileChannel open(Path file) throws IOException {
        final Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return FileChannel.open(file, options);
        }
        return FileChannel.open(file, options,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Writes all of it; whatever goes wrong is said with the file's name. */
    static void write(Path file, FileChannel open, ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException failed) {
            throw new IOException(file + ": " + Failures.describe(failed), failed);
        }
    }

    /**
     * Refuses a directory for output in which a channel's files are, or will be: they would be replaced, and what is
     * written there removed with the channel. Directories are compared by what they are and not by their names.
     *
     * @param output where output is to go; need not exist
     * @param channelDirectory where a channel's files are or will be; need not exist; null if it is not known
     * @throws IOException if it is the same directory, or there is a channel in it
     */
    public static void refuseChannel(Path output, Path channelDirectory) throws IOException {
        final List<String> channels = Files.isDirectory(output) ? ChannelFiles.find(output) : List.of();
        if (!channels.isEmpty() || channelDirectory != null && isSame(output, channelDirectory)) {
            throw new IOException(output + ": is the directory of the channel "
                    + (channels.isEmpty() ? "in " + channelDirectory : channels.getFirst())
                    + ": output must go to another one");
        }
    }

    /**
     * Refuses a directory for output that a collector has not finished with: it writes there, or was killed and can be
     * gone on with.
     *
     * @param output where output is to go; need not exist
     * @throws IOException if it is so
     */
    public static void refuseRun(Path output) throws IOException {
        if (FileJournal.exists(output)) {
            throw new IOException(output + ": holds the run of a collector that is not finished: output must go to "
                    + "another directory");
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return Files.exists(one) && Files.exists(other) ? Files.isSameFile(one, other)
                : resolved(one).equals(resolved(other));
    }

    /** As it would be if it existed: links of what exists of it are followed. */
    private static Path resolved(Path path) throws IOException {
        final Path absolute = path.toAbsolutePath();
        if (Files.exists(absolute) || absolute.getParent() == null) {
            return absolute.toRealPath();
        }
        return resolved(absolute.getParent()).resolve(absolute.getFileName()).normalize();
    }

    /**
     * Makes a directory ready for one file for each CPU.
     *
     * @param directory created if it does not exist
     * @param baseName begin of the files' names
     * @param count how many
     * @param replace whether existing ones are replaced
     * @param channelDirectory where the channel's files are
     * @return the files, which do not exist
     * @throws IOException if the directory holds a channel or cannot be made, or a file exists and is not to be
     *     replaced, or cannot be removed
     */
    public static List<Path> prepare(Path directory, String baseName, int count, boolean replace,
            Path channelDirectory) throws IOException {
        refuseChannel(directory, channelDirectory);
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        Files.createDirectories(directory);
        final List<Path> files = outputs(directory, baseName, count);
        for (final Path file : files) {
            if (!replace && Files.exists(file)) {
                throw new IOException(file + ": exists already (--force replaces it)");
            }
        }
        for (final Path file : files) {
            Files.deleteIfExists(file);
        }
        return files;
    }
}
