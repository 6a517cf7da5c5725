// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A relay channel: one buffer for each CPU, each a ring of sub-buffers. Writers log into the current CPU's buffer
 * without blocking; a consumer for each buffer takes whole sub-buffers and reports them consumed.
 *
 * <p>Assumptions: callbacks are quick and do not block; reservations are finished soon; a buffer has one consumer.
 *
 * <p>Guarantees: a record is never split, never torn and never delivered twice; records of one buffer are delivered in
 * the order of their reservation; in no-overwrite mode nothing accepted is destroyed; every record that is not
 * delivered is counted, with its bytes, under the reason; writers never wait, neither for consumers nor for each other.
 *
 * <p>After {@link #close()}: writes return {@link Result#CLOSED}, consumers drain what is left. Once the memory is
 * freed, what needs it throws {@link IllegalStateException}, and statistics see no more of what others consume.
 *
 * <p>Example:
 * {@snippet :
 * try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).build());
 *         Consumer consumer = channel.consumer(0)) {
 *     channel.write("hello\n".getBytes(UTF_8), 0, 6);
 *     channel.flush();
 *     for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
 *         System.out.print(UTF_8.decode(s.bytes()));
 *         consumer.subBuffersConsumed(1);
 *     }
 * }
 * }
 */
public final class Channel implements AutoCloseable {
    private final ChannelConfig config;
    private final ChannelMemory memory;
    private final RelayBuffer[] buffers;
    private final SharedWriter[] writers;
    private final CpuSelector selector;
    private final Lease lease;
    private final Ticker ticker;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Channel(ChannelConfig config, ChannelMemory memory) {
        final int count = memory.data.length;
        this.config = config;
        this.memory = memory;
        this.lease = new Lease(1 + count, this::free); // the channel's own hold, and one of each buffer's writers
        this.buffers = new RelayBuffer[count];
        for (int i = 0; i < count; i++) {
            buffers[i] = new RelayBuffer(i, memory.page.window(i), memory.data[i], config.callbacks(), lease::release);
        }
        this.writers = new SharedWriter[count - config.exclusiveBuffers()];
        Arrays.setAll(writers, i -> buffers[i].writer());
        this.selector = writers.length > 0 ? config.cpuSelector() : shared -> {
            throw new IllegalStateException("channel " + config.baseName() + " has exclusive buffers only");
        };
        this.ticker = new Ticker(memory.page, buffers, config);
    }

    /**
     * {@return a new channel, to be closed: {@code relay_open}} An interrupt does not keep it from opening, and stays.
     *
     * @param config sizes, mode, callbacks, storage
     * @throws IOException if the storage cannot be created (a file exists, the disk is full, …); nothing is left behind
     * @throws IllegalArgumentException if a client's storage gives memory that cannot be used
     */
    public static Channel open(ChannelConfig config) throws IOException {
        final ChannelMemory memory = ChannelMemory.create(config);
        final Channel channel = new Channel(config, memory);
        memory.page.publish();
        channel.ticker.start();
        return channel;
    }

    /** {@return the sizes of the buffers, and the arithmetic of positions} */
    public Geometry geometry() {
        return config.geometry();
    }

    /** {@return the number of buffers, 1 or more} */
    public int bufferCount() {
        return buffers.length;
    }

    /**
     * {@return a buffer; the shared ones come first, then the exclusive ones}
     *
     * @param index the buffer's number, from 0
     */
    public RelayBuffer buffer(int index) {
        return buffers[index];
    }

    /**
     * {@return the writer of the current thread's shared buffer, as the {@link CpuSelector} chooses} For a reservation,
     * use the same writer for {@code reserve}, {@code dataOffset} and {@code commit}.
     *
     * @throws IllegalStateException if all buffers of the channel are exclusive
     */
    public SharedWriter writer() {
        return writers[selector.select(writers.length)];
    }

    /**
     * {@return the writer of a shared buffer}
     *
     * @param index the buffer; the shared ones come first
     * @throws IllegalStateException if the buffer is exclusive
     */
    public SharedWriter writer(int index) {
        final SharedWriter writer = buffers[index].writer();
        if (writer == null) {
            throw new IllegalStateException("buffer " + name(index) + " is exclusive: use its exclusiveWriter");
        }
        return writer;
    }

    /**
     * {@return the only writer of an exclusive buffer; close it to let another one in}
     *
     * @param index the buffer; the exclusive ones come last
     * @throws IllegalStateException if the buffer is shared, or has a writer
     */
    public ExclusiveWriter exclusiveWriter(int index) {
        if (!buffers[index].isExclusive()) {
            throw new IllegalStateException("buffer " + name(index) + " is shared: use its writer");
        }
        final ExclusiveWriter writer = buffers[index].claim();
        if (writer == null) {
            throw new IllegalStateException("buffer " + name(index) + " has an exclusive writer already");
        }
        return writer;
    }

    /**
     * {@return the writer of any exclusive buffer that had none, or null if all have one} For a front end that gives
     * each thread a buffer of its own while there are any, and lets the others share. Close it when its thread ends.
     */
    public ExclusiveWriter tryExclusiveWriter() {
        for (int i = writers.length; i < buffers.length; i++) {
            final ExclusiveWriter writer = buffers[i].claim();
            if (writer != null) {
                return writer;
            }
        }
        return null;
    }

