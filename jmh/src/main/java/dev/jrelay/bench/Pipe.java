// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.MappedChannel;
import dev.jrelay.Readiness;
import dev.jrelay.RecordWriter;
import dev.jrelay.Storage;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** One writer here, one consumer in another process, and a file that both map between them. */
abstract class Pipe implements AutoCloseable {
    private static final String NAME = "pipe";

    /** Copies the message in; false if there is no room. */
    abstract boolean write();

    /** Whether a repeated write has a chance; cheaper than the write. */
    boolean hasRoom() {
        return true;
    }

    /** Says that nothing more follows. */
    @Override
    public abstract void close() throws IOException;

    /**
     * Opens the writer's side.
     *
     * @param name {@code relay-exclusive}, {@code relay-shared}, {@code agrona-1to1} or {@code agrona-mto1}
     * @param size bytes of a message
     * @param capacity bytes of payload
     */
    static Pipe open(String name, Path directory, int size, int capacity) throws IOException {
        return name.startsWith("relay") ? new ThroughChannel(name.equals("relay-exclusive"), directory, size, capacity)
                : new ThroughRing(ring(name, directory, capacity), size);
    }

    /** Copies everything, spinning, until the writer has closed; returns the number of messages. */
    static long consume(String name, Path directory, int size, int capacity, Runnable ready) throws IOException {
        if (!name.startsWith("relay")) {
            final RingBuffer ring = ring(name, directory, capacity);
            ready.run();
            return ThroughRing.consume(ring, size);
        }
        try (MappedChannel channel = MappedChannel.open(directory, NAME); Consumer consumer = channel.consumer(0)) {
            ready.run();
            return ThroughChannel.consume(consumer, channel.geometry().subBufferSize());
        }
    }

    private static RingBuffer ring(String name, Path directory, int capacity) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(NAME), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final UnsafeBuffer memory = new UnsafeBuffer(file.map(FileChannel.MapMode.READ_WRITE, 0L,
                    capacity + RingBufferDescriptor.TRAILER_LENGTH));
            return name.equals("agrona-1to1") ? new OneToOneRingBuffer(memory) : new ManyToOneRingBuffer(memory);
        }
    }

    private static final class ThroughChannel extends Pipe {
        private final Channel channel;
        private final RecordWriter writer;
        private final byte[] message;

        ThroughChannel(boolean exclusive, Path directory, int size, int capacity) throws IOException {
            channel = Channel.open(ChannelConfig.builder(NAME).bufferCount(1).exclusiveBuffers(exclusive ? 1 : 0)
                    .subBufferCount(RelaySubject.SUB_BUFFERS).subBufferSize(capacity / RelaySubject.SUB_BUFFERS)
                    .storage(Storage.files(directory)).build());
            writer = exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
            message = new byte[size];
        }

        @Override
        boolean write() {
            return writer.write(message, 0, message.length) >= 0L;
        }

        @Override
        boolean hasRoom() {
            return writer.hasRoom(message.length);
        }

        @Override
        public void close() throws IOException {
            if (writer instanceof ExclusiveWriter exclusive) {
                exclusive.close(); // nobody else can close its sub-buffer
            }
            channel.close();
        }

        static long consume(Consumer consumer, int subBufferSize) {
            final byte[] copy = new byte[subBufferSize];
            long messages = 0L;
            while (true) {
                final SubBuffer next = consumer.next();
                if (next != null) {
                    MemorySegment.copy(next.segment(), ValueLayout.JAVA_BYTE, 0L, copy, 0, next.length());
                    messages += next.records();
                    consumer.subBuffersConsumed(1);
                } else if (consumer.poll(0L) == Readiness.HANG_UP) {
                    return messages;
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static final class ThroughRing extends Pipe {
        private static final int MESSAGE = 1;
        private static final int END = 2;

        private final RingBuffer ring;
        private final UnsafeBuffer message;

        ThroughRing(RingBuffer ring, int size) {
            this.ring = ring;
            this.message = new UnsafeBuffer(new byte[size]);
        }

        @Override
        boolean write() {
            return ring.write(MESSAGE, message, 0, message.capacity());
        }

        @Override
        public void close() {
            while (!ring.write(END, message, 0, message.capacity())) {
                Thread.onSpinWait();
            }
        }

        static long consume(RingBuffer ring, int size) {
            final UnsafeBuffer copy = new UnsafeBuffer(new byte[size]);
            final boolean[] ended = {false};
            long messages = 0L;
            while (!ended[0]) {
                final int read = ring.read((type, buffer, index, length) -> {
                    copy.putBytes(0, buffer, index, length);
                    ended[0] |= type == END;
                });
                messages += read;
                if (read == 0) {
                    Thread.onSpinWait();
                }
            }
            return messages - 1L;
        }
    }
}
