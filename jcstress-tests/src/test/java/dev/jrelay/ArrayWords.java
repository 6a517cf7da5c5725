// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The access modes of {@code ControlWords} on the {@code long[]} that its segment lies in. Lincheck switches threads at
 * the elements of an array and is blind to memory segments, so for it each VarHandle call of the shipped class is
 * redirected here; see {@code dev.jrelay.stress.InterleavingRun}.
 */
final class ArrayWords {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    /** The words of the one buffer of the scenario that runs. */
    static long[] array;

    private ArrayWords() {
    }

    private static int index(long offset) {
        return (int) offset / Long.BYTES;
    }

    static long getAcquire(VarHandle word, MemorySegment block, long offset) {
        return (long) ELEMENT.getAcquire(array, index(offset));
    }

    static long getOpaque(VarHandle word, MemorySegment block, long offset) {
        return (long) ELEMENT.getOpaque(array, index(offset));
    }

    static long getVolatile(VarHandle word, MemorySegment block, long offset) {
        return (long) ELEMENT.getVolatile(array, index(offset));
    }

    static void set(VarHandle word, MemorySegment block, long offset, long value) {
        ELEMENT.set(array, index(offset), value);
    }

    static void setOpaque(VarHandle word, MemorySegment block, long offset, long value) {
        ELEMENT.setOpaque(array, index(offset), value);
    }

    static void setRelease(VarHandle word, MemorySegment block, long offset, long value) {
        ELEMENT.setRelease(array, index(offset), value);
    }

    static void setVolatile(VarHandle word, MemorySegment block, long offset, long value) {
        ELEMENT.setVolatile(array, index(offset), value);
    }

    static boolean compareAndSet(VarHandle word, MemorySegment block, long offset, long expected, long value) {
        return ELEMENT.compareAndSet(array, index(offset), expected, value);
    }

    static long getAndAdd(VarHandle word, MemorySegment block, long offset, long amount) {
        return (long) ELEMENT.getAndAdd(array, index(offset), amount);
    }
}
