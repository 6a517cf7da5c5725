// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

/** A pre-allocated element of the peers that hand over references: room for a message, or for an event's fields. */
final class Element {
    final byte[] bytes;
    int length;
    long a;
    long b;
    long c;
    long d;

    Element(int size) {
        bytes = new byte[size];
    }

    /** Elements that take {@code capacity} bytes of messages, a power of two. */
    static int count(int capacity, int size) {
        return Math.max(16, Integer.highestOneBit(capacity / size));
    }

    void set(byte[] message) {
        System.arraycopy(message, 0, bytes, 0, message.length);
        length = message.length;
    }

    void set(long value) {
        a = value;
        b = value;
        c = value;
        d = value;
        length = 0;
    }

    void copyTo(byte[] target) {
        System.arraycopy(bytes, 0, target, 0, length);
    }
}
