// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.MappedChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a buffer of a process that is gone holds, sub-buffer by sub-buffer, read from the files as
 * {@code docs/layout.md} describes them. Nothing is changed and nothing consumed.
 *
 * <pre>
 * for q = consumed … tail's sequence
 *   delivered[q] == q + 1                     DELIVERED: S - padding bytes
 *   else complete[q] == q + 1                 COMPLETE: the same; its writer died on the way to deliver it
 *   else commit's bytes == S                  COMPLETE: the same; its writer had not even noted that
 *   else q is the tail's, commit == offset    STABLE: offset bytes; every reservation in it was finished
 *   else                                      UNSTABLE: commit's records are finished, but not known which bytes
 * </pre>
 *
 * <p>An exclusive buffer has one writer, which finishes a record before it begins the next, so nothing in it is ever
 * unstable:
 *
 * <pre>
 *   q is the tail's                           STABLE: commit's bytes, perhaps a record ahead of the tail
 *   the tail has left q                       COMPLETE: S - padding bytes, since padding is stored before the tail
 * </pre>
 *
 * <p>The last record of an exclusive sub-buffer that it fills exactly is not in the commit word: it is added here, also
 * if it was an aborted one.
 *
 * <p>The files are not trusted: values are clamped to what the sizes allow.
 */
final class CrashImage {
    private static final long PAGE = 4096L;
    private static final long FLAGS_AT = 36L;
    private static final long BLOCK_SIZE_AT = 40L;
    private static final long CONSUMED = 128L;
    private static final long SLOTS = 1024L;
    private static final long SLOT_SIZE = 32L;
    private static final long PADDING = 8L;
    private static final long RECORDS = 16L;
    private static final long COMPLETE = 24L;
    private static final long LINE = 128L;
    private static final int POSITION_BITS = 61;

    private final MappedChannel channel;
    private final MemorySegment control;
    private final MemorySegment data;
    private final boolean exclusive;
    private final int shift;
    private final long sequenceMask;

    /** How much of a sub-buffer can be had. */
    enum State { DELIVERED, COMPLETE, STABLE, UNSTABLE }

    /**
     * One sub-buffer that is not consumed.
     *
     * @param sequence its sequence
     * @param state how much of it can be had
     * @param memory the whole sub-buffer
     * @param length valid bytes, or for an unstable one the bytes that were reserved at most
     * @param records finished records
     */
    record Part(long sequence, State state, MemorySegment memory, int length, long records) {
    }

    /**
     * Maps one buffer, read-only.
     *
     * @param channel the channel, whose sizes have been checked
     * @param directory where its files are
     * @param base its name
     * @param buffer the buffer
     * @throws IOException if a file cannot be mapped, or does not have its size any more
     */
    CrashImage(MappedChannel channel, Path directory, String base, int buffer, Arena arena) throws IOException {
        this.channel = channel;
        final MemorySegment all = map(directory.resolve("." + base + ".control"), arena);
        final long commits = commitsOffset(channel.subBufferCount());
        final long blockSize = commits + channel.subBufferCount() * LINE;
        if (all.byteSize() != PAGE + channel.bufferCount() * blockSize
                || all.get(ValueLayout.JAVA_LONG, BLOCK_SIZE_AT) != blockSize) {
            throw new IOException(directory.resolve("." + base + ".control") + ": " + all.byteSize()
                    + " bytes: not those of its sizes");
        }
        this.exclusive = all.get(ValueLayout.JAVA_INT, FLAGS_AT) != 0;
        this.control = all.asSlice(PAGE + buffer * blockSize, blockSize);
        this.data = map(directory.resolve(base + buffer), arena);
        if (data.byteSize() != (long) channel.subBufferSize() * channel.subBufferCount()) {
            throw new IOException(directory.resolve(base + buffer) + ": " + data.byteSize() + " bytes: must be "
                    + (long) channel.subBufferSize() * channel.subBufferCount());
        }
        this.shift = Integer.SIZE - Integer.numberOfLeadingZeros(channel.subBufferSize() - 1);
        this.sequenceMask = -1L >>> Long.SIZE - POSITION_BITS + shift;
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel opened = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return opened.map(FileChannel.MapMode.READ_ONLY, 0L, Files.size(file), arena);
        }
    }

    private static long commitsOffset(int subBufferCount) {
        return SLOTS + (subBufferCount * SLOT_SIZE + LINE - 1L & -LINE);
    }

    /** All that is not consumed, oldest first; the last one may be empty of records. */
    List<Part> parts() {
        final long tail = word(0L) & -1L >>> Long.SIZE - POSITION_BITS;
        final long current = tail >>> shift;
        final int offset = (int) Math.min(tail & (1L << shift) - 1L, channel.subBufferSize());
        final long retained = Math.min(current - word(CONSUMED) & sequenceMask, channel.subBufferCount());
        final List<Part> parts = new ArrayList<>();
        for (long i = retained; i > 0L; i--) {
            parts.add(left(current - i & sequenceMask));
        }
        final Part last = current(current, offset);
        if (last.length() > 0) {
            parts.add(last);
        }
        return parts;
    }

    /** A sub-buffer that the tail has left. */
    private Part left(long sequence) {
        final int size = channel.subBufferSize();
        final long slot = slotAt(sequence);
        final long after = sequence + 1L & sequenceMask;
        final int valid = (int) (size - Math.clamp(word(slot + PADDING), 0L, size));
        final long commit = commit(sequence);
        final int committed = bytes(commit);
        if (word(slot) == after) {
            return part(sequence, State.DELIVERED, valid, word(slot + RECORDS));
        }
        if (word(slot + COMPLETE) == after && (committed == 0 || committed == size)) {
            return part(sequence, State.COMPLETE, valid, word(slot + RECORDS));
        }
        if (exclusive) {
            return part(sequence, State.COMPLETE, valid, (commit >>> Integer.SIZE) + (valid == size ? 1L : 0L));
        }
        return committed == size ? part(sequence, State.COMPLETE, valid, commit >>> Integer.SIZE)
                : part(sequence, State.UNSTABLE, size, commit >>> Integer.SIZE);
    }

    /** The sub-buffer that the tail is in, at {@code offset}; 0 if it is not opened. */
    private Part current(long sequence, int offset) {
        final boolean free = word(slotAt(sequence)) == (sequence + 1L - channel.subBufferCount() & sequenceMask);
        final long commit = free && (offset > 0 || exclusive) ? commit(sequence) : 0L;
        final int committed = bytes(commit);
        return exclusive || committed == offset
                ? part(sequence, State.STABLE, committed, commit >>> Integer.SIZE)
                : part(sequence, State.UNSTABLE, offset, commit >>> Integer.SIZE);
    }

    private Part part(long sequence, State state, int length, long records) {
        final int size = channel.subBufferSize();
        return new Part(sequence, state, data.asSlice((sequence & channel.subBufferCount() - 1L) * size, size), length,
                Math.clamp(records, 0L, size));
    }

    private long slotAt(long sequence) {
        return SLOTS + (sequence & channel.subBufferCount() - 1L) * SLOT_SIZE;
    }

    private long commit(long sequence) {
        return word(commitsOffset(channel.subBufferCount()) + (sequence & channel.subBufferCount() - 1L) * LINE);
    }

    private int bytes(long commit) {
        return Math.clamp((int) commit, 0, channel.subBufferSize());
    }

    private long word(long at) {
        return control.get(ValueLayout.JAVA_LONG, at);
    }
}
