// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.Result;
import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * What became of each record of one writer, a byte for each, in a file that survives the writer's kill. What the record
 * itself must be follows from its number.
 */
final class SoakBook implements AutoCloseable {
    /** Never tried: numbers from here on were not used. */
    static final byte UNTRIED = 0;
    /** The writer was killed in the middle of it: it may have arrived or not. */
    static final byte BEGUN = 1;
    /** The writer was told that it is in the channel. */
    static final byte ACCEPTED = 2;
    /** Nobody collected. */
    static final byte OFF = 3;
    /** The channel refused it, and has counted it. */
    static final byte LOST = 4;
    /** It came after the end. */
    static final byte CLOSED = 5;

    static final int CAPACITY = 1 << 20;
    private static final int LONGEST = 160;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment fates;

    SoakBook(Path directory, int writer) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve("book" + writer), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            this.fates = file.map(FileChannel.MapMode.READ_WRITE, 0L, CAPACITY, arena);
        }
    }

    void set(int number, byte fate) {
        fates.set(ValueLayout.JAVA_BYTE, number, fate);
    }

    byte get(int number) {
        return number < CAPACITY ? fates.get(ValueLayout.JAVA_BYTE, number) : UNTRIED;
    }

    /** What a result of {@link RelayApp#write} means. */
    static byte fate(long result) {
        if (result >= 0L) {
            return ACCEPTED;
        }
        return result == RelayApp.OFF ? OFF : result == Result.CLOSED ? CLOSED : LOST;
    }

    /** The record of a writer: a line of a length that only its number knows. */
    static byte[] record(int writer, int number) {
        final byte[] head = (writer + " " + number + " ").getBytes(StandardCharsets.US_ASCII);
        final int mixed = (number * 31 + writer) * 0x9E37_79B9;
        final byte[] record = Arrays.copyOf(head, head.length + 1 + (mixed >>> 16) % LONGEST);
        Arrays.fill(record, head.length, record.length - 1, (byte) ('a' + (mixed >>> 8) % 26));
        record[record.length - 1] = '\n';
        return record;
    }

    @Override
    public void close() {
        arena.close();
    }
}
