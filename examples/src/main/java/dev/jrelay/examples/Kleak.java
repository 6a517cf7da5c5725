// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.RecordWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Logs each allocation and release of something that can leak, as a binary record of 24 bytes; {@link KleakReport}
 * finds the leaks afterwards. The original logged {@code kmalloc} and {@code kfree}.
 *
 * <pre>
 *   +0   u64 address     what was allocated or released
 *   +8   u32 size        bytes; 0 for a release
 *   +12  u32 site        who did it, a number of the client's
 *   +16  u64 time        ns, System.nanoTime; orders the records of different buffers
 * </pre>
 *
 * <p>Little-endian. Every record has the same size, so a file of them needs nothing else to be read. Written in place:
 * nothing is copied or allocated.
 */
public final class Kleak {
    /** Bytes of a record. */
    public static final int RECORD = 24;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Channel channel;

    /**
     * Logs into a channel.
     *
     * @param channel without header bytes; all its records are of this format
     */
    public Kleak(Channel channel) {
        this.channel = channel;
    }

    /**
     * Logs an allocation. Any thread; call it after allocating.
     *
     * @param address what was allocated
     * @param size bytes, 1 or more
     * @param site who allocates
     */
    public void allocated(long address, int size, int site) {
        log(address, size, site);
    }

    /**
     * Logs a release. Any thread; call it before releasing, so that its time is before that of the next allocation at
     * the same address.
     *
     * @param address what is released
     * @param site who releases
     */
    public void released(long address, int site) {
        log(address, 0, site);
    }

    /** No result: what the channel does not take it counts, and the report asks for that count. */
    private void log(long address, int size, int site) {
        final long time = System.nanoTime();
        final RecordWriter writer = channel.writer();
        final long position = writer.reserve(RECORD);
        if (position < 0L) {
            return;
        }
        final MemorySegment data = writer.data();
        final long at = writer.dataOffset(position);
        data.set(LONG, at, address);
        data.set(INT, at + 8L, size);
        data.set(INT, at + 12L, site);
        data.set(LONG, at + 16L, time);
        writer.commit(position, RECORD);
    }

    /** Logs allocations of three sites, of which one forgets every tenth release, and prints what leaked. */
    public static void main(String[] arguments) throws IOException {
        final Path file = Files.createTempFile("kleak", ".log");
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).build());
                Consumer consumer = channel.consumer(0);
                FileChannel log = FileChannel.open(file, StandardOpenOption.WRITE)) {
            final Kleak kleak = new Kleak(channel);
            for (int n = 0; n < 1_000; n++) {
                final int site = n % 3;
                kleak.allocated(4096L + n, 64, site);
                if (site != 2 || n % 10 != 0) {
                    kleak.released(4096L + n, site);
                }
            }
            channel.flush();
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                log.write(s.bytes());
                consumer.subBuffersConsumed(1);
            }
        }
        final KleakReport report = KleakReport.of(List.of(file));
        System.out.println(report.records() + " records in " + file);
        report.bySite().forEach((site, leak) -> System.out.println("site " + site + " leaked " + leak.count()
                + " allocations, " + leak.bytes() + " bytes"));
        Files.delete(file);
    }
}
