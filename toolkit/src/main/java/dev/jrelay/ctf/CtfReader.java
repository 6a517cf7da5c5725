// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import dev.jrelay.klog.KlogRecord;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Reads a stream of a trace that this package has written, packet by packet. It is no reader of CTF in general: it
 * knows the one format that {@link CtfMetadata} describes.
 *
 * <p>What it reads is not trusted: sizes are checked, and memory is taken only for bytes that are there. To be used by
 * one thread.
 */
public final class CtfReader implements Closeable {
    private static final long MAX_PACKET = (1L << 30) + CtfPacket.HEADER_BYTES;
    private static final int BITS = 8;
    private static final int PIECE = 1 << 16;
    private static final long ALIGNMENT = KlogRecord.ALIGNMENT;

    private final UUID uuid;
    private final InputStream in;
    private MemorySegment header = MemorySegment.ofArray(new byte[0]);
    private MemorySegment records = header;
    private long at;
    private long cutBytes;

    /**
     * A reader.
     *
     * @param uuid of the trace; see {@link #uuid(Path)}
     * @param in the stream's packets
     */
    public CtfReader(UUID uuid, InputStream in) {
        this.uuid = uuid;
        this.in = in;
    }

    /**
     * The identity of a trace.
     *
     * @param directory where its metadata is
     * @return the uuid
     * @throws IOException if there is no metadata, or no uuid in it
     */
    public static UUID uuid(Path directory) throws IOException {
        return CtfMetadata.uuid(directory);
    }

    /**
     * Whether bytes are the beginning of a packet.
     *
     * @param bytes some
     * @param length how many of them count
     * @return true if they are, as far as one can tell
     */
    public static boolean isPacket(byte[] bytes, int length) {
        return length >= Integer.BYTES && MemorySegment.ofArray(bytes).get(CtfPacket.INT, 0L) == (int) CtfPacket.MAGIC;
    }

    /**
     * Goes to the next packet. One that is cut at the end of the stream, as a process that was killed leaves it, is
     * left out; see {@link #cutBytes()}.
     *
     * @return false if there is none
     * @throws IOException if what is there is no packet of this trace, or cannot be read
     */
    public boolean next() throws IOException {
        final byte[] head = in.readNBytes(CtfPacket.HEADER_BYTES);
        if (head.length < CtfPacket.HEADER_BYTES) {
            cutBytes = head.length;
            return false;
        }
        header = MemorySegment.ofArray(head);
        final long size = header.get(CtfPacket.LONG, CtfPacket.PACKET_SIZE) / BITS;
        final long content = header.get(CtfPacket.LONG, CtfPacket.CONTENT_SIZE) / BITS;
        if (!isPacket(head, head.length) || !CtfPacket.uuid(header).equals(uuid) || content < CtfPacket.HEADER_BYTES
                || content > size || size > MAX_PACKET) {
            throw new IOException("no packet of trace " + uuid + " at byte " + at);
        }
        final long body = size - CtfPacket.HEADER_BYTES;
        final long end = content - CtfPacket.HEADER_BYTES + ALIGNMENT - 1L & -ALIGNMENT;
        final byte[] filled = in.readNBytes((int) Math.min(end, body)); // no memory for what is only padding
        final long there = filled.length + skip(body - filled.length);
        if (there < body) {
            cutBytes = CtfPacket.HEADER_BYTES + there;
            return false;
        }
        at += size;
        records = MemorySegment.ofArray(filled);
        return true;
    }

    /** Passes bytes; returns how many there were. */
    private long skip(long count) throws IOException {
        long left = count;
        while (left > 0L) {
            final byte[] passed = in.readNBytes((int) Math.min(left, PIECE));
            if (passed.length == 0) {
                break;
            }
            left -= passed.length;
        }
        return count - left;
    }

    /** {@return the records of the packet, for {@link dev.jrelay.klog.KlogReader#wrapStream}} */
    public MemorySegment records() {
        return records;
    }

    /** {@return the number of the packet in its stream, from 0} */
    public long number() {
        return header.get(CtfPacket.LONG, CtfPacket.SEQUENCE);
    }

    /** {@return how many records of the stream were lost up to the end of the packet} */
    public long discarded() {
        return header.get(CtfPacket.LONG, CtfPacket.DISCARDED);
    }

    /** {@return when the packet begins, ns since 1970} */
    public long begin() {
        return header.get(CtfPacket.LONG, CtfPacket.BEGIN);
    }

    /** {@return the buffer} */
    public int cpu() {
        return (int) header.get(CtfPacket.LONG, CtfPacket.CPU);
    }

    /** {@return bytes of an incomplete packet at the end of the stream; 0 if there is none, or before it is reached} */
    public long cutBytes() {
        return cutBytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
