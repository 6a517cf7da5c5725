// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffers, off-heap, messages wrapped beforehand, claims written in place. */
final class AgronaSubject extends Subject {
    private static final int TYPE = 1;

    private final RingBuffer ring;
    private final UnsafeBuffer message;
    private final UnsafeBuffer copy;
    private final MessageHandler handler;

    AgronaSubject(String name, byte[] message, int capacity, boolean copying) {
        final UnsafeBuffer memory =
                new UnsafeBuffer(ByteBuffer.allocateDirect(capacity + RingBufferDescriptor.TRAILER_LENGTH));
        this.ring = name.equals("agrona-1to1") ? new OneToOneRingBuffer(memory) : new ManyToOneRingBuffer(memory);
        this.message = new UnsafeBuffer(message);
        this.copy = new UnsafeBuffer(new byte[Math.max(message.length, EVENT)]);
        this.handler = copying ? this::copy : AgronaSubject::look;
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

    private static final class Side extends Writer {
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
            while (written < count && to.write(TYPE, bytes, 0, bytes.capacity())) {
                written++;
            }
            return written;
        }

        @Override
        int events(int count) {
            final RingBuffer to = ring;
            final UnsafeBuffer buffer = (UnsafeBuffer) to.buffer();
            for (int i = 0; i < count; i++) {
                final int index = to.tryClaim(TYPE, EVENT);
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
}
