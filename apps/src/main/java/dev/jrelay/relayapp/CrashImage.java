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
 *   else commit's bytes == S                  COMPLETE: the same; its writer died on the way to deliver it
 *   else q is the tail's, commit == offset    STABLE: offset bytes; every reservation in it was finished
 *   else                                      UNSTABLE: commit's records are finished, but not known which bytes
 * </pre>
 *
 * <p>The deliverer stores the records, then clears commit, then sets delivered. Killed before the last step it leaves a
 * closed sub-buffer without commits, as would writers that were all killed before their first commit; so it is
 * unstable, with the stored records as the most that were finished.
 *
 * <p>The files are not trusted: values are clamped to what the sizes allow.
 */
final class CrashImage {
    private static final long PAGE = 4096L;
    private static final long BLOCK_SIZE_AT = 40L;
    private static final long CONSUMED = 128L;
    private static final long SLOTS = 1024L;
    private static final long SLOT_SIZE = 32L;
    private static final long LINE = 128L;
    private static final int POSITION_BITS = 61;

    private final MappedChannel channel;
    private final MemorySegment control;
    private final MemorySegment data;
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
     * @param records finished records; of a closed unstable one without commits, the most there can be
     * @param committed finished bytes, header included, padding perhaps too
     */
    record Part(long sequence, State state, MemorySegment memory, int length, long records, int committed) {
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
        final long retained = current - word(CONSUMED) & sequenceMask;
        final List<Part> parts = new ArrayList<>();
        for (long i = Math.min(retained, channel.subBufferCount()); i >= 0L; i--) {
            if (i > 0L || offset > 0) {
                parts.add(part(current - i & sequenceMask, i == 0L ? offset : -1));
            }
        }
        return parts;
    }

    /** One sub-buffer; {@code offset} is the tail's, or -1 if the tail has left it. */
    private Part part(long sequence, int offset) {
        final int size = channel.subBufferSize();
        final int slot = (int) sequence & channel.subBufferCount() - 1;
        final MemorySegment memory = data.asSlice((long) slot * size, size);
        final long at = SLOTS + slot * SLOT_SIZE;
        final int valid = (int) (size - Math.clamp(word(at + 8L), 0L, size));
        final long commit = word(commitsOffset(channel.subBufferCount()) + slot * LINE);
        final int committed = Math.clamp((int) commit, 0, size);
        final long records = Math.min(commit >>> 32, size);
        if (word(at) == (sequence + 1L & sequenceMask)) {
            return new Part(sequence, State.DELIVERED, memory, valid, Math.clamp(word(at + 16L), 0L, size), size);
        }
        if (committed == size) {
            return new Part(sequence, State.COMPLETE, memory, valid, records, size);
        }
        final boolean stable = offset == committed;
        final boolean handedOver = offset < 0 && committed == 0;
        return new Part(sequence, stable ? State.STABLE : State.UNSTABLE, memory, offset < 0 ? size : offset,
                handedOver ? Math.clamp(word(at + 16L), 0L, size) : records, committed);
    }

    private long word(long at) {
        return control.get(ValueLayout.JAVA_LONG, at);
    }
}