    /**
     * Writes a record into the thread's shared buffer: {@code relay_write}; any thread. {@link #writer()} has others.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes; 0 succeeds and does nothing
     * @return the position of the record, 0 or more, or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     * @throws IllegalStateException if all buffers of the channel are exclusive
     */
    public long write(byte[] source, int offset, int length) {
        return writer().write(source, offset, length);
    }

    /**
     * {@return the consumer of one buffer; close it} It stays usable after the channel is closed, and keeps the memory.
     *
     * @param index the buffer
     * @throws IllegalStateException if the buffer has a consumer, here or in another process, or the memory is freed
     */
    public Consumer consumer(int index) {
        final RelayBuffer buffer = buffers[index];
        acquire();
        return Consumer.claim(buffer.window, buffer.subBuffers, new Waiting.Asleep(buffer.words, buffer.waiter),
                name(index), lease);
    }

    /**
     * {@return copies of what one buffer holds, oldest first} Writers are not stopped, nothing is consumed: the dump of
     * a flight recorder. Pause the channel first for a view in which nothing moves.
     *
     * @param index the buffer
     * @throws IllegalStateException if the channel is closed and its memory freed
     */
    public Snapshot snapshot(int index) {
        acquire();
        try {
            return Snapshot.take(buffers[index].window, slot -> buffers[index].subBuffers[slot]);
        } finally {
            lease.release();
        }
    }

    private void acquire() {
        if (!lease.acquire()) {
            throw new IllegalStateException("channel " + config.baseName() + " is closed and its memory freed");
        }
    }

    private String name(int index) {
        return ChannelFiles.bufferName(config.baseName(), index);
    }

    /**
     * Closes the current sub-buffers so that consumers get them: {@code relay_flush}. Any thread, any time; a buffer
     * whose current sub-buffer is empty is left alone. Exclusive buffers are flushed at their writer's next call.
     */
    public void flush() {
        Arrays.stream(buffers).forEach(RelayBuffer::flush);
    }

    /**
     * Drops what is unconsumed and restarts the counters of {@link #statsSinceReset()}: {@code relay_reset}. Mappings
     * and views stay valid and sequences go on. Best called when nobody writes, as in relayfs; with active writers it
     * is safe all the same, and drops what was there when it began. The open sub-buffer of an exclusive buffer is its
     * writer's: it is closed at that writer's next call, and its records come.
     *
     * @return false if something that was there stays: a reservation's sub-buffer and later ones, or records in the
     *     open sub-buffer of an exclusive buffer
     */
    public boolean reset() {
        return Arrays.stream(buffers).map(RelayBuffer::reset).reduce(true, Boolean::logicalAnd);
    }

    /**
     * Makes all writes fail with {@link Result#PAUSED}, so that a snapshot sees a still channel. Records reserved
     * before can still be committed; flush and consumers work on. Exclusive writers obey at their next call.
     */
    public void pause() {
        Arrays.stream(buffers).forEach(buffer -> buffer.pause(true));
    }

    /** Lets writers go on after {@link #pause()}. */
    public void resume() {
        Arrays.stream(buffers).forEach(buffer -> buffer.pause(false));
    }

    /**
     * {@return the counters of all buffers added up, since the channel was opened or last reset} Any thread, also after
     * close; {@link RelayBuffer#statsSinceReset} has those of one buffer.
     */
    public BufferStats statsSinceReset() {
        return Arrays.stream(buffers).map(RelayBuffer::statsSinceReset).reduce(BufferStats::plus).orElseThrow();
    }

    /**
     * Renews the heartbeat that other processes see, and tells the callbacks which of them have mapped or unmapped
     * buffers. A channel whose storage can be shared does this by itself, see {@link
     * ChannelConfig.Builder#tickInterval}. After close it does nothing.
     */
    public void tick() {
        if (lease.acquire()) {
            try {
                ticker.tick();
            } finally {
                lease.release();
            }
        }
    }

    /**
     * Closes the channel: {@code relay_close}. Writes fail with {@link Result#CLOSED} from now on; the current
     * sub-buffers are closed, so that consumers can drain everything and then get {@link Readiness#HANG_UP}; a sleeping
     * one is woken. The names (files) are removed unless they are to be kept. The memory is freed when the last
     * reservation is committed or aborted and the last consumer here has let go, by the thread that does so; other
     * processes keep their mappings. A buffer whose exclusive writer is still open ends when that writer is closed.
     * Idempotent; any thread.
     *
     * @throws IOException if a name cannot be removed; the channel is closed all the same
     */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) { // full: one thread closes [M26]
            ticker.stop();
            try {
                finishFrom(0);
            } finally {
                lease.release();
            }
        }
    }

    /** An exception of a callback reaches the caller, and keeps no other buffer open and no name. */
    private void finishFrom(int index) throws IOException {
        if (index < buffers.length) {
            try {
                buffers[index].finish();
            } finally {
                finishFrom(index + 1);
            }
        } else if (!config.keep()) {
            memory.removeNames();
        }
    }

    private void free() {
        Arrays.stream(buffers).forEach(RelayBuffer::moveToHeap);
        memory.free();
    }
}
