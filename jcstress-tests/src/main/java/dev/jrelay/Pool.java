// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Cells for the states of one test. jcstress makes thousands of states for each stride, and an arena for each would
 * cost so much that its actors hardly overlap; so all cells lie in one static segment and are used again in turn, long
 * after the samples of their last use were counted.
 */
final class Pool {
    /**
     * More than twice the states that jcstress holds (256 x 40). Its threads audit the old states and make the new ones
     * in one pass, each in its own share: until the slowest is through, the cells of both generations are in use.
     */
    static final int CELLS = 3 << 13;

    private final Geometry geometry;
    private final Callbacks callbacks;
    private final long first;
    private final long cellSize;
    private final MemorySegment memory;
    private final MemorySegment view;
    private final Cell[] cells = new Cell[CELLS];
    private final AtomicInteger taken = new AtomicInteger();

    private Pool(Geometry geometry, Callbacks callbacks, long first, boolean mapped) {
        this.geometry = geometry;
        this.callbacks = callbacks;
        this.first = first & geometry.sequenceMask;
        this.cellSize = ControlWords.blockSize(geometry.subBufferCount)
                + (geometry.bufferSize() + ControlWords.LINE - 1L & -ControlWords.LINE);
        if (mapped) {
            final MemorySegment[] both = mapTwice(CELLS * cellSize);
            this.memory = both[0];
            this.view = both[1];
        } else {
            this.memory = Arena.global().allocate(CELLS * cellSize, ControlWords.LINE);
            this.view = memory;
        }
    }

    /** Buffers of {@code count} sub-buffers of {@code size} bytes in native memory. */
    static Pool of(int size, int count, Mode mode) {
        return of(size, count, 0, mode, Callbacks.NONE);
    }

    static Pool of(int size, int count, int header, Mode mode, Callbacks callbacks) {
        return new Pool(new Geometry(size, count, header, mode, false), callbacks, 0L, false);
    }

    /** Buffers for an exclusive writer. */
    static Pool exclusive(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode, true), Callbacks.NONE, 0L, false);
    }

    /** Buffers whose sequence wraps at the second sub-buffer. */
    static Pool wrapping(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode, false), Callbacks.NONE, -1L, false);
    }

    /** Buffers in a file; writers and consumer use two mappings of it, as two processes would. */
    static Pool mapped(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode, false), Callbacks.NONE, 0L, true);
    }

    private static MemorySegment[] mapTwice(long size) {
        try {
            final Path file = Files.createTempFile(RelayDirectory.root(), "jrelay-stress", ".tmp");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return new MemorySegment[] {
                    channel.map(FileChannel.MapMode.READ_WRITE, 0L, size, Arena.global()),
                    channel.map(FileChannel.MapMode.READ_WRITE, 0L, size, Arena.global())
                };
            } finally {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A cell in its initial state. Any thread. */
    Cell take() {
        final int index = Integer.remainderUnsigned(taken.getAndIncrement(), CELLS);
        Cell cell = cells[index];
        if (cell == null) {
            cell = memory == view
                    ? new Cell(index, geometry, block(memory, index), data(memory, index), callbacks)
                    : new Cell(index, geometry, block(memory, index), data(memory, index), block(view, index),
                            data(view, index));
            cells[index] = cell;
        }
        cell.initialize(first);
        return cell;
    }

    private MemorySegment block(MemorySegment from, int index) {
        return from.asSlice(index * cellSize, ControlWords.blockSize(geometry.subBufferCount));
    }

    private MemorySegment data(MemorySegment from, int index) {
        return from.asSlice(index * cellSize + ControlWords.blockSize(geometry.subBufferCount), geometry.bufferSize());
    }

    /** The cell of a buffer, for callbacks. */
    Cell cell(RelayBuffer buffer) {
        return cells[buffer.index()];
    }
}
