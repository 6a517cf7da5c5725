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
        boolean write() {
            final long sequence;
            try {
                sequence = ring.tryNext();
            } catch (InsufficientCapacityException full) {
                return false;
            }
            ring.get(sequence).set(message);
            ring.publish(sequence);
            return true;
        }

        @Override
        boolean event(long value) {
            final long sequence;
            try {
                sequence = ring.tryNext();
            } catch (InsufficientCapacityException full) {
                return false;
            }
            ring.get(sequence).set(value);
            ring.publish(sequence);
            return true;
        }

        @Override
        boolean hasRoom() {
            return ring.hasAvailableCapacity(1);
        }
    }
}
