// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** The words in which processes say that they consume or have mapped a buffer. A dead process's claim is void. */
final class Claims {
    private Claims() {
    }

    /**
     * Becomes the buffer's consumer.
     *
     * @throws IllegalStateException if a living process, this one included, has a consumer
     */
    static void claimConsumer(ControlWords words, String buffer) {
        final long owner = words.counterOpaque(ControlWords.CONSUMER);
        if (owner != 0L && ProcessId.isAlive(owner)
                || !words.casCounter(ControlWords.CONSUMER, owner, ProcessId.self())) {
            throw new IllegalStateException("buffer " + buffer + " has a consumer already, in process "
                    + ProcessId.pid(words.counterOpaque(ControlWords.CONSUMER)) + ": a buffer has one at a time");
        }
    }

    static void releaseConsumer(ControlWords words) {
        words.casCounter(ControlWords.CONSUMER, ProcessId.self(), 0L);
    }

    /**
     * Enters this process among the mapped readers.
     *
     * @return the counter to be given to {@link #releaseMapped}
     * @throws IllegalStateException if {@link ControlWords#MAX_MAPPED} living processes have mapped the buffer
     */
    static long claimMapped(ControlWords words, String buffer) {
        for (int i = 0; i < ControlWords.MAX_MAPPED; i++) {
            final long entry = ControlWords.MAPPED + 8L * i;
            final long owner = words.counterOpaque(entry);
            if ((owner == 0L || !ProcessId.isAlive(owner)) && words.casCounter(entry, owner, ProcessId.self())) {
                return entry;
            }
        }
        throw new IllegalStateException("buffer " + buffer + " is mapped " + ControlWords.MAX_MAPPED
                + " times already: that is the limit");
    }

    static void releaseMapped(ControlWords words, long entry) {
        words.casCounter(entry, ProcessId.self(), 0L);
    }

    /** Who has mapped the buffer by entry {@code i}, 0 for nobody; the claim of a dead process is taken away. */
    static long mapped(ControlWords words, int i) {
        final long entry = ControlWords.MAPPED + 8L * i;
        final long owner = words.counterOpaque(entry);
        if (owner != 0L && !ProcessId.isAlive(owner)) {
            words.casCounter(entry, owner, 0L);
            return 0L;
        }
        return owner;
    }
}
