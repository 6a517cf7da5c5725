// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * An existing channel in files, opened by another process: relayfs' {@code open()} and {@code mmap()}. Sizes come from
 * the control page; buffers are mapped as a whole.
 *
 * <p>The files are shared with a process that is not trusted: what is read from them is checked and clamped. A peer
 * that lies can make the data useless; it cannot make this side crash, loop or touch other memory.
 *
 * <p>Only a file that is truncated while it is mapped shows: accesses then throw the JVM's {@link InternalError}.
 *
 * <p>Threads: any, one at a time for each consumer.
 */
public final class MappedChannel implements AutoCloseable {
    private final String baseName;
    private final ControlPage page;
    private final ControlWords[] words;
    private final MemorySegment[][] subBuffers;
    private final long[] mappedEntries;
    private final Lease lease;
    private boolean closed;

    private MappedChannel(String baseName, ControlPage page, MemorySegment[] data, Arena arena) {
        this.baseName = baseName;
        this.page = page;
        this.lease = new Lease(() -> {
            releaseMapped(bufferCount());
            arena.close();
        });
        this.words = new ControlWords[data.length];
        this.subBuffers = new MemorySegment[data.length][];
        this.mappedEntries = new long[data.length];
        for (int i = 0; i < data.length; i++) {
            words[i] = page.words(i);
            subBuffers[i] = RelayBuffer.subBuffers(page.geometry(), data[i]);
        }
        int claimed = 0;
        try {
            for (; claimed < data.length; claimed++) {
                mappedEntries[claimed] = Claims.claimMapped(words[claimed], baseName + claimed);
            }
        } catch (IllegalStateException full) {
            releaseMapped(claimed);
            throw full;
        }
    }

    private void releaseMapped(int count) {
        for (int i = 0; i < count; i++) {
            Claims.releaseMapped(words[i], mappedEntries[i]);
        }
    }

    /**
     * Opens and maps an existing channel.
     *
     * @param directory where its files are
     * @param baseName the name it was opened with
     * @return the channel; close it
     * @throws IOException if it does not exist, is not completely created, is of another layout version, or a file does
     *     not have exactly the size that the control page states
     * @throws IllegalStateException if 8 processes have mapped it already
     */
    public static MappedChannel open(Path directory, String baseName) throws IOException {
        final Arena arena = Arena.ofShared();
        try {
            final Path control = directory.resolve(ControlPage.fileName(baseName));
            final ControlPage page = ControlPage.read(map(control, FileChannel.MapMode.READ_WRITE, arena),
                    control.toString());
            final MemorySegment[] data = new MemorySegment[page.bufferCount()];
            for (int i = 0; i < data.length; i++) {
                final Path file = directory.resolve(baseName + i);
                data[i] = map(file, FileChannel.MapMode.READ_ONLY, arena);
                if (data[i].byteSize() != page.geometry().bufferSize()) {
                    throw new IOException(file + ": " + data[i].byteSize() + " bytes: must be "
                            + page.geometry().bufferSize() + ", a buffer can be mapped as a whole only");
                }
            }
            return new MappedChannel(baseName, page, data, arena);
        } catch (IOException | RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    private static MemorySegment map(Path file, FileChannel.MapMode mode, Arena arena) throws IOException {
        final StandardOpenOption access = mode == FileChannel.MapMode.READ_ONLY
                ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw new IOException(file + ": not a regular file"); // to open a pipe would wait for its other end
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, access, LinkOption.NOFOLLOW_LINKS)) {
            return channel.map(mode, 0L, channel.size(), arena);
        }
    }

    /**
     * The number of buffers.
     *
     * @return 1 or more
     */
    public int bufferCount() {
        return words.length;
    }

    /**
     * The size of a sub-buffer.
     *
     * @return bytes
     */
    public int subBufferSize() {
        return page.geometry().subBufferSize;
    }

    /**
     * Sub-buffers of each buffer.
     *
     * @return a power of two
     */
    public int subBufferCount() {
        return page.geometry().subBufferCount;
    }

    /**
     * The client's header in each sub-buffer.
     *
     * @return bytes
     */
    public int headerBytes() {
        return page.geometry().headerBytes;
    }

    /**
     * The channel's mode.
     *
     * @return the mode
     */
    public Mode mode() {
        return page.geometry().overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE;
    }

    /**
     * Becomes the consumer of one buffer.
     *
     * @param index the buffer
     * @return the consumer; close it
     * @throws IllegalStateException if the buffer has a consumer in a living process, or this channel is closed
     */
    public Consumer consumer(int index) {
        final ControlWords bufferWords = words[index];
        acquire();
        try {
            final Consumer consumer = new Consumer(page.geometry(), bufferWords, subBuffers[index], null, () -> {
                Claims.releaseConsumer(bufferWords);
                lease.release();
            });
            Claims.claimConsumer(bufferWords, baseName + index);
            return consumer;
        } catch (RuntimeException | Error failure) {
            lease.release();
            throw failure;
        }
    }

    /**
     * Copies what one buffer holds, without stopping the writers and without consuming.
     *
     * @param index the buffer
     * @return the copies, oldest first
     */
    public Snapshot snapshot(int index) {
        acquire();
        try {
            return Snapshot.take(page.geometry(), words[index], subBuffers[index]);
        } finally {
            lease.release();
        }
    }

    /**
     * Counters of one buffer since the channel was opened.
     *
     * @param index the buffer
     * @return its counters
     */
    public BufferStats stats(int index) {
        acquire();
        try {
            return BufferStats.read(page.geometry(), words[index]);
        } finally {
            lease.release();
        }
    }

    private synchronized void acquire() {
        if (closed || !lease.acquire()) {
            throw new IllegalStateException("channel " + baseName + " is closed here");
        }
    }

    /**
     * The process that opened the channel.
     *
     * @return its pid
     */
    public long writerPid() {
        return ProcessId.pid(page.writer());
    }

    /**
     * Whether the process that opened the channel is running. Needs to see that process: in another pid namespace it
     * looks dead.
     *
     * @return true if it runs
     */
    public boolean isWriterAlive() {
        return ProcessId.isAlive(page.writer());
    }

    /**
     * When the channel's process last gave a sign of life, by the wall clock.
     *
     * @return age in ms
     */
    public long heartbeatAgeMillis() {
        return System.currentTimeMillis() - page.heartbeat();
    }

    /**
     * Lets go of the mapping, at once if no consumer is open here, else with the last of them. Idempotent.
     */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            lease.release();
        }
    }
}
