// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An existing channel in files, opened by another process: relayfs' {@code open()} and {@code mmap()}. Sizes come from
 * the control page; buffers are mapped as a whole.
 *
 * <p>The files are shared with a process that is not trusted: what is read from them is checked and clamped. A peer
 * that lies can make the data useless; it cannot make this side crash, loop or touch other memory.
 *
 * <p>Only a file that is truncated while it is mapped shows: accesses then throw the JVM's {@link InternalError}.
 *
 * <p>Threads: any, one at a time for each consumer. After {@link #close()} what needs the mapping throws
 * {@link IllegalStateException}.
 */
public final class MappedChannel implements AutoCloseable {
    private final String baseName;
    private final ControlPage page;
    private final Window[] windows;
    private final MemorySegment[][] subBuffers;
    private final boolean mayConsume;
    private final int[] mappedEntries;
    private final Lease lease;
    private boolean closed;

    private MappedChannel(String baseName, ControlPage page, MemorySegment[] data, Arena arena, boolean mayConsume) {
        this.baseName = baseName;
        this.page = page;
        this.mayConsume = mayConsume;
        this.windows = new Window[data.length];
        this.subBuffers = new MemorySegment[data.length][];
        this.mappedEntries = new int[mayConsume ? data.length : 0];
        for (int i = 0; i < data.length; i++) {
            windows[i] = page.window(i);
            subBuffers[i] = RelayBuffer.subBuffers(page.geometry(), data[i]);
        }
        int claimed = 0;
        try {
            for (; claimed < mappedEntries.length; claimed++) {
                mappedEntries[claimed] = Claims.claimMapped(windows[claimed].words, name(claimed));
            }
        } catch (IllegalStateException full) {
            releaseMapped(claimed);
            throw full;
        }
        this.lease = new Lease(1, () -> {
            try {
                releaseMapped(mappedEntries.length);
            } finally {
                ChannelMemory.free(arena);
            }
        });
    }

    private void releaseMapped(int count) {
        for (int i = 0; i < count; i++) {
            Claims.releaseMapped(windows[i].words, mappedEntries[i]);
        }
    }

    private String name(int index) {
        return ChannelFiles.bufferName(baseName, index);
    }

    /**
     * Opens and maps an existing channel, to consume it or to look at it.
     *
     * @param directory where its files are
     * @param baseName the name it was opened with
     * @return the channel; close it
     * @throws IOException if it does not exist, is not completely created, is of another layout version, may not be
     *     written to, or a file does not have exactly the size that the control page states
     * @throws IllegalStateException if 8 processes have mapped it already
     */
    public static MappedChannel open(Path directory, String baseName) throws IOException {
        return map(directory, baseName, true);
    }

    /**
     * Maps an existing channel to look at it: statistics and snapshots. Nothing is written, so that reading rights and
     * a read-only file system are enough, and the writer is not told.
     *
     * @param directory where its files are
     * @param baseName the name it was opened with
     * @return the channel; close it
     * @throws IOException if it does not exist, is not completely created, is of another layout version, or a file does
     *     not have exactly the size that the control page states
     */
    public static MappedChannel look(Path directory, String baseName) throws IOException {
        return map(directory, baseName, false);
    }

    private static MappedChannel map(Path directory, String baseName, boolean mayConsume) throws IOException {
        final Arena arena = Arena.ofShared();
        try {
            final ControlPage page = ControlPage.map(directory, baseName,
                    mayConsume ? FileChannel.MapMode.READ_WRITE : FileChannel.MapMode.READ_ONLY, arena);
            final MemorySegment[] data = page.mapData(directory, baseName, arena);
            return new MappedChannel(baseName, page, data, arena, mayConsume);
        } catch (IOException | RuntimeException | Error failure) {
            arena.close();
            throw failure;
        }
    }

    /**
     * The sizes and mode of the channel.
     *
     * @return the geometry
     */
    public Geometry geometry() {
        return page.geometry();
    }

    /**
     * The number of buffers.
     *
     * @return 1 or more
     */
    public int bufferCount() {
        return windows.length;
    }

    /**
     * How many of the buffers are exclusive: the last ones.
     *
     * @return 0 to {@link #bufferCount()}
     */
    public int exclusiveBuffers() {
        return page.exclusiveBuffers();
    }

    /**
     * Becomes the consumer of one buffer.
     *
     * @param index the buffer
     * @return the consumer; close it
     * @throws IllegalStateException if the buffer has a consumer in a living process, this channel was opened to look
     *     only, or it is closed
     */
    public Consumer consumer(int index) {
        if (!mayConsume) {
            throw new IllegalStateException("channel " + baseName + " was mapped to look only: open it to consume");
        }
        acquire();
        return Consumer.claim(windows[index], subBuffers[index], new Waiting.InPauses(), name(index), lease);
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
            return Snapshot.take(windows[index], subBuffers[index]);
        } finally {
            lease.release();
        }
    }

    /**
     * Counters of one buffer since the channel was opened by its writer.
     *
     * @param index the buffer
     * @return its counters
     */
    public BufferStats statsSinceOpen(int index) {
        acquire();
        try {
            return BufferStats.read(windows[index]);
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
