// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.IntFunction;

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
    private final MemorySegment[] data;
    private final boolean mayConsume;
    private final int[] mappedEntries;
    private final Lease lease;
    private final Thread heart;
    private final Arena arena;
    private boolean isMapped = true;
    private boolean closed;

    private MappedChannel(String baseName, ControlPage page, MemorySegment[] data, Arena arena, boolean mayConsume) {
        this.baseName = baseName;
        this.page = page;
        this.mayConsume = mayConsume;
        this.windows = new Window[data.length];
        this.data = data;
        this.arena = arena;
        this.mappedEntries = new int[mayConsume ? data.length : 0];
        for (int i = 0; i < data.length; i++) {
            windows[i] = page.window(i);
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
        this.lease = new Lease(1, this::letGo);
        this.heart = Thread.ofPlatform().daemon().name("relay-mapped-" + baseName).unstarted(this::keepBeating);
        if (mayConsume) {
            heart.start();
        }
    }

    /** Shows those who cannot see this process that it lives. */
    private void keepBeating() {
        try {
            while (beat()) {
                Thread.sleep(Beat.INTERVAL);
            }
        } catch (InterruptedException byClose) {
            // the end
        } catch (InternalError truncated) {
            // the file was truncated under its mapping: whoever uses the channel will be told
        }
    }

    /** One beat for each buffer; false if the mapping is gone. */
    synchronized boolean beat() {
        for (int i = 0; isMapped && i < mappedEntries.length; i++) {
            windows[i].words.mappedBeatOpaque(mappedEntries[i], Beat.now());
            Claims.beat(windows[i].words);
        }
        return isMapped;
    }

    /** The last one that used the mapping does this, not in the middle of a beat. */
    private synchronized void letGo() {
        isMapped = false;
        try {
            releaseMapped(mappedEntries.length);
        } finally {
            ChannelMemory.free(arena);
        }
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
        final MemorySegment[] subBuffers = RelayBuffer.subBuffers(page.geometry(), data[index]); // or it fails
        acquire();
        return Consumer.claim(windows[index], subBuffers, new Waiting.InPauses(), name(index), lease);
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
            return Snapshot.take(windows[index], memory(index));
        } finally {
            lease.release();
        }
    }

    /** The sub-buffers by their slots; not kept, since a page that is not trusted may say that there are millions. */
    private IntFunction<MemorySegment> memory(int index) {
        final Geometry geometry = page.geometry();
        return slot -> data[index].asSlice(geometry.slotOffset(slot), geometry.subBufferSize());
    }

    /**
     * Copies what one buffer holds, sub-buffer by sub-buffer and oldest first, without stopping the writers and without
     * consuming.
     *
     * @param index the buffer
     * @param from sequence of a sub-buffer that is known already: those before it are left out; -1 for all
     * @param target copies them
     * @throws IOException thrown by the target
     */
    public void snapshot(int index, long from, Snapshot.Target target) throws IOException {
        acquire();
        try {
            Snapshot.each(windows[index], memory(index), from, target);
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
     * Whether the process that opened the channel runs. A process that cannot be seen from here counts as alive while
     * its beats come; one that beats no more may be stopped, or gone: {@link Life#UNKNOWN}.
     *
     * @return what is known
     */
    public Life writerLife() {
        return page.writerLife();
    }

    /**
     * How long ago the channel's process last gave a sign of life, by the machine's monotonic clock.
     *
     * @return age in ms
     */
    public long heartbeatAgeMillis() {
        return page.beatAge() / 1_000_000L;
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
