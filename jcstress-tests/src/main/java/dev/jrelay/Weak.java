// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What weakened mutants call in place of an atomic read-modify-write: the same in two steps. The shipped classes never
 * refer to it; {@code dev.jrelay.stress.Mutant} rewrites copies of them that do.
 */
final class Weak {
    private Weak() {
    }

    static long getAndAdd(ControlWords words, int at, long amount) {
        final long old = words.getOpaque(at);
        words.setOpaque(at, old + amount);
        return old;
    }

    static boolean compareAndSet(ControlWords words, int at, long expected, long value) {
        if (words.getOpaque(at) != expected) {
            return false;
        }
        words.setOpaque(at, value);
        return true;
    }

    static boolean compareAndSet(VarHandle field, RelayBuffer buffer, long expected, long value) {
        if ((long) field.getOpaque(buffer) != expected) {
            return false;
        }
        field.setOpaque(buffer, value);
        return true;
    }

    static boolean compareAndSet(AtomicInteger word, int expected, int value) {
        if (word.getOpaque() != expected) {
            return false;
        }
        word.setOpaque(value);
        return true;
    }

    static int decrementAndGet(AtomicInteger word) {
        final int value = word.getOpaque() - 1;
        word.setOpaque(value);
        return value;
    }

    static boolean compareAndSet(AtomicBoolean word, boolean expected, boolean value) {
        if (word.getOpaque() != expected) {
            return false;
        }
        word.setOpaque(value);
        return true;
    }
}
