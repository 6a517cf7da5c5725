// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies that {@link MemorySegment#copy} does slowly, or not without a new object. */
final class Copy {
    private static final VarHandle TO = ValueLayout.JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

    private Copy() {
    }

    /** Copies with layouts: the overload without them copies less than 64 bytes in a loop. */
    static void segment(MemorySegment source, long from, MemorySegment target, long to, long length) {
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, from, target, ValueLayout.JAVA_BYTE, to, length);
    }

    /** Copies without moving the position of {@code source} and without a view object. */
    static void buffer(ByteBuffer source, MemorySegment target, long at, int length) {
        final int position = source.position();
        final boolean swapped = source.order() != ByteOrder.nativeOrder();
        int i = 0;
        for (; i <= length - 8; i += 8) {
            final long word = source.getLong(position + i);
            TO.set(target, at + i, swapped ? Long.reverseBytes(word) : word);
        }
        for (; i < length; i++) {
            target.set(ValueLayout.JAVA_BYTE, at + i, source.get(position + i));
        }
    }
}
