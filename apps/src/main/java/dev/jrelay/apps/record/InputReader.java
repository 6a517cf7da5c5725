// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Reads the input in large pieces and cuts them behind the last complete record. Where the records in a piece begin is
 * left to the writers. A record that is longer than a sub-buffer and than a piece is passed over here; it could not be
 * written anyway.
 */
final class InputReader implements AutoCloseable {
    private final Path path;
    /** Null until it is open. */
    private volatile FileChannel input;
    private final RecordFormat format;
    private final int maxLength;
    private final Chunks chunks;
    private final LongConsumer tooLarge;
    private Chunks.Chunk chunk;
    private int used;
    /** So many bytes of the chunk hold no end of a record. */
    private int searched;
    private volatile long bytesRead;
    private volatile boolean stopped;
    private byte[] unfinished = new byte[0];
    private long incomplete;

    /**
     * Opens the input.
     *
     * @param path the file; null for stdin
     * @param maxLength the longest record that can be written
     * @param tooLarge is told the length of each record that is passed over
     * @throws IOException if it cannot be read
     */
    InputReader(Path path, RecordFormat format, int maxLength, Chunks chunks, LongConsumer tooLarge)
            throws IOException {
        this.path = path;
        this.input = open(path);
        this.format = format;
        this.maxLength = maxLength;
        this.chunks = chunks;
        this.tooLarge = tooLarge;
    }

    /** Opens what is there at once; null for what may have to wait for its other end, as a FIFO. */
    private static FileChannel open(Path path) throws IOException {
        if (path == null) {
            return stdin();
        }
        if (Files.isDirectory(path)) {
            throw new IOException(path + ": is a directory");
        }
        Descriptors.refuseClosed(path);
        return Files.exists(path) && !Files.isRegularFile(path) ? null : FileChannel.open(path);
    }

    @SuppressWarnings("resource") // the channel closes the stream
    private static FileChannel stdin() throws IOException {
        Descriptors.refuseClosedStdin();
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    /** Reads to the end, or until {@link #stop()}. */
    void run() throws IOException, InterruptedException {
        if (input == null && !awaitOpen()) {
            return;
        }
        chunk = chunks.take(Chunks.SIZE);
        for (int count = read(used, chunk.bytes.length); count >= 0; count = read(used, chunk.bytes.length)) {
            used += count;
            handOver(); // each time: whether more comes, and when, is not known
        }
        handOver();
        if (used > 0 && !format.mayEndEarly()) {
            incomplete = used;
        } else if (used > maxLength) {
            tooLarge.accept(used);
        } else {
            unfinished = Arrays.copyOf(chunk.bytes, used);
        }
    }

    /** Opens the input; false if told to stop before there was another end. */
    private boolean awaitOpen() throws IOException, InterruptedException {
        input = Apart.run("open", () -> FileChannel.open(path), () -> stopped);
        return input != null;
    }

    /** Reads into the chunk; -1 at the end of the input. */
    private int read(int from, int to) throws IOException {
        if (stopped) {
            return -1;
        }
        try {
            final int count = input.read(ByteBuffer.wrap(chunk.bytes, from, to - from));
            bytesRead += Math.max(0, count);
            return count;
        } catch (ClosedByInterruptException aborted) {
            throw aborted;
        } catch (ClosedChannelException closed) {
            if (stopped) {
                return -1;
            }
            throw closed;
        } catch (IOException failed) {
            throw new IOException((path == null ? "stdin" : path) + ": " + failed.getMessage(), failed);
        }
    }

    /** Gives what is complete to the writers; a chunk that is full of one record grows, or it is skipped. */
    private void handOver() throws IOException, InterruptedException {
        final int end = lastEnd();
        if (end > 0) {
            final int rest = used - end;
            final Chunks.Chunk next = chunks.take(Math.max(Chunks.SIZE, rest + 1));
            System.arraycopy(chunk.bytes, end, next.bytes, 0, rest);
            chunks.put(chunk, end);
            chunk = next;
            used = rest;
        } else if (used == chunk.bytes.length) {
            if (used > maxLength) {
                passOver();
            } else {
                grow();
            }
        }
    }

    /** Where the last complete record ends; bytes that hold no end are not searched again when more have come. */
    private int lastEnd() {
        if (format.length(chunk.bytes, 0, used) >= 0L) {
            return format.lastEnd(chunk.bytes, 0, used);
        }
        final int end = format.lastEnd(chunk.bytes, searched, used);
        final boolean found = end > searched;
        searched = found ? 0 : used;
        return found ? end : 0;
    }

    private void grow() {
        final int size = (int) Math.min(2L * chunk.bytes.length, Math.max(chunk.bytes.length, maxLength) + 1L);
        final Chunks.Chunk larger = new Chunks.Chunk(size);
        System.arraycopy(chunk.bytes, 0, larger.bytes, 0, used);
        chunk = larger;
    }

    /** Reads to the end of the record that fills the chunk, and keeps what comes after it. */
    private void passOver() throws IOException {
        final long known = format.length(chunk.bytes, 0, used);
        long length = used;
        used = 0;
        searched = 0;
        while (known < 0L || length < known) {
            final int count = read(0, known < 0L ? chunk.bytes.length
                    : (int) Math.min(chunk.bytes.length, known - length));
            if (count < 0) {
                break;
            }
            final int end = known < 0L ? format.end(chunk.bytes, 0, count) : count;
            if (known < 0L && end >= 0) {
                used = count - end;
                System.arraycopy(chunk.bytes, end, chunk.bytes, 0, used);
                length += end;
                break;
            }
            length += count;
        }
        if (length < known) {
            incomplete = length;
        } else {
            tooLarge.accept(length);
        }
    }

    /** Makes {@link #run} end as if the input ended here. Any thread. */
    void stop() throws IOException {
        stopped = true;
        close();
    }

    /** Bytes read so far. Any thread. */
    long bytesRead() {
        return bytesRead;
    }

    /** A last record that ended with the input; to be written after all others, where nothing can follow it. */
    byte[] unfinished() {
        return unfinished;
    }

    /** Bytes of a last record that the input ended in the middle of, where the format does not allow that; else 0. */
    long incomplete() {
        return incomplete;
    }

    @Override
    public void close() throws IOException {
        final FileChannel open = input;
        if (open != null) {
            open.close();
        }
    }
}
