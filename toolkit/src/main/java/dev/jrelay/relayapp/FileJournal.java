// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What a collector has saved, kept beside its files so that after a kill another one can go on: for each buffer, in
 * which file, and up to which length of it, everything before sub-buffer q is.
 *
 * <pre>
 * commit up to q:   the older of two entries = (q, number of the file, its length)
 * go on:            the newer entry: cut the file to its length, remove later ones; everything before its q is safe
 * </pre>
 *
 * <p>The older entry is marked as none while it is written, so that one is always valid. A run that came to its end has
 * no journal. The file is mapped, so a kill of the process loses nothing of it; a crash of the machine does, as of the
 * channel. As long as its collector lives it is locked.
 */
final class FileJournal implements AutoCloseable {
    static final String NAME = ".collector";
    /** A journal that is not complete yet: a collector that is killed meanwhile has not begun. */
    private static final String INCOMPLETE = ".collector.new";
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final long HEAD = 24L;
    private static final long ENTRIES = 48L;
    private static final long ENTRY = 24L;

    private final Path file;
    /** Open for its lock. */
    private final FileChannel channel;
    private final Arena arena;
    private final MemorySegment words;

    /**
     * What is safe of a buffer.
     *
     * @param sequence everything before this sub-buffer is
     * @param number the file that the last of it is in, from 0
     * @param length how many bytes of that file
     */
    record Saved(long sequence, int number, long length) {
    }

    private FileJournal(Path file, FileChannel channel, Arena arena, MemorySegment words) {
        this.file = file;
        this.channel = channel;
        this.arena = arena;
        this.words = words;
    }

    /** Whether an output directory belongs to a run that did not come to its end. */
    static boolean exists(Path output) {
        return Files.exists(output.resolve(NAME));
    }

    /** Refuses an output directory that a living collector writes to. */
    static void refuseLiving(Path output) throws IOException {
        if (exists(output)) {
            try (FileChannel channel = FileChannel.open(output.resolve(NAME), StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS)) {
                lock(output, channel);
            }
        }
    }

    private static void lock(Path output, FileChannel channel) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            // of another collector in this process
        }
        if (lock == null) {
            throw new IOException(output + ": a collector writes there: output must go to another directory");
        }
    }

    /** Begins one, with nothing saved. */
    static FileJournal create(Path output, Sink.Source source) throws IOException {
        final Path incomplete = output.resolve(INCOMPLETE);
        Files.deleteIfExists(incomplete);
        final FileJournal journal = map(output, incomplete, HEAD + source.buffers() * ENTRIES,
                StandardOpenOption.CREATE_NEW);
        journal.set(0L, source.id().writer());
        journal.set(8L, source.id().openedMillis());
        journal.set(16L, source.buffers());
        for (int i = 0; i < source.buffers(); i++) {
            journal.set(entry(i, 1L), -1L);
        }
        Files.move(incomplete, journal.file, StandardCopyOption.ATOMIC_MOVE);
        return journal;
    }

    /**
     * Opens the one of a killed collector.
     *
     * @throws IOException if it is of another channel
     */
    static FileJournal open(Path output, Sink.Source source) throws IOException {
        final long size = Files.size(output.resolve(NAME));
        final FileJournal journal = map(output, output.resolve(NAME), size, StandardOpenOption.WRITE);
        if (size != HEAD + source.buffers() * ENTRIES || journal.get(0L) != source.id().writer()
                || journal.get(8L) != source.id().openedMillis() || journal.get(16L) != source.buffers()) {
            journal.close();
            throw new IOException(output + ": holds an unfinished run of another channel than " + source.base() + " in "
                    + source.directory() + ", which is gone with what it held; use another directory, or --force to "
                    + "replace the files");
        }
        return journal;
    }

    private static FileJournal map(Path output, Path file, long size, StandardOpenOption how)
            throws IOException {
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, how,
                LinkOption.NOFOLLOW_LINKS);
        final Arena arena = Arena.ofShared();
        try {
            lock(output, channel);
            fill(file, channel, size);
            return new FileJournal(output.resolve(NAME), channel, arena,
                    channel.map(FileChannel.MapMode.READ_WRITE, 0L, size, arena));
        } catch (IOException | RuntimeException failed) {
            arena.close();
            channel.close();
            throw failed;
        }
    }

    /** Takes the room that it needs; else who stores into the mapping finds out that the disk is full, by a signal. */
    private static void fill(Path file, FileChannel channel, long size) throws IOException {
        final ByteBuffer zeros = ByteBuffer.allocate((int) (size - channel.size()));
        try {
            while (zeros.hasRemaining()) {
                channel.write(zeros);
            }
        } catch (IOException full) {
            throw new IOException(file + ": " + full.getMessage(), full);
        }
    }

    /** Notes what is safe of a buffer. */
    void saved(int buffer, Saved saved) {
        final long older = entry(buffer, 1L - newer(buffer));
        set(older, -1L);
        set(older + 8L, saved.number());
        set(older + 16L, saved.length());
        set(older, saved.sequence());
    }

    /** What is safe of a buffer. */
    Saved saved(int buffer) {
        final long newer = entry(buffer, newer(buffer));
        return new Saved(get(newer), Math.toIntExact(get(newer + 8L)), get(newer + 16L));
    }

    private long newer(int buffer) {
        return get(entry(buffer, 0L)) >= get(entry(buffer, 1L)) ? 0L : 1L;
    }

    private static long entry(int buffer, long index) {
        return HEAD + buffer * ENTRIES + index * ENTRY;
    }

    private long get(long at) {
        return (long) LONG.getAcquire(words, at);
    }

    private void set(long at, long value) {
        LONG.setRelease(words, at, value);
    }

    /** The run has come to its end. */
    void finish() throws IOException {
        Files.delete(file);
    }

    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
    }
}
