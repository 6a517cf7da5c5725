// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A relay channel: one buffer for each CPU, each a ring of sub-buffers. Writers log into the current CPU's buffer
 * without blocking; a consumer for each buffer takes whole sub-buffers and reports them consumed.
 *
 * <p>Assumptions: callbacks are quick and do not block; a reservation is committed or aborted soon; one consumer for
 * each buffer.
 *
 * <p>Guarantees: a record is never split, never torn and never delivered twice; records of one buffer are delivered in
 * the order of their reservation; in no-overwrite mode nothing accepted is destroyed; every record that is not
 * delivered is counted, with its bytes, under the reason; writers never wait, neither for consumers nor for each other.
 *
 * <p>Progress: writing is lock-free up to the reservation and wait-free after it.
 *
 * <p>Memory consistency effects: what a writer does before {@code write} or {@code commit} happens-before what the
 * consumer does after receiving the sub-buffer.
 *
 * <p>Example:
 * {@snippet :
 * try (Channel channel = Channel.open(ChannelConfig.builder("cpu").build());
 *         Consumer consumer = channel.consumer(0)) {
 *     byte[] message = "hello\n".getBytes(UTF_8);
 *     channel.buffer(0).write(message, 0, message.length);
 *     channel.flush();
 *     for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
 *         System.out.print(UTF_8.decode(s.bytes()));
 *         consumer.subBuffersConsumed(1);
 *     }
 * }
 * }
 */
public final class Channel implements AutoCloseable {
    private static final long PAGE = 4096L;
    /** Control words of memory storage lie in one array up to this size, bytes. */
    private static final long MAX_ARRAY = 1L << 30;

    private final ChannelConfig config;
    private final Geometry geometry;
    private final CpuSelector selector;
    private final RelayBuffer[] buffers;
    private final ControlPage page;
    private final Lease lease;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread ticker;
    private final BufferStats[] bases;
    private final boolean[] exclusivelyClaimed;
    private final long[][] mapped;

    private Channel(ChannelConfig config, ControlPage page, MemorySegment[] data, Lease lease) {
        this.config = config;
        this.geometry = config.geometry();
        this.selector = config.cpuSelector();
        this.page = page;
        this.lease = lease;
        this.buffers = new RelayBuffer[data.length];
        this.bases = new BufferStats[data.length];
        for (int i = 0; i < data.length; i++) {
            buffers[i] = new RelayBuffer(i, geometry, page.words(i), data[i], config.callbacks());
            bases[i] = buffers[i].stats();
        }
        this.exclusivelyClaimed = new boolean[data.length];
        this.mapped = new long[data.length][ControlWords.MAX_MAPPED];
        final boolean ticks = config.storage().isShared() && !config.tickInterval().isZero();
        this.ticker = !ticks ? null
                : Thread.ofPlatform().daemon().name("relay-" + config.baseName()).unstarted(this::keepTicking);
    }

    /**
     * Opens a channel with its buffers: {@code relay_open}.
     *
     * @param config sizes, mode, callbacks, storage
     * @return the channel; close it
     * @throws IOException if the storage cannot be created (a file exists, the disk is full, …); nothing is left behind
     */
    public static Channel open(ChannelConfig config) throws IOException {
        final Geometry geometry = config.geometry();
        final Storage storage = config.storage();
        final Arena arena = Arena.ofShared();
        final List<String> created = new ArrayList<>();
        try {
            final MemorySegment[] data = new MemorySegment[config.bufferCount()];
            for (int i = 0; i < data.length; i++) {
                data[i] = create(storage, config.baseName() + i, geometry.bufferSize(), arena, created);
                if (config.preTouch()) {
                    touch(data[i]);
                }
            }
            // The control words live as long as the channel object, so that a late writer always finds CLOSED in them.
            final long size = ControlPage.size(geometry, data.length);
            final MemorySegment control = storage == Storage.memory() && size <= MAX_ARRAY
                    ? MemorySegment.ofArray(new long[(int) (size / Long.BYTES)])
                    : create(storage, ControlPage.fileName(config.baseName()), size, Arena.ofAuto(), created);
            final ControlPage page = ControlPage.create(control, geometry, data.length, config.firstSequence());
            final Channel channel = new Channel(config, page, data, new Lease(arena::close));
            page.publish();
            if (channel.ticker != null) {
                channel.ticker.start();
            }
            return channel;
        } catch (IOException | RuntimeException | Error failure) {
            undo(storage, created, failure);
            arena.close();
            throw failure;
        }
    }

    private static MemorySegment create(Storage storage, String name, long size, Arena arena, List<String> created)
            throws IOException {
        final MemorySegment memory = storage.create(name, size, arena);
        created.add(name);
        if (memory.byteSize() < size || !memory.isNative() || memory.isReadOnly() || (memory.address() & 7L) != 0L) {
            throw new IllegalArgumentException(name + ": " + memory + ": must be writable native memory of " + size
                    + " bytes, 8-aligned");
        }
        return memory.asSlice(0L, size);
    }

