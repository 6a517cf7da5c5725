// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.ctf.Ctf;
import dev.jrelay.klog.KlogReader;
import dev.jrelay.klog.KlogRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Times and lengths of klog records, alone or in the packets of a CTF stream ({@code docs/ctf.md}). */
final class BinaryTrace {
    private static final int MAGIC = 0xC1FC_1FC1;
    private static final long CONTENT_SIZE = 48L;
    private static final long PACKET_SIZE = 56L;
    private static final long DISCARDED = 72L;
    private static final long CHECK = 4L;
    private static final long LENGTH = 16L;
    /** A record of a text is shorter: longer ones are taken for something else. */
    private static final int LONGEST = 1 << 24;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private BinaryTrace() {
    }

    static boolean isCtf(byte[] content) {
        return content.length >= Ctf.HEADER_BYTES && MemorySegment.ofArray(content).get(INT, 0L) == MAGIC;
    }

    /** Whether it begins with what could be a record; text does not: the first word would be above 2^24. */
    static boolean isKlog(byte[] content) {
        if (content.length < KlogRecord.MIN_SIZE) {
            return false;
        }
        final MemorySegment segment = MemorySegment.ofArray(content);
        final int id = segment.get(INT, 0L);
        final int length = segment.get(INT, LENGTH);
        return id >= KlogRecord.TEXT && id <= KlogRecord.TRUNCATED && segment.get(INT, CHECK) != 0 && length >= 0
                && length < LONGEST;
    }

    static void klog(byte[] content, Messages messages) {
        add(new KlogReader().wrapStream(MemorySegment.ofArray(content)), messages);
    }

    private static void add(KlogReader reader, Messages messages) {
        while (reader.next()) {
            messages.add(reader.timestamp(), KlogRecord.size(reader.length()));
        }
    }

    /**
     * Reads packet by packet.
     *
     * @return records that the last packet says were lost
     * @throws IllegalArgumentException where a packet should begin, or end, and does not
     */
    static long ctf(Path file, byte[] content, Messages messages) {
        final MemorySegment segment = MemorySegment.ofArray(content);
        final KlogReader reader = new KlogReader();
        long discarded = 0L;
        long at = 0L;
        while (at < content.length) {
            final long left = content.length - at;
            final boolean isPacket = left >= Ctf.HEADER_BYTES && segment.get(INT, at) == MAGIC;
            final long size = isPacket ? segment.get(LONG, at + PACKET_SIZE) / Byte.SIZE : 0L;
            final long used = isPacket ? segment.get(LONG, at + CONTENT_SIZE) / Byte.SIZE : 0L;
            if (used < Ctf.HEADER_BYTES || size < used || size > left) {
                throw new IllegalArgumentException("--from " + file + ": no whole packet at byte " + at);
            }
            final long padded = Math.min(size, used + KlogRecord.ALIGNMENT - 1L & -KlogRecord.ALIGNMENT);
            add(reader.wrapStream(segment.asSlice(at + Ctf.HEADER_BYTES, padded - Ctf.HEADER_BYTES)), messages);
            discarded = segment.get(LONG, at + DISCARDED);
            at += size;
        }
        return discarded;
    }
}
