// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Lines that are free for use: a thread takes one, fills it and gives it back. No thread owns one, so any number of
 * threads, also virtual ones, share a few.
 */
final class KlogLines {
    static final int COUNT = 64;
    /** Places looked at before a new line is made, or a returned one left to the garbage collector. */
    private static final int PROBES = 4;
    /** Two pointers are 4 to 8 bytes apart; neighbours in one cache line would slow each other down. */
    private static final int SPREAD = 16;

    private final AtomicReferenceArray<KlogLine> free = new AtomicReferenceArray<>(COUNT * SPREAD);
    private final Klog klog;
    private final int maxText;

    KlogLines(Klog klog, int maxText) {
        this.klog = klog;
        this.maxText = maxText;
    }

    KlogLine take() {
        int place = place();
        for (int i = 0; i < PROBES; i++) {
            final KlogLine line = free.get(place) == null ? null : free.getAndSet(place, null); // full: one taker
            if (line != null) {
                return line.clear();
            }
            place = place + SPREAD & COUNT * SPREAD - 1;
        }
        return new KlogLine(klog, maxText);
    }

    void give(KlogLine line) {
        int place = place();
        for (int i = 0; i < PROBES; i++) {
            if (free.get(place) == null && free.compareAndSet(place, null, line)) { // full: publishes its state
                return;
            }
            place = place + SPREAD & COUNT * SPREAD - 1;
        }
    }

    private static int place() {
        return ((int) Thread.currentThread().threadId() & COUNT - 1) * SPREAD;
    }
}
