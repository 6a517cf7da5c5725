// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Records that describe themselves: length, writer, number, checksum, then bytes that follow from the others. Whoever
 * parses a stream of them knows what was lost, torn, doubled or swapped.
 */
final class Records {
    static final int HEADER = 16;

    private final Map<Integer, Integer> lastNumbers = new HashMap<>();
    private final boolean gapless;
    private long count;
    private long bytes;

    /**
     * A checker of one buffer's stream.
     *
     * @param gapless whether every number of a writer must come, else numbers must only grow
     */
    Records(boolean gapless) {
        this.gapless = gapless;
    }

    /** Builds record {@code number} of {@code writer}, {@link #HEADER} bytes or more, below 2^16. */
    static void build(byte[] target, int length, int writer, int number) {
        final ByteBuffer buffer = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(0, length).putInt(4, writer).putInt(8, number).putInt(12, checksum(length, writer, number));
        for (int i = HEADER; i < length; i++) {
            target[i] = body(writer, number, i);
        }
    }

    private static int checksum(int length, int writer, int number) {
        return Integer.rotateLeft(length * 0x9E3779B9 ^ writer * 0x85EBCA6B, 13) * 31 + number * 0xC2B2AE35;
    }

    private static byte body(int writer, int number, int at) {
        return (byte) (writer * 59 + number * 7 + at);
    }

    /** Checks whole records; zero bytes between them are aborted ones. */
    void check(ByteBuffer content) {
        content.order(ByteOrder.LITTLE_ENDIAN);
        while (content.hasRemaining()) {
            if (content.get(content.position()) == 0) {
                content.get();
                continue;
            }
            checkOne(content);
        }
    }

    /** Checks the records that are whole, and leaves the beginning of another one alone. */
    void checkWhole(ByteBuffer content) {
        content.order(ByteOrder.LITTLE_ENDIAN);
        while (content.hasRemaining()) {
            if (content.get(content.position()) == 0) {
                content.get();
            } else if (content.remaining() < HEADER || content.getInt(content.position()) > content.remaining()) {
                return;
            } else {
                checkOne(content);
            }
        }
    }

    private void checkOne(ByteBuffer content) {
        final int at = content.position();
        require(content.remaining() >= HEADER, "cut off", content);
        final int length = content.getInt(at);
        final int writer = content.getInt(at + 4);
        final int number = content.getInt(at + 8);
        require(length >= HEADER && length <= content.remaining(), "length " + length, content);
        require(content.getInt(at + 12) == checksum(length, writer, number), "checksum", content);
        for (int i = HEADER; i < length; i++) {
            require(content.get(at + i) == body(writer, number, i), "body of " + writer + "/" + number, content);
        }
        final int last = lastNumbers.getOrDefault(writer, -1);
        require(gapless ? number == last + 1 : number > last, writer + "/" + number + " after " + last, content);
        lastNumbers.put(writer, number);
        count++;
        bytes += length;
        content.position(at + length);
    }

    private static void require(boolean condition, String what, ByteBuffer content) {
        if (!condition) {
            throw new AssertionError(what + " at " + content);
        }
    }

    long count() {
        return count;
    }

    long bytes() {
        return bytes;
    }

    /** The number after the last one seen of this writer. */
    int next(int writer) {
        return lastNumbers.getOrDefault(writer, -1) + 1;
    }
}
