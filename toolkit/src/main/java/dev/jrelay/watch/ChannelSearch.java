// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.RelayDirectory;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the channels of a host by their control files, and looks at each: nothing is consumed, no writer notices.
 *
 * <p>What lies about is not trusted: links are not followed, pipes not opened, what cannot be read is passed over or
 * reported, and the number of files looked at is bounded. Two control files that are the same file count once.
 */
public final class ChannelSearch {
    /** How deep below a directory channels are looked for, if nothing else is said. */
    public static final int DEFAULT_DEPTH = 4;
    /** Files and directories that one search looks at, at most. */
    public static final int MAX_FILES = 200_000;

    private static final String BEFORE = ".";
    private static final String BEHIND = ".control";

    private final int depth;
    private final List<Found> channels = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<Object> seen = new HashSet<>();
    private int files;

    /**
     * A channel as it was when it was looked at.
     *
     * @param directory where its files are
     * @param base its name
     * @param geometry sizes and mode
     * @param bufferCount buffers
     * @param writerPid the process that opened it
     * @param writer what is known of that process
     * @param stats counters of all buffers together since it was opened
     */
    public record Found(Path directory, String base, Geometry geometry, int bufferCount, long writerPid, Life writer,
            BufferStats stats) {
    }

    /**
     * What a search has found.
     *
     * @param channels in the order of the search
     * @param problems control files that could not be read, and whether the search was cut short, in words
     */
    public record Result(List<Found> channels, List<String> problems) {
        /** Keeps copies. */
        public Result {
            channels = List.copyOf(channels);
            problems = List.copyOf(problems);
        }
    }

    private ChannelSearch(int depth) {
        this.depth = depth;
    }

    /**
     * Where channels usually are: shared memory, the directory for temporary files, the working directory.
     *
     * @return those of them that exist
     */
    public static List<Path> usualPlaces() {
        final Set<Path> places = new java.util.LinkedHashSet<>(List.of(Path.of("/dev/shm"), RelayDirectory.root(),
                Path.of(System.getProperty("java.io.tmpdir")), Path.of("").toAbsolutePath()));
        return places.stream().filter(Files::isDirectory).toList();
    }

    /**
     * Searches directories and what is below them.
     *
     * @param directories where to begin
     * @param depth levels below these, 0 or more: 0 is the directories only
     * @return what was found
     * @throws IOException if one of the directories does not exist or is none
     * @throws IllegalArgumentException if {@code depth} is below 0
     */
    public static Result run(List<Path> directories, int depth) throws IOException {
        if (depth < 0) {
            throw new IllegalArgumentException("depth " + depth + ": must be 0 or more");
        }
        final ChannelSearch search = new ChannelSearch(depth);
        for (final Path directory : directories) {
            search.below(directory);
        }
        return new Result(search.channels, search.problems);
    }

    private void below(Path directory) throws IOException {
        if (!Files.readAttributes(directory, BasicFileAttributes.class).isDirectory()) {
            throw new NotDirectoryException(directory.toString());
        }
        final Path start = Files.isSymbolicLink(directory) ? directory.toRealPath() : directory;
        Files.walkFileTree(start, EnumSet.noneOf(java.nio.file.FileVisitOption.class), depth + 1,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                        return next();
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        final String name = file.getFileName().toString();
                        if (attributes.isRegularFile() && name.startsWith(BEFORE) && name.endsWith(BEHIND)
                                && name.length() > BEFORE.length() + BEHIND.length()) {
                            look(file, name.substring(BEFORE.length(), name.length() - BEHIND.length()), attributes);
                        }
                        return next();
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                        return next();
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path folder, IOException unreadable) {
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** Counts what was looked at. */
    private FileVisitResult next() {
        if (files++ < MAX_FILES) {
            return FileVisitResult.CONTINUE;
        }
        if (files == MAX_FILES + 1) {
            problems.add("more than " + MAX_FILES + " files: the search was cut short; name the directories, or a "
                    + "smaller depth");
        }
        return FileVisitResult.TERMINATE;
    }

    private void look(Path control, String base, BasicFileAttributes attributes) {
        if (attributes.fileKey() != null && !seen.add(attributes.fileKey())) {
            return;
        }
        try {
            ChannelFiles.checkBaseName(base);
        } catch (IllegalArgumentException other) {
            return; // not named by a channel
        }
        final Path directory = control.getParent();
        try (MappedChannel channel = MappedChannel.look(directory, base)) {
            BufferStats sum = channel.statsSinceOpen(0);
            for (int i = 1; i < channel.bufferCount(); i++) {
                sum = sum.plus(channel.statsSinceOpen(i));
            }
            channels.add(new Found(directory, base, channel.geometry(), channel.bufferCount(), channel.writerPid(),
                    channel.writerLife(), sum));
        } catch (java.nio.file.NoSuchFileException removed) {
            problems.add(removed.getMessage() + ": not there: removed meanwhile, or left alone");
        } catch (java.nio.file.AccessDeniedException denied) {
            problems.add(denied.getMessage() + ": permission denied");
        } catch (IOException | RuntimeException unreadable) {
            problems.add(unreadable.getMessage() == null ? control + ": " + unreadable : unreadable.getMessage());
        } catch (InternalError truncated) {
            problems.add(control + ": truncated while it was read");
        }
    }
}
