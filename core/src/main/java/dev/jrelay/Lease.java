// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who uses the memory of a channel; the last one to let go frees it. */
final class Lease {
    private final Runnable free;
    private final AtomicInteger holders;

    /** There are {@code count} holders at first; {@code free} runs when the last one lets go. */
    Lease(int count, Runnable free) {
        this.holders = new AtomicInteger(count);
        this.free = free;
    }

    /** False if the memory is gone already. */
    boolean acquire() {
        int count;
        do {
            count = holders.get(); // volatile: counts are never lost [M25]
        } while (count > 0 && !holders.compareAndSet(count, count + 1)); // full: as above [M25]
        return count > 0;
    }

    void release() {
        if (holders.decrementAndGet() == 0) { // full: the last one sees all that others did [M25]
            free.run();
        }
    }
}
