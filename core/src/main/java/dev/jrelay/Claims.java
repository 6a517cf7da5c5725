// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * The words in which processes say that they consume or have mapped a buffer. A claim is void if its process is dead,
 * or cannot be seen and has stopped beating.
 *
 * <p>Where all processes see each other, a buffer has one consumer. One that cannot be seen, and is stopped for some
 * seconds, may lose its place and go on as if it had not; one that is stopped for so long in the middle of a claim or
 * of a beat, a matter of microseconds, may cost another its place ({@code RelayClaims} in {@code spec/}).
 */
final class Claims {
    private Claims() {
    }

    /**
     * Becomes the buffer's consumer.
     *
     * @throws IllegalStateException if a living process, this one included, has a consumer
     */
    static void claimConsumer(ControlWords words, String buffer) {
        final long owner = words.consumerOpaque();
        final boolean isVoid = isVoid(owner, words.consumerBeatOpaque());
        if (isVoid) {
            words.consumerBeatOpaque(Beat.now()); // before the claim, which would be void with an old beat
        }
        if (!isVoid || !words.casConsumer(owner, ProcessId.self())) {
            throw new IllegalStateException(refusal(buffer, words.consumerOpaque()));
        }
    }

    /** Why a buffer has no place for a consumer; {@code rival} is who has it now, 0 if he has just let go. */
    static String refusal(String buffer, long rival) {
        return "buffer " + buffer + " has a consumer already" + (rival == 0L ? ", which has just let go"
                : ", in process " + ProcessId.pid(rival) + (ProcessId.life(rival) == Life.UNKNOWN
                        ? ", which beats but cannot be seen from here" : "")) + ": a buffer has one at a time";
    }

    private static boolean isVoid(long owner, long beat) {
        return owner == 0L || Beat.life(owner, beat, 0L) != Life.ALIVE;
    }

    /** Gives the claim back. Looks first: a CAS as first access to a file that was truncated would end the JVM. */
    static void releaseConsumer(ControlWords words) {
        if (words.consumerOpaque() == ProcessId.self()) {
            words.casConsumer(ProcessId.self(), 0L);
        }
    }

    /**
     * Enters this process among the mapped readers.
     *
     * @return the entry, to be given to {@link #releaseMapped}
     * @throws IllegalStateException if {@link ControlWords#MAX_MAPPED} living processes have mapped the buffer
     */
    static int claimMapped(ControlWords words, String buffer) {
        for (int entry = 0; entry < ControlWords.MAX_MAPPED; entry++) {
            final long owner = words.mappedOpaque(entry);
            if (isVoid(owner, words.mappedBeatOpaque(entry))) {
                words.mappedBeatOpaque(entry, Beat.now());
                if (words.casMapped(entry, owner, ProcessId.self())) {
                    return entry;
                }
            }
        }
        throw new IllegalStateException("buffer " + buffer + " is mapped " + ControlWords.MAX_MAPPED
                + " times already: that is the limit");
    }

    /** Gives an entry back; looks first, as {@link #releaseConsumer} does. */
    static void releaseMapped(ControlWords words, int entry) {
        if (words.mappedOpaque(entry) == ProcessId.self()) {
            words.casMapped(entry, ProcessId.self(), 0L);
        }
    }

    /** Who has mapped the buffer by an entry, 0 for nobody; a void claim is taken away. */
    static long mapped(ControlWords words, int entry) {
        final long owner = words.mappedOpaque(entry);
        if (owner != 0L && isVoid(owner, words.mappedBeatOpaque(entry))) {
            words.casMapped(entry, owner, 0L);
            return 0L;
        }
        return owner;
    }

    /** Keeps the claim of this process's consumer, if it has one. */
    static void beat(ControlWords words) {
        if (words.consumerOpaque() == ProcessId.self()) {
            words.consumerBeatOpaque(Beat.now());
        }
    }
}
