// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The control memory of a channel: one page that describes it, then the control words of each buffer. In file storage
 * it is the hidden file {@code .base.control}; {@code docs/layout.md} describes it for readers in other languages.
 *
 * <pre>
 *    0       4       8       12      16      20      24      28      32      36      40              48
 *    +-------+-------+-------+-------+-------+-------+-------+-------+-------+-------+---------------+--
 *    |     magic     |version| order | S     | n     | header| mode  |buffers|exclus.| block size    | ...
 *    +-------+-------+-------+-------+-------+-------+-------+-------+-------+-------+---------------+--
 *    48  writer, see ProcessId      56  opened (epoch ms)      64  beat interval (ns)      128  beat (ns)
 *    4096 + i * blockSize    control words of buffer i, see ControlWords
 * </pre>
 *
 * <p>All words are in the byte order of the machine. The magic is stored last, with release, so that whoever finds it
 * finds a complete page.
 */
final class ControlPage {
    static final long SIZE = 4096L;
    /** "JRELAYFS" in ASCII, first character in the lowest byte. */
    static final long MAGIC = 0x5346_5941_4C45_524AL;
    static final int LAYOUT_VERSION = 2;
    static final int MAX_BUFFERS = 4096;
    /** Sub-buffers of all buffers together: each has words to be looked at, and a page that lies must not cost more. */
    static final int MAX_SUB_BUFFERS = 1 << 22;

    private static final int ORDER_MARK = 0x0102_0304;
    private static final int OVERWRITE = 1;

    private static final long MAGIC_AT = 0L;
    private static final long VERSION_AT = 8L;
    private static final long ORDER_AT = 12L;
    private static final long SUB_BUFFER_SIZE_AT = 16L;
    private static final long SUB_BUFFER_COUNT_AT = 20L;
    private static final long HEADER_BYTES_AT = 24L;
    private static final long MODE_AT = 28L;
    private static final long BUFFERS_AT = 32L;
    private static final long EXCLUSIVE_AT = 36L;
    private static final long BLOCK_SIZE_AT = 40L;
    private static final long WRITER_AT = 48L;
    private static final long OPENED_AT = 56L;
    private static final long INTERVAL_AT = 64L;
    private static final long BEAT_AT = 128L;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final Geometry geometry;
    private final int bufferCount;
    private final int exclusiveBuffers;

    private ControlPage(MemorySegment memory, Geometry geometry, int bufferCount, int exclusiveBuffers) {
        this.memory = memory;
        this.geometry = geometry;
        this.bufferCount = bufferCount;
        this.exclusiveBuffers = exclusiveBuffers;
    }

    /** Bytes of the control memory. */
    static long size(Geometry geometry, int bufferCount) {
        return SIZE + bufferCount * (long) ControlWords.blockSize(geometry.subBufferCount());
    }

    /** Fills in the page and the initial words of all buffers; {@link #publish} makes it valid. */
    static ControlPage create(MemorySegment memory, ChannelConfig config) {
        final Geometry geometry = config.geometry();
        putInt(memory, VERSION_AT, LAYOUT_VERSION);
        putInt(memory, ORDER_AT, ORDER_MARK);
        putInt(memory, SUB_BUFFER_SIZE_AT, geometry.subBufferSize());
        putInt(memory, SUB_BUFFER_COUNT_AT, geometry.subBufferCount());
        putInt(memory, HEADER_BYTES_AT, geometry.headerBytes());
        putInt(memory, MODE_AT, geometry.overwrites() ? OVERWRITE : 0);
        putInt(memory, BUFFERS_AT, config.bufferCount());
        putInt(memory, EXCLUSIVE_AT, config.exclusiveBuffers());
        LONG.set(memory, BLOCK_SIZE_AT, (long) ControlWords.blockSize(geometry.subBufferCount()));
        LONG.set(memory, WRITER_AT, ProcessId.self());
        LONG.set(memory, OPENED_AT, System.currentTimeMillis());
        LONG.set(memory, INTERVAL_AT, config.tickInterval().toNanos());
        final ControlPage page = new ControlPage(memory, geometry, config.bufferCount(), config.exclusiveBuffers());
        for (int i = 0; i < config.bufferCount(); i++) {
            ControlWords.initialize(page.block(i), geometry, config.firstSequence() & geometry.sequenceMask(),
                    page.isExclusive(i));
        }
        page.beat();
        return page;
    }

    void publish() {
        LONG.setRelease(memory, MAGIC_AT, MAGIC); // release: the page before its magic [M23]
    }

    /**
     * Maps the page of a channel in files.
     *
     * @throws IOException if it is not there or not valid, naming what is wrong
     */
    static ControlPage map(Path directory, String base, FileChannel.MapMode mode, Arena arena) throws IOException {
        final Path control = directory.resolve(ChannelFiles.controlName(base));
        return read(FileStorage.map(control, mode, arena), control.toString());
    }

