// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.Mode;
import dev.jrelay.RecordWriter;
import dev.jrelay.SharedWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A channel: its buffers are handed out to the writers in turn, and one consumer takes whole sub-buffers. */
final class RelaySubject extends Subject {
    static final int SUB_BUFFERS = 8;

    private final byte[] message;
    private final boolean exclusive;
    private final boolean copying;
    private final boolean overwrite;
    private final Place place;
    private final Channel channel;
    private final Consumer[] consumers;
    private final byte[] copy;
    private int writers;

    RelaySubject(boolean exclusive, Mode mode, Setting setting) throws IOException {
        this.message = setting.message();
        this.exclusive = exclusive;
        this.copying = setting.copying();
        this.overwrite = mode == Mode.OVERWRITE;
        place = new Place(setting.storage());
        channel = open(exclusive, mode, setting, ChannelConfig.builder("bench").storage(place.storage()));
        consumers = new Consumer[setting.buffers()];
        for (int i = 0; i < consumers.length && !overwrite; i++) {
            consumers[i] = channel.consumer(i);
        }
        copy = new byte[setting.capacity() / SUB_BUFFERS];
    }

    /** A channel with {@code capacity} bytes of payload in each buffer. */
    static Channel open(boolean exclusive, Mode mode, Setting setting, ChannelConfig.Builder builder)
            throws IOException {
        return Channel.open(builder.bufferCount(setting.buffers()).exclusiveBuffers(exclusive ? setting.buffers() : 0)
                .mode(mode).subBufferCount(SUB_BUFFERS).subBufferSize(setting.capacity() / SUB_BUFFERS).build());
    }

    Channel channel() {
        return channel;
    }

    @Override
    synchronized Writer newWriter() {
        return side(writer(channel, writers++ % consumers.length, exclusive), message);
    }

    /** The writer of a buffer. */
    static RecordWriter writer(Channel channel, int buffer, boolean exclusive) {
        return exclusive ? channel.exclusiveWriter(buffer) : channel.writer(buffer);
    }

    /** The same as the writing side of a benchmark. */
    static Writer side(RecordWriter writer, byte[] message) {
        return writer instanceof ExclusiveWriter exclusive ? new ExclusiveSide(exclusive, message)
                : new SharedSide((SharedWriter) writer, message);
    }

    @Override
    long drain() {
        long messages = 0L;
        if (overwrite) {
            return messages; // a write that failed met a stalled one: to be repeated
        }
        for (final Consumer consumer : consumers) {
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                if (copying) {
                    MemorySegment.copy(s.segment(), ValueLayout.JAVA_BYTE, 0L, copy, 0, s.length());
                }
                messages += s.records();
                consumer.subBuffersConsumed(1);
            }
        }
        return messages;
    }

    @Override
    long overwritten() {
        final BufferStats stats = channel.statsSinceReset();
        return overwrite ? stats.overwritten().records() + stats.pending().records() : 0L;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        for (final Consumer consumer : consumers) {
            if (consumer != null) {
                consumer.close();
            }
        }
        place.close();
    }

    /** Four words, stored where they stay. */
    static void store(MemorySegment data, long at, long value) {
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L, value);
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 16L, value);
        data.set(ValueLayout.JAVA_LONG_UNALIGNED, at + 24L, value);
    }

    /** Inlined for the one kind of writer that a JVM has. */
    private static int write(RecordWriter writer, byte[] message, int count) {
        int written = 0;
        while (written < count && writer.write(message, 0, message.length) >= 0L) {
            written++;
        }
        return written;
    }

    /** As above. */
    private static int events(RecordWriter writer, int count) {
        for (int i = 0; i < count; i++) {
            final long position = writer.reserve(EVENT);
            if (position < 0L) {
                return i;
            }
            store(writer.data(), writer.dataOffset(position), i);
            writer.commit(position, EVENT);
        }
        return count;
    }

    private static final class SharedSide extends Writer {
        private final SharedWriter writer;
        private final byte[] message;

        SharedSide(SharedWriter writer, byte[] message) {
            this.writer = writer;
            this.message = message;
        }

        @Override
        int write(int count) {
            return RelaySubject.write(writer, message, count);
        }

        @Override
        int events(int count) {
            return RelaySubject.events(writer, count);
        }

        @Override
        boolean hasRoom() {
            return writer.hasRoom(message.length);
        }

        @Override
        void flush() {
            writer.buffer().flush();
        }
    }

    private static final class ExclusiveSide extends Writer {
        private final ExclusiveWriter writer;
        private final byte[] message;

        ExclusiveSide(ExclusiveWriter writer, byte[] message) {
            this.writer = writer;
            this.message = message;
        }

        @Override
        int write(int count) {
            return RelaySubject.write(writer, message, count);
        }

        @Override
        int events(int count) {
            return RelaySubject.events(writer, count);
        }

        @Override
        boolean hasRoom() {
            return writer.hasRoom(message.length);
        }

        @Override
        void flush() {
            writer.flush();
        }
    }
}
