// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/**
 * Queues of references. Each writer copies into elements of its own pool, which is so much larger than the queue that
 * an element has been consumed when its turn comes again.
 */
final class QueueSubject extends Subject {
    private final Queue<Element> queue;
    private final byte[] message;
    private final byte[] copy;
    private final int count;
    private final boolean copying;

    QueueSubject(String name, byte[] message, int capacity, boolean copying) {
        this.count = Element.count(capacity, message.length);
        this.queue = switch (name) {
            case "jctools-spsc" -> new SpscArrayQueue<>(count);
            case "jctools-mpsc" -> new MpscArrayQueue<>(count);
            default -> new ArrayBlockingQueue<>(count);
        };
        this.message = message;
        this.copy = new byte[message.length];
        this.copying = copying;
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

    private static final class Side extends Writer {
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
