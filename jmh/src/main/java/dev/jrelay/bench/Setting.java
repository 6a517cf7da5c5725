// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

/**
 * How a {@link Peer} is opened.
 *
 * @param size bytes of a message
 * @param capacity bytes of payload memory, for everybody the same
 * @param storage where a channel has its memory, see {@link Place}; others have their own
 * @param buffers of a channel, for as many writers
 * @param copying whether the consumer copies what it takes
 */
record Setting(int size, int capacity, String storage, int buffers, boolean copying) {
    /** One buffer, and a consumer that does not copy. */
    Setting(int size, int capacity, String storage) {
        this(size, capacity, storage, 1, false);
    }

    /** The same with a consumer that copies. */
    Setting copied() {
        return new Setting(size, capacity, storage, buffers, true);
    }

    /** The same with as many buffers. */
    Setting withBuffers(int count) {
        return new Setting(size, capacity, storage, count, copying);
    }

    /** What is written, the same for everybody. */
    byte[] message() {
        final byte[] message = new byte[size];
        for (int i = 0; i < size; i++) {
            message[i] = (byte) i;
        }
        return message;
    }
}
