// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;

/** The Disruptor, busy spinning, its events pre-allocated; the consumer polls in batches. */
final class DisruptorSubject extends Subject {
    private final RingBuffer<Element> ring;
    private final EventPoller<Element> poller;
    private final EventPoller.Handler<Element> handler;
    private final byte[] message;
    private final byte[] copy;
    private final boolean copying;
    private long messages;

    DisruptorSubject(String name, byte[] message, int capacity, boolean copying) {
        final int count = Element.count(capacity, message.length);
        this.ring = name.equals("disruptor-single")
                ? RingBuffer.createSingleProducer(() -> new Element(message.length), count, new BusySpinWaitStrategy())
                : RingBuffer.createMultiProducer(() -> new Element(message.length), count, new BusySpinWaitStrategy());
        this.poller = ring.newPoller();
        this.handler = this::take;
        ring.addGatingSequences(poller.getSequence());
        this.message = message;
        this.copy = new byte[message.length];
        this.copying = copying;
    }

    private boolean take(Element element, long sequence, boolean endOfBatch) {
        if (copying) {
            element.copyTo(copy);
        }
        messages++;
        return true;
    }

    @Override
    Writer newWriter() {
        return new Side(ring, message);
    }

    @Override
    long drain() {
        final long before = messages;
        try {
            while (poller.poll(handler) == EventPoller.PollState.PROCESSING) {
                Thread.onSpinWait();
            }
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
        return messages - before;
    }

    private static final class Side extends Writer {
        private final RingBuffer<Element> ring;
        private final byte[] message;

        Side(RingBuffer<Element> ring, byte[] message) {
            this.ring = ring;
            this.message = message;
        }

        @Override
        int write(int count) {
            final RingBuffer<Element> to = ring;
            final byte[] bytes = message;
            int written = 0;
            try {
                for (; written < count; written++) {
                    final long sequence = to.tryNext();
                    to.get(sequence).set(bytes);
                    to.publish(sequence);
                }
            } catch (InsufficientCapacityException full) {
                return written;
            }
            return written;
        }

        @Override
        int events(int count) {
            final RingBuffer<Element> to = ring;
            int written = 0;
            try {
                for (; written < count; written++) {
                    final long sequence = to.tryNext();
                    to.get(sequence).set(written);
                    to.publish(sequence);
                }
            } catch (InsufficientCapacityException full) {
                return written;
            }
            return written;
        }

        @Override
        boolean hasRoom() {
            return ring.hasAvailableCapacity(1);
        }
    }
}
