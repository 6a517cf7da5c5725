// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/** Files of one directory; see {@link Storage#files}. */
final class FileStorage implements Storage {
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
            StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final int CHUNK = 1 << 20;

    private final Path directory;

    FileStorage(Path directory) {
        this.directory = directory;
    }

    @Override
    public MemorySegment create(String name, long size, Arena arena) throws IOException {
        return uninterrupted(() -> createNew(directory.resolve(name), size, arena));
    }

    private MemorySegment createNew(Path file, long size, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, NEW, RelayDirectory.permissions(directory, "rw-------"))) {
            try {
                allocate(channel, size);
                return channel.map(FileChannel.MapMode.READ_WRITE, 0L, size, arena);
            } catch (ClosedByInterruptException interrupted) {
                Files.deleteIfExists(file);
                throw interrupted;
            } catch (IOException full) {
                Files.deleteIfExists(file);
                throw new IOException(file + ": cannot allocate " + size + " bytes: " + full.getMessage(), full);
            } catch (RuntimeException | Error failure) { // no memory for the zeros
                Files.deleteIfExists(file);
                throw failure;
            }
        }
    }

    /** Writes zeros: the one way in Java to have the blocks allocated, which a sparse file gets at a fault only. */
    private static void allocate(FileChannel channel, long size) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(size, CHUNK));
        for (long written = 0L; written < size;) {
            zeros.position(0).limit((int) Math.min(size - written, CHUNK));
            written += channel.write(zeros, written);
        }
    }

    /** Maps an existing file as a whole. */
    static MemorySegment map(Path file, FileChannel.MapMode mode, Arena arena) throws IOException {
        final StandardOpenOption access = mode == FileChannel.MapMode.READ_ONLY
                ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw new IOException(file + ": not a regular file"); // to open a pipe would wait for its other end
        }
        return uninterrupted(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, access,
                    LinkOption.NOFOLLOW_LINKS)) {
                return channel.map(mode, 0L, channel.size(), arena);
            }
        });
    }

    /** A step that an interrupt of the thread would break: it is done all the same, and the interrupt stays set. */
    private static MemorySegment uninterrupted(Step step) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            for (;;) {
                try {
                    return step.run();
                } catch (ClosedByInterruptException again) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Step {
        MemorySegment run() throws IOException;
    }

    @Override
    public void remove(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }
}