    /** Maps the data of all buffers, to read it. */
    MemorySegment[] mapData(Path directory, String base, Arena arena) throws IOException {
        final MemorySegment[] data = new MemorySegment[bufferCount];
        for (int i = 0; i < bufferCount; i++) {
            final Path file = directory.resolve(ChannelFiles.bufferName(base, i));
            data[i] = FileStorage.map(file, FileChannel.MapMode.READ_ONLY, arena);
            if (data[i].byteSize() != geometry.bufferSize()) {
                throw new IOException(file + ": " + data[i].byteSize() + " bytes: must be " + geometry.bufferSize()
                        + ", a buffer can be mapped as a whole only");
            }
        }
        return data;
    }

    /**
     * Reads a page that another process wrote. Every value is checked, then kept in this process: the page is not
     * trusted, and is not read again.
     *
     * @throws IOException naming what is wrong
     */
    static ControlPage read(MemorySegment memory, String name) throws IOException {
        if (memory.byteSize() < SIZE) {
            throw new IOException(name + ": " + memory.byteSize() + " bytes: too short for a control page of " + SIZE);
        }
        final long magic = (long) LONG.getAcquire(memory, MAGIC_AT); // acquire: the magic before the page [M23]
        if (magic != MAGIC) {
            throw new IOException(name + ": not a channel, or not completely created (magic "
                    + Long.toHexString(magic) + ", expected " + Long.toHexString(MAGIC) + ")");
        }
        expect(name, "byte order mark", getInt(memory, ORDER_AT), ORDER_MARK);
        expect(name, "layout version", getInt(memory, VERSION_AT), LAYOUT_VERSION);
        final int buffers = getInt(memory, BUFFERS_AT);
        if (buffers < 1 || buffers > MAX_BUFFERS) {
            throw new IOException(name + ": buffer count " + buffers + ": must be 1 to " + MAX_BUFFERS);
        }
        final int mode = getInt(memory, MODE_AT);
        if (mode != 0 && mode != OVERWRITE) {
            throw new IOException(name + ": mode " + mode + ": must be 0 or " + OVERWRITE);
        }
        final int exclusive = getInt(memory, EXCLUSIVE_AT);
        if (exclusive < 0 || exclusive > buffers) {
            throw new IOException(name + ": " + exclusive + " exclusive buffers: must be 0 to " + buffers);
        }
        final Geometry geometry;
        try {
            geometry = new Geometry(getInt(memory, SUB_BUFFER_SIZE_AT), getInt(memory, SUB_BUFFER_COUNT_AT),
                    getInt(memory, HEADER_BYTES_AT), mode == OVERWRITE ? Mode.OVERWRITE : Mode.NO_OVERWRITE);
        } catch (IllegalArgumentException invalid) {
            throw new IOException(name + ": " + invalid.getMessage(), invalid);
        }
        if ((long) geometry.subBufferCount() * buffers > MAX_SUB_BUFFERS) {
            throw new IOException(name + ": " + geometry.subBufferCount() + " sub-buffers in " + buffers
                    + " buffers: must be " + MAX_SUB_BUFFERS + " or less together");
        }
        expect(name, "size", memory.byteSize(), size(geometry, buffers));
        return new ControlPage(memory, geometry, buffers, exclusive);
    }

    private static void expect(String name, String what, long found, long expected) throws IOException {
        if (found != expected) {
            throw new IOException(name + ": " + what + " " + found + ": must be " + expected);
        }
    }

    private static int getInt(MemorySegment memory, long at) {
        return memory.get(ValueLayout.JAVA_INT, at);
    }

    private static void putInt(MemorySegment memory, long at, int value) {
        memory.set(ValueLayout.JAVA_INT, at, value);
    }

    Geometry geometry() {
        return geometry;
    }

    int exclusiveBuffers() {
        return exclusiveBuffers;
    }

    /** The last ones are. */
    private boolean isExclusive(int buffer) {
        return buffer >= bufferCount - exclusiveBuffers;
    }

    /** The control words of one buffer, and what moves along them. */
    Window window(int buffer) {
        return new Window(geometry, new ControlWords(block(buffer), geometry.subBufferCount()), isExclusive(buffer));
    }

    private MemorySegment block(int buffer) {
        final long size = ControlWords.blockSize(geometry.subBufferCount());
        return memory.asSlice(SIZE + buffer * size, size);
    }

    /** The writer's sign of life. */
    void beat() {
        LONG.setOpaque(memory, BEAT_AT, Beat.now()); // opaque: a clock reading that orders nothing [M24]
    }

    /** The age of the last beat, ns. */
    long beatAge() {
        return Beat.now() - beatOpaque();
    }

    private long beatOpaque() {
        return (long) LONG.getOpaque(memory, BEAT_AT); // opaque: as above [M24]
    }

    Life writerLife() {
        return Beat.life(writer(), beatOpaque(), (long) LONG.get(memory, INTERVAL_AT));
    }

    /** The process that opened the channel, as in {@link ProcessId}. */
    long writer() {
        return (long) LONG.get(memory, WRITER_AT);
    }
}
