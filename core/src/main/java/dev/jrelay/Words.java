// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A block of 64-bit words that threads or processes share, and one access to them for each mode; {@link ControlWords}
 * says which words there are and why they are accessed as they are.
 *
 * <p>The block of a channel in this process's memory is part of a {@code long[]}, whose elements are accessed with one
 * check; the block of a channel in files is a {@link ByteBuffer} over the mapping, whose elements cost fewer checks
 * than those of a segment. When the mapping is freed, the words move to an array, so that whoever comes late finds
 * them.
 */
abstract class Words {
    private static final VarHandle ELEMENT =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();
    private static final VarHandle VIEW = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder())
            .withInvokeExactBehavior();
    private static final VarHandle MOVED = movedHandle();

    /** The words in an array, from {@code origin}; null if they are in {@code page}. */
    private final long[] array;
    private final int origin;
    private final ByteBuffer page;
    /** Where the words of the page are once it is freed; of its own, so that nobody finds it by a plain load. */
    private long[] moved;

    /** Binds a block, 8-aligned, in a {@code long[]} or in native memory. */
    Words(MemorySegment block) {
        this.array = (long[]) block.heapBase().orElse(null);
        this.origin = array == null ? 0 : (int) (block.address() / Long.BYTES);
        this.page = array == null ? block.asByteBuffer().order(ByteOrder.nativeOrder()) : null;
    }

    /** The same words, in an object of their own. */
    Words(Words words) {
        this.array = words.array;
        this.origin = words.origin;
        this.page = words.page;
    }

    private static VarHandle movedHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Words.class, "moved", long[].class).withInvokeExactBehavior();
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Moves the words out of a mapping that is about to be freed: nobody consumes, no record is reserved any more. */
    final void moveToHeap() {
        if (array == null) {
            final long[] copy = new long[page.capacity() / Long.BYTES];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = (long) VIEW.getOpaque(page, i * Long.BYTES); // opaque: a count of just now may be missed [B5]
            }
            MOVED.setRelease(this, copy); // release: the words before the array [M29]
        }
    }

    /** Finds the words where another object of the same block has moved them. */
    final void follow(Words words) {
        final long[] found = (long[]) MOVED.getAcquire(words); // acquire: the array before its words [M29]
        MOVED.setRelease(this, found); // release: as above [M29]
    }

    /** Where the words are now that the mapping is gone. */
    private long[] moved(IllegalStateException freed) {
        final long[] words = (long[]) MOVED.getAcquire(this); // acquire: the array before its words [M29]
        if (words == null) {
            throw freed; // the mapping of another process's channel, closed under its user
        }
        return words;
    }

    private int index(int at) {
        return origin + (at >>> 3);
    }

    final long getOpaque(int at) {
        final long[] words = array;
        try {
            return words != null ? (long) ELEMENT.getOpaque(words, index(at)) : (long) VIEW.getOpaque(page, at);
        } catch (IllegalStateException freed) {
            return (long) ELEMENT.getOpaque(moved(freed), index(at));
        }
    }

    final long getAcquire(int at) {
        final long[] words = array;
        try {
            return words != null ? (long) ELEMENT.getAcquire(words, index(at)) : (long) VIEW.getAcquire(page, at);
        } catch (IllegalStateException freed) {
            return (long) ELEMENT.getAcquire(moved(freed), index(at));
        }
    }

    final long getVolatile(int at) {
        final long[] words = array;
        try {
            return words != null ? (long) ELEMENT.getVolatile(words, index(at)) : (long) VIEW.getVolatile(page, at);
        } catch (IllegalStateException freed) {
            return (long) ELEMENT.getVolatile(moved(freed), index(at));
        }
    }

    final void setOpaque(int at, long value) {
        final long[] words = array;
        try {
            if (words != null) {
                ELEMENT.setOpaque(words, index(at), value);
            } else {
                VIEW.setOpaque(page, at, value);
            }
        } catch (IllegalStateException freed) {
            ELEMENT.setOpaque(moved(freed), index(at), value);
        }
    }

    final void setRelease(int at, long value) {
        final long[] words = array;
        try {
            if (words != null) {
                ELEMENT.setRelease(words, index(at), value);
            } else {
                VIEW.setRelease(page, at, value);
            }
        } catch (IllegalStateException freed) {
            ELEMENT.setRelease(moved(freed), index(at), value);
        }
    }

    final void setVolatile(int at, long value) {
        final long[] words = array;
        try {
            if (words != null) {
                ELEMENT.setVolatile(words, index(at), value);
            } else {
                VIEW.setVolatile(page, at, value);
            }
        } catch (IllegalStateException freed) {
            ELEMENT.setVolatile(moved(freed), index(at), value);
        }
    }

    final boolean compareAndSet(int at, long expected, long value) {
        final long[] words = array;
        try {
            return words != null ? ELEMENT.compareAndSet(words, index(at), expected, value)
                    : VIEW.compareAndSet(page, at, expected, value);
        } catch (IllegalStateException freed) {
            return ELEMENT.compareAndSet(moved(freed), index(at), expected, value);
        }
    }

    final long getAndAdd(int at, long amount) {
        final long[] words = array;
        try {
            return words != null ? (long) ELEMENT.getAndAdd(words, index(at), amount)
                    : (long) VIEW.getAndAdd(page, at, amount);
        } catch (IllegalStateException freed) {
            return (long) ELEMENT.getAndAdd(moved(freed), index(at), amount);
        }
    }
}
