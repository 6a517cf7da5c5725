// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Large pieces of input on their way from the reader to the writers, and back when they are written, so that a handful
 * of arrays serves the whole stream: while none is free the reader waits, and its next piece is larger. Any writer
 * takes the next piece.
 */
final class Chunks {
    /** Bytes of a chunk, unless a record needs more. */
    static final int SIZE = 1 << 20;

    private static final int MAX_WRITERS = 64;
    private static final Chunk END = new Chunk(0);

    private final BlockingQueue<Chunk> ready;
    private final BlockingQueue<Chunk> free;

    /** Two more than there are writers, so that reader and writers need not wait for each other; at most 66. */
    Chunks(int writers) {
        ready = new ArrayBlockingQueue<>(2 * writers + 2);
        free = new ArrayBlockingQueue<>(2 * writers + 2);
        for (int i = 0; i < Math.min(writers, MAX_WRITERS) + 2; i++) {
            free.add(new Chunk(SIZE));
        }
    }

    /** Bytes, of which the first {@link #end} are complete records. */
    static final class Chunk {
        final byte[] bytes;
        int end;

        Chunk(int size) {
            bytes = new byte[size];
        }
    }

    /** An empty chunk of at least {@code size} bytes, when one is free. */
    Chunk take(int size) throws InterruptedException {
        final Chunk chunk = free.take();
        return chunk.bytes.length >= size ? chunk : new Chunk(size);
    }

    /** Gives a filled chunk to the writers. */
    void put(Chunk chunk, int end) throws InterruptedException {
        chunk.end = end;
        ready.put(chunk);
    }

    /** The next chunk to be written, or null at the end of the stream. */
    Chunk next() throws InterruptedException {
        final Chunk chunk = ready.take();
        if (chunk == END) {
            ready.put(END); // for the other writers
            return null;
        }
        return chunk;
    }

    /** Gives a chunk back when its records are written. */
    void release(Chunk chunk) throws InterruptedException {
        free.put(chunk.bytes.length == SIZE ? chunk : new Chunk(SIZE));
    }

    /** Says that no more chunks come. */
    void end() throws InterruptedException {
        ready.put(END);
    }
}
