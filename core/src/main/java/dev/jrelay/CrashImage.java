// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the buffers of a process that is gone hold, sub-buffer by sub-buffer, read through the same layout. Nothing is
 * changed and nothing consumed.
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
 *   q is the tail's                           STABLE: commit's bytes
 *   the tail has left q                       COMPLETE: S - padding bytes, since padding is stored before the tail
 * </pre>
 *
 * <p>The last record of an exclusive sub-buffer that it fills exactly is not in the commit word: it is added here, also
 * if it was an aborted one.
 *
 * <p>The files are not trusted: values are clamped to what the sizes allow. Threads: one at a time.
 */
public final class CrashImage implements AutoCloseable {
    private final ControlPage page;
    private final MemorySegment[] data;
    private final Arena arena;

    /** How much of a sub-buffer can be had. */
    public enum State {
        /** All of it, as its consumer would have had it. */
        DELIVERED,
        /** All of it, though it was never delivered. */
        COMPLETE,
        /** The current sub-buffer's beginning, without holes. */
        STABLE,
        /** Finished records with holes of unfinished ones among them, and no telling which is which. */
        UNSTABLE
    }

    /**
     * One sub-buffer that is not consumed.
     *
     * @param sequence its sequence
     * @param state how much of it can be had
     * @param memory the whole sub-buffer
     * @param length valid bytes, or for an unstable one the bytes that were reserved at most
     * @param records finished records
     */
    public record Part(long sequence, State state, MemorySegment memory, int length, long records) {
    }

    private CrashImage(ControlPage page, MemorySegment[] data, Arena arena) {
        this.page = page;
        this.data = data;
        this.arena = arena;
    }

    /**
     * Maps the files of a channel, to read them only.
     *
     * @param directory where they are
     * @param baseName the name the channel was opened with
     * @return the image; close it
     * @throws IOException if a file does not exist or does not have the size that the control page states
     */
    public static CrashImage open(Path directory, String baseName) throws IOException {
        final Arena arena = Arena.ofShared();
        try {
            final ControlPage page = ControlPage.map(directory, baseName, FileChannel.MapMode.READ_ONLY, arena);
            return new CrashImage(page, page.mapData(directory, baseName, arena), arena);
        } catch (IOException | RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /** {@return the sizes of the buffers} */
    public Geometry geometry() {
        return page.geometry();
    }

    /** {@return the number of buffers} */
    public int bufferCount() {
        return data.length;
    }

    /**
     * All that is not consumed of one buffer.
     *
     * @param buffer its number, from 0
     * @return sub-buffers, oldest first; the last one may be empty of records. Their memory is that of this image
     */
    public List<Part> parts(int buffer) {
        final Window window = page.window(buffer);
        final Geometry geometry = page.geometry();
        final long tail = window.words.tailAcquire();
        final long current = geometry.sequence(tail);
        final long behind = geometry.distance(current, window.words.consumedAcquire());
        final List<Part> parts = new ArrayList<>();
        for (long i = Math.min(behind, geometry.subBufferCount()); i > 0L; i--) {
            parts.add(left(window, data[buffer], geometry.plus(current, -i)));
        }
        final Part last = current(window, data[buffer], tail);
        if (last.length() > 0) {
            parts.add(last);
        }
        return parts;
    }

    /** A sub-buffer that the tail has left. */
    private static Part left(Window window, MemorySegment memory, long sequence) {
        final Geometry geometry = window.geometry;
        final int slot = geometry.slot(sequence);
        final int size = geometry.subBufferSize();
        final int valid = size - window.padding(slot);
        if (window.isDelivered(sequence)) {
            return part(geometry, memory, sequence, State.DELIVERED, valid, window.records(slot));
        }
        if (window.words.completeOpaque(slot) == geometry.after(sequence)) {
            return part(geometry, memory, sequence, State.COMPLETE, valid, window.records(slot));
        }
        final long commit = window.words.commitAcquire(slot);
        final boolean whole = (int) commit == size;
        final long records = commit >>> 32;
        if (window.exclusive) {
            return part(geometry, memory, sequence, State.COMPLETE, valid, records + (valid == size ? 1L : 0L));
        }
        return part(geometry, memory, sequence, whole ? State.COMPLETE : State.UNSTABLE, whole ? valid : size, records);
    }

    /** The sub-buffer that the tail is in. */
    private static Part current(Window window, MemorySegment memory, long tail) {
        final Geometry geometry = window.geometry;
        final long sequence = geometry.sequence(tail);
        final int offset = geometry.offset(tail);
        final long commit = offset > 0 ? window.words.commitAcquire(geometry.slot(sequence)) : 0L;
        final boolean stable = window.exclusive || (int) commit == offset;
        return part(geometry, memory, sequence, stable ? State.STABLE : State.UNSTABLE, stable ? (int) commit : offset,
                commit >>> 32);
    }

    private static Part part(Geometry geometry, MemorySegment memory, long sequence, State state, int length,
            long records) {
        final int size = geometry.subBufferSize();
        return new Part(sequence, state, memory.asSlice(geometry.slotOffset(geometry.slot(sequence)), size),
                Math.clamp(length, 0, size), Math.clamp(records, 0L, size));
    }

    /** Lets go of the mapping; the memory of all parts goes with it. */
    @Override
    public void close() {
        arena.close();
    }
}
