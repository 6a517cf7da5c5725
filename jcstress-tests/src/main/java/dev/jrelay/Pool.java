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
 * cost so much that its actors hardly overlap; so all cells lie in a few static segments and are used again in turn,
 * long after the samples of their last use were counted.
 */
final class Pool {
    /**
     * More than twice the states that jcstress holds (256 x 40). Its threads audit the old states and make the new ones
     * in one pass, each in its own share: until the slowest is through, the cells of both generations are in use.
     */
    static final int CELLS = 3 << 13;

    final Geometry geometry;
    private final Callbacks callbacks;
    private final boolean exclusive;
    private final long first;
    private final MemorySegment blocks;
    private final MemorySegment data;
    /** The same memory for consumers, at other addresses; null if it is not mapped. */
    private final MemorySegment blocksRead;
    private final MemorySegment dataRead;
    private final Cell[] cells = new Cell[CELLS];
    private final AtomicInteger taken = new AtomicInteger();
    /** Whether each sample has a new buffer on the old memory: what a buffer knows beside its words is new as well. */
    private boolean renewed;

    private Pool(Geometry geometry, Callbacks callbacks, boolean exclusive, long first, boolean mapped) {
        this.geometry = geometry;
        this.callbacks = callbacks;
        this.exclusive = exclusive;
        this.renewed = exclusive;
        this.first = first & geometry.sequenceMask();
        final long blocksSize = (long) CELLS * ControlWords.blockSize(geometry.subBufferCount());
        final long dataSize = CELLS * dataSize();
        if (mapped) {
            final MemorySegment[] both = mapTwice(blocksSize + dataSize);
            this.blocks = both[0].asSlice(0L, blocksSize);
            this.data = both[0].asSlice(blocksSize);
            this.blocksRead = both[1].asSlice(0L, blocksSize);
            this.dataRead = both[1].asSlice(blocksSize);
        } else {
            this.blocks = MemorySegment.ofArray(new long[(int) (blocksSize / Long.BYTES)]);
            this.data = Arena.global().allocate(dataSize, ControlWords.LINE);
            this.blocksRead = null;
            this.dataRead = null;
        }
    }

    /** Buffers of {@code count} sub-buffers of {@code size} bytes in memory, as {@link Storage#memory} has them. */
    static Pool of(int size, int count, Mode mode) {
        return of(size, count, 0, mode, Callbacks.NONE);
    }

    static Pool of(int size, int count, int header, Mode mode, Callbacks callbacks) {
        return new Pool(new Geometry(size, count, header, mode), callbacks, false, 0L, false);
    }

    /** Buffers that are closed, flushed or given back: a new one for each sample. */
    static Pool renewed(int size, int count, Mode mode) {
        final Pool pool = of(size, count, mode);
        pool.renewed = true;
        return pool;
    }

    /** Buffers for an exclusive writer, a new one for each sample. */
    static Pool exclusive(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode), Callbacks.NONE, true, 0L, false);
    }

    /** Buffers whose sequence wraps at the second sub-buffer. */
    static Pool wrapping(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode), Callbacks.NONE, false, -1L, false);
    }

    /** Buffers in a file; writers and consumer use two mappings of it, as two processes would. */
    static Pool mapped(int size, int count, Mode mode) {
        return new Pool(new Geometry(size, count, 0, mode), Callbacks.NONE, false, 0L, true);
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
        final Cell used = cells[index];
        if (used != null && !renewed) {
            used.initialize(first);
            return used;
        }
        final int number = callbacks == Callbacks.NONE ? 0 : index; // callbacks find the cell by it
        final Cell cell = blocksRead == null
                ? new Cell(number, geometry, exclusive, first, block(blocks, index), data(data, index), callbacks)
                : new Cell(number, geometry, exclusive, first, block(blocks, index), data(data, index), callbacks,
                        block(blocksRead, index), data(dataRead, index));
        cells[index] = cell;
        return cell;
    }

    private MemorySegment block(MemorySegment from, int index) {
        final long size = ControlWords.blockSize(geometry.subBufferCount());
        return from.asSlice(index * size, size);
    }

    private MemorySegment data(MemorySegment from, int index) {
        return from.asSlice(index * dataSize(), geometry.bufferSize());
    }

    private long dataSize() {
        return geometry.bufferSize() + ControlWords.LINE - 1L & -ControlWords.LINE;
    }

    /** The cell of a buffer, for callbacks. */
    Cell cell(RelayBuffer buffer) {
        return cells[buffer.index()];
    }
}