    private static void touch(MemorySegment memory) {
        for (long at = 0L; at < memory.byteSize(); at += PAGE) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
    }

    private static void undo(Storage storage, List<String> created, Throwable failure) {
        for (final String name : created) {
            try {
                storage.remove(name);
            } catch (IOException | RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
        }
    }

    /**
     * The current thread's buffer, as the {@link CpuSelector} chooses. For a reservation, use the same buffer object
     * for {@code reserve}, {@code dataOffset} and {@code commit}.
     *
     * @return the buffer
     */
    public RelayBuffer buffer() {
        return buffers[selector.select(buffers.length)];
    }

    /**
     * A buffer by its number.
     *
     * @param index 0 to {@code bufferCount() - 1}
     * @return the buffer
     */
    public RelayBuffer buffer(int index) {
        return buffers[index];
    }

    /**
     * The number of buffers.
     *
     * @return 1 or more
     */
    public int bufferCount() {
        return buffers.length;
    }

    /**
     * Writes one record into the current thread's buffer: {@code relay_write}. Any thread.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     * @throws IllegalStateException if the channel is exclusive
     */
    public long write(byte[] source, int offset, int length) {
        return buffer().write(source, offset, length);
    }

    /**
     * Writes one record into the current thread's buffer. Any thread.
     *
     * @param source the bytes
     * @param offset offset of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     * @throws IllegalStateException if the channel is exclusive
     */
    public long write(MemorySegment source, long offset, int length) {
        return buffer().write(source, offset, length);
    }

    /**
     * Writes the remaining bytes of {@code source} as one record into the current thread's buffer. Any thread.
     *
     * @param source the bytes; on success its position moves to its limit
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IllegalStateException if the channel is exclusive
     */
    public long write(ByteBuffer source) {
        return buffer().write(source);
    }

    /**
     * Claims one buffer of an exclusive channel for a single writer.
     *
     * @param index the buffer
     * @return its writer; close it to let another one in
     * @throws IllegalStateException if the channel is not exclusive, or the buffer has a writer
     */
    public ExclusiveWriter exclusiveWriter(int index) {
        final ExclusiveWriter writer = tryExclusiveWriter(index);
        if (writer == null) {
            throw new IllegalStateException("buffer " + config.baseName() + index + " has an exclusive writer already");
        }
        return writer;
    }

    private synchronized ExclusiveWriter tryExclusiveWriter(int index) {
        if (!geometry.exclusive) {
            throw new IllegalStateException("channel " + config.baseName() + " is shared: open it as exclusive");
        }
        if (exclusivelyClaimed[index]) {
            return null;
        }
        exclusivelyClaimed[index] = true;
        return new ExclusiveWriter(buffers[index], () -> releaseExclusive(index));
    }

    private void releaseExclusive(int index) {
        synchronized (this) {
            exclusivelyClaimed[index] = false;
        }
        finishUnowned(index); // close may have come after the owner's last look, and found the buffer claimed
    }

    /** Carries out a close that was asked of an exclusive buffer's owner, if there is none. */
    private void finishUnowned(int index) {
        if (buffers[index].isFinishDue()) {
            final ExclusiveWriter writer = tryExclusiveWriter(index);
            if (writer != null) {
                writer.close();
            }
        }
    }

    /**
     * Becomes the consumer of one buffer.
     *
     * @param index the buffer
     * @return the consumer; close it. It stays usable after the channel is closed, and keeps the memory until then
     * @throws IllegalStateException if the buffer has a consumer, here or in another process, or the memory is freed
     */
    public Consumer consumer(int index) {
        final RelayBuffer buffer = buffers[index];
        acquire();
        try {
            final Consumer consumer = new Consumer(geometry, buffer.words, buffer.subBuffers, buffer.waiter, () -> {
                Claims.releaseConsumer(buffer.words);
                lease.release();
            });
            Claims.claimConsumer(buffer.words, config.baseName() + index);
            return consumer;
        } catch (RuntimeException | Error failure) {
            lease.release();
            throw failure;
        }
    }

    /**
     * Copies what one buffer holds, without stopping writers and without consuming: the dump of a flight recorder.
     * Pause the channel first for a view in which nothing moves.
     *
     * @param index the buffer
     * @return the copies, oldest first
     * @throws IllegalStateException if the channel is closed and its memory freed
     */
    public Snapshot snapshot(int index) {
        acquire();
        try {
            return Snapshot.take(geometry, buffers[index].words, buffers[index].subBuffers);
        } finally {
            lease.release();
        }
    }

    private void acquire() {
        if (!lease.acquire()) {
            throw new IllegalStateException("channel " + config.baseName() + " is closed and its memory freed");
        }
    }

    /**
     * Closes the current sub-buffers so that consumers get them: {@code relay_flush}. Any thread, any time; a buffer
     * whose current sub-buffer is empty is left alone. Exclusive buffers are flushed at their writer's next call.
     */
    public void flush() {
        for (final RelayBuffer buffer : buffers) {
            buffer.flush();
        }
    }

    /**
     * Drops what is unconsumed and restarts the counters: {@code relay_reset}. Mappings and views stay valid and
     * sequences go on. Best called when nobody writes, as in relayfs; with active writers it is safe all the same, and
     * drops what was there when it began.
     *
     * @return false if a writer still holds a reservation, which kept its sub-buffer and later ones from being dropped
     */
    public synchronized boolean reset() {
        boolean complete = true;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i].flush();
            complete &= buffers[i].protocol.skipAll();
            bases[i] = buffers[i].stats();
        }
        return complete;
    }

    /**
     * Makes all writes fail with {@link Result#PAUSED}, so that a snapshot sees a still channel. Records reserved
     * before can still be committed; flush and consumers work on.
     */
    public void pause() {
        for (final RelayBuffer buffer : buffers) {
            buffer.pause(true);
        }
    }

    /** Lets writers go on after {@link #pause()}. */
    public void resume() {
        for (final RelayBuffer buffer : buffers) {
            buffer.pause(false);
        }
    }

    /**
     * Counters of one buffer since the channel was opened or reset. Any thread, also after close.
     *
     * @param index the buffer
     * @return its counters
     */
    public synchronized BufferStats stats(int index) {
        return buffers[index].stats().since(bases[index]);
    }

    /**
     * Counters of all buffers added up.
     *
     * @return the sum
     */
    public BufferStats stats() {
        BufferStats sum = stats(0);
        for (int i = 1; i < buffers.length; i++) {
            sum = sum.plus(stats(i));
        }
        return sum;
    }

    /**
     * Renews the heartbeat that other processes see, and tells the callbacks which of them have mapped or unmapped
     * buffers. A channel whose storage can be shared does this by itself, see {@link
     * ChannelConfig.Builder#tickInterval}.
     */
    public synchronized void tick() {
        page.beat();
        for (final RelayBuffer buffer : buffers) {
            final long[] known = mapped[buffer.index()];
            for (int i = 0; i < known.length; i++) {
                final long before = known[i];
                known[i] = Claims.mapped(buffer.words, i);
                if (before != known[i] && before != 0L) {
                    config.callbacks().bufUnmapped(buffer, ProcessId.pid(before));
                }
                if (before != known[i] && known[i] != 0L) {
                    config.callbacks().bufMapped(buffer, ProcessId.pid(known[i]));
                }
            }
        }
    }

    private void keepTicking() {
        try {
            while (!closed.get()) { // volatile: set once, by close [M26]
                Thread.sleep(config.tickInterval());
                try {
                    tick();
                } catch (RuntimeException thrown) { // of a callback: the heart goes on beating
                    final Thread self = Thread.currentThread();
                    self.getUncaughtExceptionHandler().uncaughtException(self, thrown);
                }
            }
        } catch (InterruptedException stopped) {
            // by close
        }
    }

    /**
     * Closes the channel: {@code relay_close}. Writes fail with {@link Result#CLOSED} from now on; the current
     * sub-buffers are closed, so that consumers can drain everything and then get {@link Readiness#HANG_UP}; a sleeping
     * one is woken. The names (files) are removed unless they are to be kept; the memory is freed when the last
     * consumer here has let go, and other processes keep their mappings. A buffer whose exclusive writer is still open
     * ends when that writer is closed. Idempotent; any thread.
     *
     * @throws IOException if a name cannot be removed; the channel is closed all the same
     */
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) { // full: one thread closes [M26]
            return;
        }
        if (ticker != null) {
            ticker.interrupt();
        }
        try {
            finishFrom(0);
        } finally {
            try {
                removeNames();
            } finally {
                lease.release();
            }
        }
    }

    /** An exception of a callback reaches the caller, and keeps no other buffer open. */
    private void finishFrom(int index) {
        if (index < buffers.length) {
            try {
                buffers[index].finish();
                finishUnowned(index);
            } finally {
                finishFrom(index + 1);
            }
        }
    }

    private void removeNames() throws IOException {
        if (config.keep()) {
            return;
        }
        final List<String> names = new ArrayList<>();
        names.add(ControlPage.fileName(config.baseName()));
        for (final RelayBuffer buffer : buffers) {
            names.add(config.baseName() + buffer.index());
        }
        final IOException failure = new IOException("cannot remove all of " + names);
        undo(config.storage(), names, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
