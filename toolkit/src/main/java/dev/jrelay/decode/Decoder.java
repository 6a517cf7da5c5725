// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import dev.jrelay.ctf.CtfReader;
import dev.jrelay.klog.KlogRecord;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Records of several buffers in the order of their times: of the next ones of all streams the earliest. Within a stream
 * the order stays as it is; what has no time comes stream by stream.
 *
 * <p>To be used by one thread.
 *
 * {@snippet :
 * try (Decoder decoder = CollectedFiles.open(List.of(Path.of("out")), null, Decoder.Format.AUTO)) {
 *     for (Decoded next = decoder.next(); next != null; next = decoder.next()) {
 *         System.out.println(next.cpu() + " " + next.text());
 *     }
 * }
 * }
 */
public final class Decoder implements Closeable {
    private static final int LOOK = 1 << 16;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final List<RecordStream> streams;
    private final PriorityQueue<Head> heads = new PriorityQueue<>(
            Comparator.<Head>comparingLong(head -> head.next.timeNanos()).thenComparingInt(Head::stream));
    private boolean isBegun;

    /** What bytes are. */
    public enum Format {
        /** What they look like. */
        AUTO,
        /** Lines. */
        TEXT,
        /** klog's records. */
        KLOG
    }

    private record Head(int stream, Decoded next) {
    }

    /**
     * Merges streams.
     *
     * @param streams at least one; they are closed with this
     */
    public Decoder(List<RecordStream> streams) {
        this.streams = List.copyOf(streams);
    }

    /**
     * The records in bytes, whatever they come from.
     *
     * @param cpu the buffer that they are of
     * @param name where they come from, for messages
     * @param bytes sub-buffers one after the other, without padding
     * @param format what they are; packets of a CTF trace are recognized if it is {@link Format#AUTO}
     * @param trace identity of the trace that packets must be of; null if there is none
     * @return the stream; close it
     * @throws IOException if the first bytes cannot be read, or are a packet and {@code trace} is null
     */
    public static RecordStream stream(int cpu, String name, InputStream bytes, Format format, UUID trace)
            throws IOException {
        final BufferedInputStream in = new BufferedInputStream(bytes, LOOK);
        in.mark(LOOK);
        final byte[] first = new byte[LOOK];
        final int length = in.readNBytes(first, 0, LOOK);
        in.reset();
        if (format == Format.AUTO && CtfReader.isPacket(first, length)) {
            if (trace == null) {
                throw new IOException(name + ": is a stream of a CTF trace, but its metadata is not beside it");
            }
            return new CtfRecords(cpu, name, trace, in);
        }
        return format == Format.KLOG || format == Format.AUTO && isKlog(first, length)
                ? new KlogRecords(cpu, in) : new LineRecords(cpu, in);
    }

    /** Whether the first words that are not zero begin like a record: no text does. */
    private static boolean isKlog(byte[] bytes, int length) {
        final MemorySegment memory = MemorySegment.ofArray(bytes);
        int at = 0;
        while (at + KlogRecord.ALIGNMENT <= length && memory.get(LONG, at) == 0L) {
            at += KlogRecord.ALIGNMENT; // aborted
        }
        if (at + KlogRecord.MIN_SIZE > length) {
            return false;
        }
        final long word = memory.get(LONG, at);
        return (int) word >= KlogRecord.TEXT && (int) word <= KlogRecord.ABORTED && word >>> 32 != 0L;
    }

    /**
     * Goes to the next one.
     *
     * @return a record, or what is missing there; null at the end
     * @throws IOException if a stream cannot be read
     */
    public Decoded next() throws IOException {
        if (!isBegun) {
            isBegun = true;
            for (int i = 0; i < streams.size(); i++) {
                look(i);
            }
        }
        final Head first = heads.poll();
        if (first == null) {
            return null;
        }
        look(first.stream);
        return first.next;
    }

    private void look(int stream) throws IOException {
        final Decoded next = streams.get(stream).next();
        if (next != null) {
            heads.add(new Head(stream, next));
        }
    }

    @Override
    public void close() throws IOException {
        for (final RecordStream stream : streams) {
            stream.close();
        }
    }
}
