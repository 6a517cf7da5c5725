// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * What a collector has saved, kept beside its files so that after a kill another one can go on: for each buffer, how
 * long the file is with everything before sub-buffer q in it.
 *
 * <pre>
 * save sub-buffer q:   append its bytes; entry[q + 1] = file length; consume q
 * go on:               q = consumed; cut the file to entry[q]
 * </pre>
 *
 * <p>Killed before the consumption, entry q is still there and q is saved again; killed after it, entry q + 1 is. Two
 * entries by turns are enough. A run that came to its end has no journal. The file is mapped, so a kill of the process
 * loses nothing of it; a crash of the machine does, as of the channel.
 */
final class CollectorJournal implements AutoCloseable {
    static final String NAME = ".collector";
    /** A journal that is not complete yet: a collector that is killed meanwhile has not begun. */
    private static final String INCOMPLETE = ".collector.new";
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final long WRITER_AT = 48L;
    private static final long HEAD = 24L;
    private static final long ENTRIES = 32L;
    private static final long ENTRY = 16L;

    private final Path file;
    private final Arena arena;
    private final MemorySegment words;

    private CollectorJournal(Path file, Arena arena, MemorySegment words) {
        this.file = file;
        this.arena = arena;
        this.words = words;
    }

    /** Whether an output directory belongs to a run that did not come to its end. */
    static boolean exists(Path output) {
        return Files.exists(output.resolve(NAME));
    }

    /** Begins one, for the channel whose control page is {@code control}, with nothing saved. */
    static CollectorJournal create(Path output, Path control, int buffers) throws IOException {
        final Path incomplete = output.resolve(INCOMPLETE);
        Files.deleteIfExists(incomplete);
        final CollectorJournal journal = map(output, incomplete, HEAD + buffers * ENTRIES,
                StandardOpenOption.CREATE_NEW);
        final long[] channel = identity(control);
        journal.set(0L, channel[0]);
        journal.set(8L, channel[1]);
        journal.set(16L, buffers);
        for (int i = 0; i < buffers; i++) {
            journal.set(entry(i, 1L), -1L);
        }
        Files.move(incomplete, journal.file, StandardCopyOption.ATOMIC_MOVE);
        return journal;
    }

    /**
     * Opens the one of a killed collector.
     *
     * @throws IOException if it is of another channel than that of {@code control}
     */
    static CollectorJournal open(Path output, Path control) throws IOException {
        final long size = Files.size(output.resolve(NAME));
        final CollectorJournal journal = map(output, output.resolve(NAME), size, StandardOpenOption.WRITE);
        final long[] channel = Files.exists(control) ? identity(control) : new long[2];
        if (size < HEAD + ENTRIES || journal.get(0L) != channel[0] || journal.get(8L) != channel[1]
                || size != HEAD + journal.get(16L) * ENTRIES) {
            journal.close();
            throw new IOException(output + ": holds an unfinished run of another channel than " + control
                    + ", which is gone with what it held; use another directory, or --force to replace the files");
        }
        return journal;
    }

    private static CollectorJournal map(Path output, Path file, long size, StandardOpenOption how)
            throws IOException {
        final Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, how,
                LinkOption.NOFOLLOW_LINKS)) {
            return new CollectorJournal(output.resolve(NAME), arena,
                    channel.map(FileChannel.MapMode.READ_WRITE, 0L, size, arena));
        } catch (IOException | RuntimeException failed) {
            arena.close();
            throw failed;
        }
    }

    /** Which process opened the channel, and when. */
    private static long[] identity(Path control) throws IOException {
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ);
                Arena page = Arena.ofConfined()) {
            final MemorySegment head = channel.map(FileChannel.MapMode.READ_ONLY, 0L, WRITER_AT + 16L, page);
            return new long[] {head.get(ValueLayout.JAVA_LONG, WRITER_AT), head.get(ValueLayout.JAVA_LONG,
                    WRITER_AT + 8L)};
        }
    }

    /** Notes that everything before sub-buffer {@code sequence} is in the first {@code length} bytes. */
    void saved(int buffer, long sequence, long length) {
        final long entry = entry(buffer, sequence);
        set(entry, -1L);
        set(entry + 8L, length);
        set(entry, sequence);
    }

    /** How many bytes of the file hold everything that was saved before sub-buffer {@code consumed}, the next one. */
    long length(int buffer, long consumed) {
        long newest = -1L;
        long length = 0L;
        for (long i = 0L; i < 2L; i++) {
            final long sequence = get(entry(buffer, i));
            if (sequence > newest && sequence <= consumed) { // less than consumed: writers or a reset took some
                newest = sequence;
                length = get(entry(buffer, i) + 8L);
            }
        }
        return length;
    }

    private static long entry(int buffer, long sequence) {
        return HEAD + buffer * ENTRIES + (sequence & 1L) * ENTRY;
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
    public void close() {
        arena.close();
    }
}
