// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.ChannelFiles;
import dev.jrelay.relayapp.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The output directory, made ready; and a channel's files, cleaned up by the survivor. */
final class OutputFiles {
    /** An output file of any buffer, be it one that has rotated. */
    private static final String OUTPUT_NAME = RecordPlan.BASE_NAME + "[0-9]+(\\.[1-9][0-9]*)?";

    private OutputFiles() {
    }

    /**
     * Makes the output directory ready: it exists, can be written to, and holds no output files. With force, those of
     * an earlier run are removed.
     *
     * @throws IOException if it cannot be written to, or holds output files that are to be kept
     */
    static void prepare(RecordPlan plan) throws IOException {
        final Path directory = plan.output();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new IOException(directory + ": is not a directory");
        }
        Directories.refuseChannel(directory, plan.channelDirectory());
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new IOException(directory + ": cannot be written to");
        }
        final List<Path> existing = existing(directory);
        for (final Path file : existing) {
            if (plan.input() != null && Files.isSameFile(file, plan.input())) {
                throw new IOException(file + ": is the input; write to another directory");
            }
            if (!plan.force()) {
                throw new IOException(file + ": exists already, from an earlier run; --force replaces it");
            }
        }
        for (final Path file : existing) {
            Files.delete(file);
        }
    }

    private static List<Path> existing(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            final List<Path> found = new ArrayList<>(files
                    .filter(file -> file.getFileName().toString().matches(OUTPUT_NAME)).toList());
            Collections.sort(found);
            return found;
        }
    }

    /** The first output file of a buffer. */
    static Path file(Path directory, int buffer) {
        return directory.resolve(ChannelFiles.bufferName(RecordPlan.BASE_NAME, buffer));
    }

    /**
     * Removes the files of a channel whose process cannot do it any more.
     *
     * @param directory where they are
     * @param andDirectory whether to remove the directory too
     * @throws IOException if something cannot be removed
     */
    static void removeChannel(Path directory, boolean andDirectory) throws IOException {
        ChannelFiles.remove(directory, RecordPlan.BASE_NAME);
        if (andDirectory) {
            Files.deleteIfExists(directory);
        }
    }
}
