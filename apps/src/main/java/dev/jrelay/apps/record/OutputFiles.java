// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.ChannelFiles;
import dev.jrelay.relayapp.Directories;
import java.io.IOException;
import java.io.InputStream;
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
    private static final String METADATA = "metadata";
    private static final String METADATA_BEGIN = "/* CTF ";

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
        Directories.refuseRun(directory);
        Files.createDirectories(directory);
        if (!Files.isWritable(directory)) {
            throw new IOException(directory + ": cannot be written to");
        }
        final List<Path> existing = existing(directory, plan.ctf());
        for (final Path file : existing) {
            if (isInput(file, plan)) {
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

    private static boolean isInput(Path file, RecordPlan plan) throws IOException {
        final Path input = plan.input() == null ? Descriptors.STDIN : plan.input();
        return Files.exists(input) && Files.isSameFile(file, input);
    }

    private static List<Path> existing(Path directory, boolean ctf) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            final List<Path> found = new ArrayList<>(files
                    .filter(file -> file.getFileName().toString().matches(OUTPUT_NAME)).toList());
            Collections.sort(found);
            final Path metadata = directory.resolve(METADATA);
            if (Files.exists(metadata) && (ctf || isOfTrace(metadata))) {
                found.add(metadata);
            }
            return found;
        }
    }

    /** Whether a file that is named so is what makes a directory a trace. */
    private static boolean isOfTrace(Path metadata) throws IOException {
        if (!Files.isRegularFile(metadata)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(metadata)) {
            return new String(in.readNBytes(METADATA_BEGIN.length()), US_ASCII).equals(METADATA_BEGIN);
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
