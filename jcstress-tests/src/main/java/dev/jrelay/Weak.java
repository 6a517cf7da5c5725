// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
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

    static long getAndAdd(VarHandle word, MemorySegment segment, long offset, long amount) {
        final long old = (long) word.getOpaque(segment, offset);
        word.setOpaque(segment, offset, old + amount);
        return old;
    }

    static boolean compareAndSet(VarHandle word, MemorySegment segment, long offset, long expected, long value) {
        if ((long) word.getOpaque(segment, offset) != expected) {
            return false;
        }
        word.setOpaque(segment, offset, value);
        return true;
    }

    static long getAndAdd(VarHandle word, long[] array, int index, long amount) {
        final long old = (long) word.getOpaque(array, index);
        word.setOpaque(array, index, old + amount);
        return old;
    }

    static boolean compareAndSet(VarHandle word, long[] array, int index, long expected, long value) {
        if ((long) word.getOpaque(array, index) != expected) {
            return false;
        }
        word.setOpaque(array, index, value);
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
