// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

/** The threads that the kernel keeps, by their names. */
final class Threads {
    private static final long STUCK_NANOS = 20_000_000_000L;

    private Threads() {
    }

    /** The thread of this name, once it waits for a while. */
    static Thread resting(String name) {
        final long start = System.nanoTime();
        for (;;) {
            for (final Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals(name) && thread.getState() == Thread.State.TIMED_WAITING) {
                    return thread;
                }
            }
            assertThat(System.nanoTime() - start).as("%s does not rest", name).isLessThan(STUCK_NANOS);
        }
    }
}
