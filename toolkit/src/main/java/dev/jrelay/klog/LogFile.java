// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Channel;
import dev.jrelay.Consumer;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes the texts of a klog channel to a file, those of all buffers together in the order of their timestamps.
 *
 * <pre>
 * cycle    mark = now; of the records that the buffers' streams have, the one with the least timestamp, until that
 *          is not before the mark; what is behind it waits for the next cycle, as a buffer looked at earlier may
 *          hold something older by now
 * held     a sub-buffer is closed, and not delivered yet: what is committed in it cannot be read. All wait for it, but
 *          not for longer than PATIENCE
 * </pre>
 *
 * <p>A record whose writer was interrupted between its look at the clock and its commit, for longer than a cycle, comes
 * behind younger ones of other threads, and so do records behind it in a buffer that threads share. Records of one
 * thread are never reordered.
 *
 * <p>What the file does not take stays where it is, here and in the channel, and is tried again. To be used by one
 * thread.
 */
final class LogFile implements Closeable {
    /** How long a held sub-buffer is waited for, ns: longer than a thread that lost its CPU takes to get it back. */
    static final long PATIENCE = 200_000_000L;

    private static final int ROOM = 256 << 10;
    private static final byte[] CUT = " [cut]".getBytes(StandardCharsets.US_ASCII);
    private static final byte NEWLINE = '\n';

    private final Path path;
    private final FileChannel file;
    private final LongSupplier clock;
    private final List<Source> sources = new ArrayList<>();
    private final ByteBuffer out;
    private final boolean fresh;
    /** Records in {@code out}. */
    private long staged;
    private long written;
    /** Since when a sub-buffer has been held, in the clock's time; 0: none is. */
    private long heldSince;

    /** The records of one buffer, as they come. */
    private static final class Source {
        final Consumer consumer;
        final byte[] bytes;
        final MemorySegment segment;
        /** The current record, and where what has been read ends. */
        int from;
        int to;
        int size;
        long timestamp;
        boolean ended;
        /** Whether there may be records before those that can be read. */
        boolean held;

        Source(Consumer consumer, int subBufferSize) {
            this.consumer = consumer;
            this.bytes = new byte[2 * subBufferSize];
            this.segment = MemorySegment.ofArray(bytes);
        }

        /** Looks at the record after the current one; false if there is none now. */
        boolean next() {
            from += size;
            size = 0;
            held = false;
            return parse() || isThereMore() && parse();
        }

        /** What was held at the first read, and is not after it, is there at the second. */
        private boolean isThereMore() {
            if (fill()) {
                return true;
            }
            held = consumer.heldSequence() >= 0L;
            return !held && fill();
        }

        private boolean parse() {
            while (to - from >= KlogRecord.ALIGNMENT && segment.get(KlogRecord.LONG, from) == 0L) {
                from += KlogRecord.ALIGNMENT; // aborted
            }
            if (to - from < KlogRecord.MIN_SIZE || to - from < KlogRecord.size(length())) {
                return false;
            }
            size = KlogRecord.size(length());
            timestamp = segment.get(KlogRecord.LONG, from + KlogRecord.TIMESTAMP);
            return true;
        }

        int length() {
            return segment.get(KlogRecord.INT, from + KlogRecord.LENGTH);
        }

        private boolean fill() {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            from = 0;
            final int read = consumer.stream().read(bytes, to, bytes.length - to);
            ended = read < 0;
            to += Math.max(0, read);
            return read > 0;
        }
    }

    private LogFile(Path path, FileChannel file, LongSupplier clock, int room) throws IOException {
        this.path = path;
        this.file = file;
        this.fresh = file.size() == 0L;
        this.clock = clock;
        this.out = ByteBuffer.allocateDirect(room);
    }

    /**
     * Opens the file, and becomes the consumer of all buffers.
     *
     * @param append whether the file is kept if it exists
     */
    static LogFile open(Path path, boolean append, Channel channel, LongSupplier clock) throws IOException {
        if (path.toAbsolutePath().getParent() != null) {
            Files.createDirectories(path.toAbsolutePath().getParent());
        }
        final FileChannel file = append
                ? FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
        final int subBufferSize = channel.geometry().subBufferSize();
        final LogFile log = new LogFile(path, file, clock, Math.max(ROOM, subBufferSize + CUT.length + 1));
        for (int i = 0; i < channel.bufferCount(); i++) {
            log.sources.add(new Source(channel.consumer(i), subBufferSize));
        }
        return log;
    }

    Path path() {
        return path;
    }

    /** Whether the file was empty when it was opened. */
    boolean isFresh() {
        return fresh;
    }

    /** Records that are in the file as a whole. */
    long written() {
        return written;
    }

    /**
     * Writes what was committed when this was called.
     *
     * @param all whether nothing waits for the next cycle: at the end
     * @return false if something waits for a held sub-buffer
     * @throws IOException if the file cannot be written; nothing is lost by that
     */
    boolean cycle(boolean all) throws IOException {
        final long now = clock.getAsLong();
        final long mark = all ? Long.MAX_VALUE : now;
        for (final Source source : sources) {
            if (source.size == 0) {
                source.next();
            }
        }
        boolean waits = waits(now);
        while (!waits) {
            Source least = null;
            long second = mark;
            for (final Source source : sources) {
                if (source.size > 0 && source.timestamp < (least == null ? mark : least.timestamp)) {
                    second = least == null ? mark : least.timestamp;
                    least = source;
                } else if (source.size > 0) {
                    second = Math.min(second, source.timestamp);
                }
            }
            if (least == null) {
                break;
            }
            do {
                put(least);
            } while (least.next() && least.timestamp < second);
            waits = least.held && waits(now);
        }
        writeOut();
        return !waits;
    }

    private boolean waits(long now) {
        if (sources.stream().noneMatch(source -> source.held)) {
            heldSince = 0L;
        } else if (heldSince == 0L) {
            heldSince = now;
        }
        return heldSince != 0L && now - heldSince < PATIENCE;
    }

    private void put(Source source) throws IOException {
        final int length = source.length();
        if (out.remaining() < length + CUT.length + 1) {
            writeOut();
        }
        final int at = source.from + KlogRecord.HEADER_BYTES;
        out.put(source.bytes, at, length);
        final boolean isCut = source.segment.get(KlogRecord.INT, source.from) == KlogRecord.TRUNCATED;
        if (isCut) {
            out.put(CUT);
        }
        if (isCut || length == 0 || source.bytes[at + length - 1] != NEWLINE) {
            out.put(NEWLINE);
        }
        staged++;
    }

    private void writeOut() throws IOException {
        out.flip();
        try {
            while (out.hasRemaining()) {
                file.write(out);
            }
            written += staged;
            staged = 0L;
        } finally {
            out.compact();
        }
    }

    /** Whether the channel is closed and all that it held has been written. */
    boolean isDone() {
        return staged == 0L && sources.stream().allMatch(source -> source.ended && source.size == 0);
    }

    /** Gives up what unfinished reservations hold. */
    void pass() {
        for (final Source source : sources) {
            if (!source.ended && source.consumer.pass()) {
                source.to = source.from + source.size; // the beginning of a record whose rest is gone
            }
        }
    }

    @Override
    public void close() throws IOException {
        sources.forEach(source -> source.consumer.close());
        file.close();
    }
}
