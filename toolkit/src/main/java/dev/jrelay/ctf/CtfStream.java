// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import dev.jrelay.BufferStats;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogClock;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * The file of one buffer of a {@link Ctf} channel, as a reader likes it best. Any collector that writes the sub-buffers
 * one after the other makes a readable trace; this one adds what only a collector knows:
 *
 * <ul>
 * <li>an empty packet in front, so that packets overwritten, and records lost, before the first packet are reported
 *     with their number;
 * <li>an empty packet at the end, if records were lost, or packets overwritten or skipped, after the last one;
 * <li>each packet completed once more, so that the committed beginning of a current sub-buffer, from a snapshot, is a
 *     packet too, and nothing in memory shared with another process is taken on trust;
 * <li>whole packets only: if the disk is full, the file is cut back to the last one.
 * </ul>
 *
 * <p>Threads: one at a time.
 */
public final class CtfStream implements AutoCloseable {
    private final UUID uuid;
    private final int index;
    private final FileChannel file;
    private MemorySegment packet = segment(CtfPacket.HEADER_BYTES);
    private long number = -1L;
    /** When the last packet began, and when it ended, ns; before there is one, of all times. */
    private long begun = -1L;
    private long time;
    private long discarded;

    /**
     * Creates the file of a buffer, from the opening of the channel on.
     *
     * @param directory the trace; the file {@code metadata} of {@link Ctf#writeMetadata} is there
     * @param name the new file, by convention the buffer's name
     * @param index the buffer's index
     * @throws IOException if there is no metadata, or the file exists or cannot be created
     */
    public CtfStream(Path directory, String name, int index) throws IOException {
        this(CtfMetadata.uuid(directory), index, FileChannel.open(directory.resolve(name),
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** A stream into an empty file. */
    CtfStream(UUID uuid, int index, FileChannel file) {
        this.uuid = uuid;
        this.index = index;
        this.file = file;
    }

    /**
     * A stream that goes on behind the packets of a file, whose position is their end.
     *
     * @throws IOException if it does not hold whole packets of this trace
     */
    static CtfStream goOn(UUID uuid, int index, FileChannel file) throws IOException {
        final CtfStream stream = new CtfStream(uuid, index, file);
        final MemorySegment header = stream.packet;
        long size = CtfPacket.HEADER_BYTES;
        for (long at = 0L; at < file.position(); at += size) {
            for (ByteBuffer target = header.asByteBuffer(); target.hasRemaining();) {
                if (file.read(target, at + target.position()) < 0) {
                    throw new IOException("ends within a packet");
                }
            }
            size = header.get(CtfPacket.LONG, CtfPacket.PACKET_SIZE) / 8L;
            if (header.get(CtfPacket.LONG, 0L) != CtfPacket.MAGIC || !CtfPacket.uuid(header).equals(uuid)
                    || size < CtfPacket.HEADER_BYTES || size > file.position() - at) {
                throw new IOException("holds no packet of trace " + uuid + " at byte " + at);
            }
            stream.noteLast(header);
        }
        return stream;
    }

    /** The same stream, which goes on in another file. */
    CtfStream moveTo(FileChannel another) {
        final CtfStream stream = new CtfStream(uuid, index, another);
        stream.number = number;
        stream.begun = begun;
        stream.time = time;
        stream.discarded = discarded;
        return stream;
    }

    private static MemorySegment segment(long size) {
        return Arena.ofAuto().allocate(size, 8L);
    }

    /**
     * Writes a sub-buffer as the next packet, without its padding. A sub-buffer that is no packet of this trace and
     * buffer, or is older than the last one, is refused.
     *
     * @param subBuffer from a consumer, which may report it consumed afterwards, or from a snapshot
     * @throws IOException if it is refused, or cannot be written; the file then holds the packets before it
     */
    public void write(SubBuffer subBuffer) throws IOException {
        copy(subBuffer.segment(), 0, subBuffer.length(), 0);
        if (!isNextPacket(subBuffer.sequence(), subBuffer.length())) {
            throw new IOException("sub-buffer " + subBuffer.sequence() + " is no packet of trace " + uuid
                    + ", buffer " + index + ", after packet " + number);
        }
        writePacket(subBuffer.sequence(), subBuffer.length());
    }

    /** Copies the end of a sub-buffer, since others may change it, to a place in {@link #packet}. */
    private void copy(MemorySegment source, int from, int to, int target) {
        final int length = target + to - from;
        if (packet.byteSize() < length) {
            packet = segment(Math.max(length, source.byteSize()));
        }
        MemorySegment.copy(source, from, packet, target, to - from);
    }

    /** Whether {@link #packet} can follow the last one. */
    private boolean isNextPacket(long sequence, int length) {
        return CtfPacket.isPacket(packet, length, index, sequence) && CtfPacket.uuid(packet).equals(uuid)
                && sequence >= number && packet.get(CtfPacket.LONG, CtfPacket.DISCARDED) >= discarded;
    }

    private void writePacket(long sequence, int length) throws IOException {
        final long floor = Math.max(next(), packet.get(CtfPacket.LONG, CtfPacket.BEGIN));
        CtfPacket.complete(packet, sequence, length, floor, Long.MAX_VALUE);
        packet.set(CtfPacket.LONG, CtfPacket.PACKET_SIZE, 8L * length);
        begin(packet.get(CtfPacket.LONG, CtfPacket.BEGIN));
        append(packet.asSlice(0L, length));
    }

    /**
     * Writes a sub-buffer as the next packet, whatever it is: if it is no packet of this trace, the klog records in it
     * behind a header that is made here.
     *
     * @param taken the sub-buffer
     * @param headerBytes bytes in front of its records, which are left out if it is no packet
     * @param lost says how many records are lost, of the buffer's counters
     * @throws IOException if it cannot be written; the file then holds the packets before it
     */
    void writeAny(Sink.Taken taken, int headerBytes, ToLongFunction<BufferStats> lost) throws IOException {
        copy(taken.memory(), 0, taken.length(), 0);
        int length = taken.length();
        if (!isNextPacket(taken.sequence(), length)) {
            final int from = Math.min(headerBytes + 7 & -8, length);
            final long before = Math.max(discarded, lost.applyAsLong(taken.counters().get()));
            copy(taken.memory(), from, length, CtfPacket.HEADER_BYTES);
            length += CtfPacket.HEADER_BYTES - from;
            CtfPacket.empty(packet, uuid, index, taken.sequence() + 1L, time, before, length);
        }
        writePacket(taken.sequence(), length);
    }

    /**
     * When the next packet can begin. No two begin at the same time: babeltrace2 puts packets of several files of one
     * stream in the order of these times, and equal ones in no order.
     */
    private long next() {
        return begun == time ? time + 1L : time;
    }

    /** The packet in front: number 0, right before the first one. */
    private void begin(long first) throws IOException {
        if (number < 0L) {
            appendEmpty(0L, Math.max(0L, first - 1L), 0L);
        }
    }

    private void appendEmpty(long itsNumber, long itsTime, long itsDiscarded) throws IOException {
        final MemorySegment header = segment(CtfPacket.HEADER_BYTES);
        CtfPacket.empty(header, uuid, index, itsNumber, itsTime, itsDiscarded, CtfPacket.HEADER_BYTES);
        append(header);
    }

    private void append(MemorySegment bytes) throws IOException {
        final long start = file.position();
        try {
            final ByteBuffer source = bytes.asByteBuffer();
            while (source.hasRemaining()) {
                file.write(source);
            }
        } catch (IOException failure) {
            try {
                file.truncate(start);
            } catch (IOException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
        noteLast(bytes);
    }

    private void noteLast(MemorySegment header) {
        number = header.get(CtfPacket.LONG, CtfPacket.SEQUENCE);
        begun = header.get(CtfPacket.LONG, CtfPacket.BEGIN);
        time = header.get(CtfPacket.LONG, CtfPacket.END);
        discarded = header.get(CtfPacket.LONG, CtfPacket.DISCARDED);
    }

    /**
     * Writes the packet at the end, if anything was lost since the last one. To be called once, after the last
     * {@link #write}.
     *
     * @param stats the buffer's counters since the channel was opened (of {@code RelayBuffer} or
     *     {@code MappedChannel}: a reset does not set these back), read when the consumer had consumed everything
     * @throws IOException if it cannot be written
     */
    public void finish(BufferStats stats) throws IOException {
        finish(stats.lost().records(), stats.produced());
    }

    /** The same: how many records were lost, and how many sub-buffers produced. */
    void finish(long lost, long produced) throws IOException {
        if (lost > discarded || produced > Math.max(0L, number)) {
            final long now = number < 0L ? KlogClock.system().getAsLong() : next();
            begin(now);
            appendEmpty(Math.max(number, produced) + 1L, now, Math.max(discarded, lost));
        }
    }

    /** Closes the file. Idempotent. */
    @Override
    public void close() throws IOException {
        file.close();
    }
}
