// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies of record bytes into a buffer. {@link MemorySegment#copy} is the fastest from 17 bytes on; below that its
 * fixed cost exceeds that of the whole copy, so 8 to 16 bytes are moved as two words that may overlap.
 */
final class Copy {
    private static final int SHORT = 16;

    private static final VarHandle FROM =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder()).withInvokeExactBehavior();
    private static final VarHandle TO = ValueLayout.JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

    private Copy() {
    }

    static void bytes(byte[] source, int offset, MemorySegment target, long at, int length) {
        if (length > SHORT) {
            MemorySegment.copy(source, offset, target, ValueLayout.JAVA_BYTE, at, length);
        } else if (length >= 8) {
            final int last = length - 8;
            TO.set(target, at, (long) FROM.get(source, offset));
            TO.set(target, at + last, (long) FROM.get(source, offset + last));
        } else {
            for (int i = 0; i < length; i++) {
                target.set(ValueLayout.JAVA_BYTE, at + i, source[offset + i]);
            }
        }
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
