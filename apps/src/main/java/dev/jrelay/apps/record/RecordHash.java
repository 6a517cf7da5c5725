// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4 with 128 bits of result (J.-P. Aumasson, D. J. Bernstein, 2012) of a record and its position, added up
 * over records.
 *
 * <p>The message that is hashed is the position, 8 bytes little-endian, then the record. SipHash is a pseudo-random
 * function of its key, and the key is drawn for each run, so two different sets of (position, record) have the same sum
 * with a probability of about 2<sup>-128</sup>, whatever the data. The order of the additions does not matter: several
 * threads can each add up what they wrote.
 *
 * <p>Threads: one; each has its own object. Allocates nothing.
 */
final class RecordHash {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN).withInvokeExactBehavior();
    private static final int FINAL_ROUNDS = 8;

    private final long key0;
    private final long key1;

    /** The sum modulo 2^128, in two halves. */
    private long low;
    private long high;

    RecordHash(Key key) {
        this.key0 = key.low();
        this.key1 = key.high();
    }

    /** The secret of a run. */
    record Key(long low, long high) {
        static Key random() {
            final SecureRandom random = new SecureRandom();
            return new Key(random.nextLong(), random.nextLong());
        }
    }

    long low() {
        return low;
    }

    long high() {
        return high;
    }

    void reset() {
        low = 0L;
        high = 0L;
    }

    /** Adds the hash of one record to the sum. */
    void add(long position, byte[] bytes, int from, int length) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xeeL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        final int whole = from + (length & -8);
        final long last = last(bytes, whole, length);
        long word = position;
        for (int at = from - 8; at <= whole; ) { // the position, the whole words, then the rest with the length
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
            at += 8;
            word = at < whole ? (long) WORD.get(bytes, at) : last;
        }
        v2 ^= 0xeeL;
        long first = 0L;
        for (int round = 0; round < FINAL_ROUNDS; round++) {
            if (round == FINAL_ROUNDS / 2) {
                first = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xddL;
            }
            v0 += v1;
            v2 += v3;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 = Long.rotateLeft(v0, 32) + v3;
            v2 += v1;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        sum(first, v0 ^ v1 ^ v2 ^ v3);
    }

    /** The last 0 to 7 bytes, with the length of the message (position and record) in the top byte. */
    private static long last(byte[] bytes, int from, int length) {
        long word = (long) (length + 8) << 56;
        for (int i = 0; i < (length & 7); i++) {
            word |= (bytes[from + i] & 0xffL) << 8 * i;
        }
        return word;
    }

    private void sum(long addedLow, long addedHigh) {
        low += addedLow;
        high += addedHigh + (Long.compareUnsigned(low, addedLow) < 0 ? 1L : 0L);
    }
}
