// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.ctf.CtfReader;
import dev.jrelay.klog.KlogReader;
import dev.jrelay.klog.KlogRecord;
import dev.jrelay.units.Sizes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * Reads output files that are a stream of a CTF trace: packets, each with the number of its sub-buffer, in front of
 * them an empty one, and one behind them if something was lost at the end. The check in each record, which knows the
 * record's position, must be right, and no time may go back.
 */
final class TraceReader implements OutputReader {
    private final List<Path> files;
    private final int cpu;
    private final UUID uuid;
    private final KlogReader reader = new KlogReader();
    private final byte[] bytes;
    private final MemorySegment subBuffer;
    private int number;
    private CtfReader packets;
    /** Packets read in the present file, and in all. */
    private int packetsOfFile;
    private long allPackets;
    private long lastTime;
    private boolean goesBack;

    /**
     * A reader.
     *
     * @param files one or more of one directory, in the order of time
     * @param cpu the buffer
     * @param subBufferSize bytes
     * @throws IOException if there is no trace, or the first file cannot be opened
     */
    TraceReader(List<Path> files, int cpu, int subBufferSize) throws IOException {
        this.files = files;
        this.cpu = cpu;
        this.uuid = CtfReader.uuid(files.getFirst().toAbsolutePath().getParent());
        this.bytes = new byte[subBufferSize];
        this.subBuffer = MemorySegment.ofArray(bytes);
        this.packets = open();
    }

    private CtfReader open() throws IOException {
        return new CtfReader(uuid, new BufferedInputStream(Files.newInputStream(files.get(number))));
    }

    /** Goes to the next packet, be it in the next file; false if there is none. */
    private boolean nextPacket() throws IOException {
        while (!packets.next()) {
            if (packets.cutBytes() > 0L || number == files.size() - 1 || packetsOfFile == 0) {
                return false;
            }
            packets.close();
            number++;
            packetsOfFile = 0;
            packets = open();
        }
        packetsOfFile++;
        allPackets++;
        return true;
    }

    @Override
    public String next(long sequence, int size) throws IOException {
        try {
            boolean isThere = nextPacket();
            if (isThere && allPackets == 1L && packets.number() == 0L && packets.records().byteSize() == 0L) {
                isThere = nextPacket();
            }
            if (!isThere) {
                return Sizes.count(packets.cutBytes()) + " bytes of a packet are there";
            }
        } catch (IOException none) {
            return none.getMessage();
        }
        final MemorySegment records = packets.records();
        if (packets.number() != sequence + 1L || packets.cpu() != cpu || records.byteSize() != size) {
            return "packet " + packets.number() + " of cpu " + packets.cpu() + " with " + records.byteSize()
                    + " bytes is there";
        }
        MemorySegment.copy(records, 0L, subBuffer, 0L, size);
        reader.wrap(subBuffer, sequence, 0L, size);
        goesBack |= packets.begin() < lastTime;
        lastTime = packets.begin();
        return null;
    }

    @Override
    public String place() {
        return files.get(number) + ", packet " + packetsOfFile;
    }

    @Override
    public boolean nextRecord() {
        if (!reader.next()) {
            return false;
        }
        goesBack |= reader.timestamp() < lastTime;
        lastTime = reader.timestamp();
        return true;
    }

    @Override
    public int offset() {
        return from() - KlogRecord.HEADER_BYTES;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int from() {
        return (int) reader.offset();
    }

    @Override
    public int length() {
        return reader.length();
    }

    @Override
    public String rest(long lost) throws IOException {
        final boolean isSomethingThere = allPackets > 0L;
        long discarded = isSomethingThere ? packets.discarded() : 0L;
        int empty = 0;
        while (nextPacket()) {
            if (packets.records().byteSize() > 0L) {
                return place() + ": is behind the last sub-buffer";
            }
            discarded = packets.discarded();
            empty++;
        }
        // after a stream without sub-buffers also the packet in front
        if (packets.cutBytes() > 0L || number < files.size() - 1 || empty > (isSomethingThere ? 1 : 2)) {
            return place() + ": there is more behind the last sub-buffer";
        }
        if (goesBack) {
            return files.getFirst() + ": times of the trace go back";
        }
        return discarded == lost ? null
                : files.getLast() + ": records lost in the trace: " + discarded + ", but lost: " + lost;
    }

    @Override
    public void close() throws IOException {
        packets.close();
    }
}
