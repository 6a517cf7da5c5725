// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.List;

/** The Disruptor, busy spinning, its events pre-allocated; the consumer polls in batches. */
final class Disruptor {
    static final String ONE_PRODUCER = "disruptor-single";
    static final String MANY_PRODUCERS = "disruptor-multi";

    static final List<Peer> PEERS = List.of(
            Peer.other(ONE_PRODUCER, "Disruptor, one producer").as(Subject.class,
                    setting -> new Ring(ProducerType.SINGLE, setting), Group.ONE_WRITER, Group.OWN_BUFFERS,
                    Group.IN_PLACE, Group.STREAM),
            Peer.other(MANY_PRODUCERS, "Disruptor, many producers").as(Subject.class,
                    setting -> new Ring(ProducerType.MULTI, setting), Group.MANY_WRITERS, Group.ONE_BUFFER,
                    Group.IN_PLACE, Group.STREAM));

    private Disruptor() {
    }

    private static final class Ring extends Subject {
        private final RingBuffer<Element> ring;
        private final EventPoller<Element> poller;
        private final EventPoller.Handler<Element> handler;
        private final byte[] message;
        private final byte[] copy;
        private final boolean copying;
        private long messages;

        Ring(ProducerType producers, Setting setting) {
            ring = RingBuffer.create(producers, () -> new Element(setting.size()),
                    Element.count(setting.capacity(), setting.size()), new BusySpinWaitStrategy());
            poller = ring.newPoller();
            handler = this::take;
            ring.addGatingSequences(poller.getSequence());
            message = setting.message();
            copy = new byte[setting.size()];
            copying = setting.copying();
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
    }

    private static final class Side extends Subject.Writer {
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
