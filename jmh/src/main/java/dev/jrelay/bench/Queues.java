// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.IntFunction;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/**
 * Queues of references, of JCTools and of the JDK. Each writer copies into elements of its own pool, which is so much
 * larger than the queue that an element has been consumed when its turn comes again.
 */
final class Queues {
    static final List<Peer> PEERS = List.of(
            Peer.other("jctools-spsc", "JCTools SPSC").as(Subject.class,
                    setting -> new Elements(SpscArrayQueue::new, setting), Group.ONE_WRITER, Group.OWN_BUFFERS,
                    Group.IN_PLACE, Group.STREAM),
            Peer.other("jctools-mpsc", "JCTools MPSC").as(Subject.class,
                    setting -> new Elements(MpscArrayQueue::new, setting), Group.MANY_WRITERS, Group.ONE_BUFFER,
                    Group.IN_PLACE, Group.STREAM),
            Peer.other("abq", "ArrayBlockingQueue").as(Subject.class,
                    setting -> new Elements(ArrayBlockingQueue::new, setting), Group.MANY_WRITERS, Group.ONE_BUFFER,
                    Group.STREAM));

    private Queues() {
    }

    private static final class Elements extends Subject {
        private final Queue<Element> queue;
        private final byte[] message;
        private final byte[] copy;
        private final int count;
        private final boolean copying;

        Elements(IntFunction<Queue<Element>> kind, Setting setting) {
            count = Element.count(setting.capacity(), setting.size());
            queue = kind.apply(count);
            message = setting.message();
            copy = new byte[setting.size()];
            copying = setting.copying();
        }

        @Override
        Writer newWriter() {
            return new Side(queue, message, 2 * count);
        }

        @Override
        long drain() {
            long messages = 0L;
            for (Element element = queue.poll(); element != null; element = queue.poll()) {
                if (copying) {
                    element.copyTo(copy);
                }
                messages++;
            }
            return messages;
        }
    }

    private static final class Side extends Subject.Writer {
        private final Queue<Element> queue;
        private final byte[] message;
        private final Element[] pool;
        private int next;

        Side(Queue<Element> queue, byte[] message, int poolSize) {
            this.queue = queue;
            this.message = message;
            this.pool = new Element[poolSize];
            for (int i = 0; i < poolSize; i++) {
                pool[i] = new Element(message.length);
            }
        }

        @Override
        int write(int count) {
            final Queue<Element> to = queue;
            final Element[] elements = pool;
            final byte[] bytes = message;
            for (int i = 0; i < count; i++) {
                final Element element = elements[next & elements.length - 1];
                element.set(bytes);
                if (!to.offer(element)) {
                    return i;
                }
                next++;
            }
            return count;
        }

        @Override
        int events(int count) {
            final Queue<Element> to = queue;
            final Element[] elements = pool;
            for (int i = 0; i < count; i++) {
                final Element element = elements[next & elements.length - 1];
                element.set(i);
                if (!to.offer(element)) {
                    return i;
                }
                next++;
            }
            return count;
        }
    }
}
