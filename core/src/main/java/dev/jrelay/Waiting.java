// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.concurrent.locks.LockSupport;

/** How a consumer waits for a sub-buffer. */
sealed interface Waiting {
    /** Looks again and again until something is found, the deadline comes or the thread is interrupted. */
    Readiness poll(Consumer consumer, long deadline);

    private static boolean isOver(Readiness found, long remaining) {
        return found != Readiness.TIMED_OUT || remaining <= 0L || Thread.currentThread().isInterrupted();
    }

    /** In the writers' process: the thread sleeps, and the next delivery wakes it. */
    record Asleep(ControlWords words, Waiter waiter) implements Waiting {
        @Override
        public Readiness poll(Consumer consumer, long deadline) {
            waiter.enter();
            try {
                for (;;) {
                    words.waitingVolatile(1L); // then look: a delivery before this store is seen, one after it wakes
                    final Readiness found = consumer.look();
                    final long remaining = deadline - System.nanoTime();
                    if (isOver(found, remaining)) {
                        return found;
                    }
                    LockSupport.parkNanos(this, remaining);
                }
            } finally {
                words.waitingVolatile(0L);
                waiter.leave();
            }
        }
    }

    /** In another process, where nobody wakes it: it looks again in growing pauses. */
    record InPauses() implements Waiting {
        private static final long MIN_PAUSE_NANOS = 1_000L;
        private static final long MAX_PAUSE_NANOS = 1_000_000L;

        @Override
        public Readiness poll(Consumer consumer, long deadline) {
            for (long pause = MIN_PAUSE_NANOS;; pause = Math.min(2L * pause, MAX_PAUSE_NANOS)) {
                final Readiness found = consumer.look();
                final long remaining = deadline - System.nanoTime();
                if (isOver(found, remaining)) {
                    return found;
                }
                LockSupport.parkNanos(this, Math.min(pause, remaining));
            }
        }
    }
}
