// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Threads of one round of a concurrent test: what any of them throws ends the round and is thrown by {@link #join}. */
final class Crew {
    private final List<Thread> workers = new ArrayList<>();
    private final List<Thread> helpers = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    /** A piece of work that may throw anything. */
    interface Work {
        void run() throws Exception;
    }

    /** Starts a thread that ends by itself. */
    void worker(boolean virtual, Work work) {
        workers.add(start(virtual, work));
    }

    /** Starts a thread that repeats its work until all workers have ended. */
    void helper(Work work) {
        helpers.add(start(false, () -> {
            while (!over && failure.get() == null) {
                work.run();
            }
        }));
    }

    private Thread start(boolean virtual, Work work) {
        final Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        return builder.start(() -> {
            try {
                work.run();
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            }
        });
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits for the workers, then for the helpers. */
    void join() throws InterruptedException {
        for (final Thread worker : workers) {
            worker.join();
        }
        over = true;
        for (final Thread helper : helpers) {
            helper.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("in another thread", failure.get());
        }
    }
}
