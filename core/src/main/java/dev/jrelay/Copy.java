// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies of record bytes into a buffer. {@link MemorySegment#copy} has a fixed cost that exceeds that of a whole short
 * record, so lengths up to 64 bytes are moved as 8-byte words, the last of them overlapping the one before.
 */
final class Copy {
    private static final int SHORT = 64;

    private static final VarHandle FROM =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder()).withInvokeExactBehavior();
    private static final VarHandle TO = ValueLayout.JAVA_LONG_UNALIGNED.varHandle().withInvokeExactBehavior();

    private Copy() {
    }

    static void bytes(byte[] source, int offset, MemorySegment target, long at, int length) {
        if (length > SHORT) {
            MemorySegment.copy(source, offset, target, ValueLayout.JAVA_BYTE, at, length);
        } else if (length >= 8) {
            words(source, offset, target, at, length);
        } else {
            for (int i = 0; i < length; i++) {
                target.set(ValueLayout.JAVA_BYTE, at + i, source[offset + i]);
            }
        }
    }

    private static void words(byte[] source, int offset, MemorySegment target, long at, int length) {
        final int last = length - 8;
        for (int i = 0; i < last; i += 8) {
            TO.set(target, at + i, (long) FROM.get(source, offset + i));
        }
        TO.set(target, at + last, (long) FROM.get(source, offset + last));
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
