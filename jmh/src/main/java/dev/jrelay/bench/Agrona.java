// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Agrona's ring buffers, off-heap, messages wrapped beforehand, claims written in place; to another process in a file
 * that both map.
 */
final class Agrona {
    static final String ONE_TO_ONE = "agrona-1to1";
    static final String MANY_TO_ONE = "agrona-mto1";

    static final List<Peer> PEERS = List.of(
            Peer.other(ONE_TO_ONE, "Agrona one-to-one")
                    .as(Subject.class, setting -> new Ring(OneToOneRingBuffer::new, setting), Group.ONE_WRITER,
                            Group.OWN_BUFFERS, Group.IN_PLACE, Group.STREAM)
                    .as(Pipe.class, setting -> new MappedRing(OneToOneRingBuffer::new, setting), Group.TO_PROCESS),
            Peer.other(MANY_TO_ONE, "Agrona many-to-one")
                    .as(Subject.class, setting -> new Ring(ManyToOneRingBuffer::new, setting), Group.MANY_WRITERS,
                            Group.ONE_BUFFER, Group.IN_PLACE, Group.STREAM)
                    .as(Pipe.class, setting -> new MappedRing(ManyToOneRingBuffer::new, setting), Group.TO_PROCESS));

    private static final int MESSAGE = 1;
    private static final int END = 2;

    private Agrona() {
    }

    private static final class Ring extends Subject {
        private final RingBuffer ring;
        private final UnsafeBuffer message;
        private final UnsafeBuffer copy;
        private final MessageHandler handler;

        Ring(Function<UnsafeBuffer, RingBuffer> kind, Setting setting) {
            ring = kind.apply(new UnsafeBuffer(
                    ByteBuffer.allocateDirect(setting.capacity() + RingBufferDescriptor.TRAILER_LENGTH)));
            message = new UnsafeBuffer(setting.message());
            copy = new UnsafeBuffer(new byte[Math.max(setting.size(), EVENT)]);
            handler = setting.copying() ? this::copy : Ring::look;
        }

        private void copy(int type, MutableDirectBuffer buffer, int index, int length) {
            copy.putBytes(0, buffer, index, length);
        }

        private static void look(int type, DirectBuffer buffer, int index, int length) {
        }

        @Override
        Writer newWriter() {
            return new Side(ring, message);
        }

        @Override
        long drain() {
            long messages = 0L;
            for (int nothing = 0; nothing < 2;) { // a read that meets the end of the ring returns 0 as well
                final int read = ring.read(handler);
                messages += read;
                nothing = read == 0 ? nothing + 1 : 0;
            }
            return messages;
        }
    }

    private static final class Side extends Subject.Writer {
        private final RingBuffer ring;
        private final UnsafeBuffer message;

        Side(RingBuffer ring, UnsafeBuffer message) {
            this.ring = ring;
            this.message = message;
        }

        @Override
        int write(int count) {
            final RingBuffer to = ring;
            final UnsafeBuffer bytes = message;
            int written = 0;
            while (written < count && to.write(MESSAGE, bytes, 0, bytes.capacity())) {
                written++;
            }
            return written;
        }

        @Override
        int events(int count) {
            final RingBuffer to = ring;
            final UnsafeBuffer buffer = (UnsafeBuffer) to.buffer();
            for (int i = 0; i < count; i++) {
                final int index = to.tryClaim(MESSAGE, Subject.EVENT);
                if (index < 0) {
                    return i;
                }
                buffer.putLong(index, i);
                buffer.putLong(index + 8, i);
                buffer.putLong(index + 16, i);
                buffer.putLong(index + 24, i);
                to.commit(index);
            }
            return count;
        }
    }

    private static final class MappedRing extends Pipe {
        private static final String FILE = "ring";

        private final Function<UnsafeBuffer, RingBuffer> kind;
        private final Setting setting;
        private final UnsafeBuffer message;
        private RingBuffer ring;

        MappedRing(Function<UnsafeBuffer, RingBuffer> kind, Setting setting) {
            this.kind = kind;
            this.setting = setting;
            this.message = new UnsafeBuffer(setting.message());
        }

        private RingBuffer map(Path directory) throws IOException {
            try (FileChannel file = FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return kind.apply(new UnsafeBuffer(file.map(FileChannel.MapMode.READ_WRITE, 0L,
                        setting.capacity() + RingBufferDescriptor.TRAILER_LENGTH)));
            }
        }

        @Override
        Subject.Writer writer(Path directory) throws IOException {
            ring = map(directory);
            return new Side(ring, message);
        }

        @Override
        public void close() {
            while (!ring.write(END, message, 0, message.capacity())) {
                Thread.onSpinWait();
            }
        }

        @Override
        long consume(Path directory, Runnable ready) throws IOException {
            final RingBuffer from = map(directory);
            ready.run();
            final UnsafeBuffer copy = new UnsafeBuffer(new byte[setting.size()]);
            final boolean[] ended = {false};
            long messages = 0L;
            while (!ended[0]) {
                final int read = from.read((type, buffer, index, length) -> {
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
