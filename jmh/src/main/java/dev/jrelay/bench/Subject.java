// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

/**
 * Something that takes messages from writers and gives them to one consumer: a relay channel or a peer. All subjects of
 * one size write the same message.
 */
abstract class Subject implements AutoCloseable {
    /** Bytes of an event that is written in place: four words. */
    static final int EVENT = 32;
    /** Messages of one invocation of a benchmark. */
    static final int BATCH = 256;

    /**
     * One writing thread's side. It writes many messages in a call, from a loop of its own, with what it needs in local
     * variables, as {@code limits.c} does: what a call and its fields cost is not what is measured.
     */
    abstract static class Writer {
        /** Copies the message in, so many times or until there is no room; returns how many were written. */
        abstract int write(int count);

        /** Writes events of four words in place, without a staging copy; returns how many there was room for. */
        abstract int events(int count);

        /** Whether a repeated write has a chance; cheaper than the write. */
        boolean hasRoom() {
            return true;
        }

        /** Makes what was written available to the consumer. To be called when nothing more follows. */
        void flush() {
        }
    }

    /** Called once by each writing thread. */
    abstract Writer newWriter();

    /** Takes all that is there, copying it if the subject was opened so; returns the number of messages. */
    abstract long drain();

    /** Messages that were overwritten unread, by design. */
    long overwritten() {
        return 0L;
    }

    @Override
    public void close() {
    }

    /** Opens the peer of that name. */
    static Subject open(String name, Setting setting) {
        return Peers.open(Subject.class, name, setting);
    }
}
