// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import dev.jrelay.klog.KlogRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * The header of a packet, and the events behind it.
 *
 * <pre>
 *   +0   u32 magic 0xC1FC1FC1        +4   u32 stream id, 0
 *   +8   u8  uuid[16]                     of the trace
 *   +24  u64 stream instance id           the buffer's index
 *   +32  u64 timestamp_begin, ns          of the first event
 *   +40  u64 timestamp_end, ns            of the last event
 *   +48  u64 content_size, bits           up to the end of the last event, without zeros behind it
 *   +56  u64 packet_size, bits            what a collector writes
 *   +64  u64 packet_seq_num               sequence + 1; 0 is for the packet that {@link CtfStream} puts in front
 *   +72  u64 events_discarded             records lost in this buffer up to the end of the packet
 *   +80  u64 cpu_id                       the buffer's index
 *   +88  events: {@link KlogRecord}
 * </pre>
 *
 * <p>Little-endian. Events begin at multiples of 8; what their format leaves unnamed, the 4 bytes of {@code check}, is
 * what a CTF reader skips to align the timestamp.
 */
final class CtfPacket {
    static final int HEADER_BYTES = 88;
    static final long MAGIC = 0xC1FC_1FC1L;

    static final long UUID_AT = 8L;
    static final long INSTANCE = 24L;
    static final long BEGIN = 32L;
    static final long END = 40L;
    static final long CONTENT_SIZE = 48L;
    static final long PACKET_SIZE = 56L;
    static final long SEQUENCE = 64L;
    static final long DISCARDED = 72L;
    static final long CPU = 80L;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BIG_ENDIAN_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long TIMESTAMP = 8L;
    private static final long LENGTH = 16L;

    private CtfPacket() {
    }

    /** Makes the header that of a packet without events. */
    static void empty(MemorySegment header, UUID uuid, int index, long number, long time, long discarded, long size) {
        header.set(LONG, 0L, MAGIC); // and stream id 0
        header.set(BIG_ENDIAN_LONG, UUID_AT, uuid.getMostSignificantBits());
        header.set(BIG_ENDIAN_LONG, UUID_AT + 8L, uuid.getLeastSignificantBits());
        header.set(LONG, INSTANCE, index);
        header.set(LONG, BEGIN, time);
        header.set(LONG, END, time);
        header.set(LONG, CONTENT_SIZE, 8L * HEADER_BYTES);
        header.set(LONG, PACKET_SIZE, 8L * size);
        header.set(LONG, SEQUENCE, number);
        header.set(LONG, DISCARDED, discarded);
        header.set(LONG, CPU, index);
    }

    /** Whether memory holds a packet: that of a sub-buffer of a buffer, in any trace. */
    static boolean isPacket(MemorySegment memory, int length, int index, long sequence) {
        return length >= HEADER_BYTES && memory.get(LONG, 0L) == MAGIC && memory.get(LONG, CPU) == index
                && memory.get(LONG, SEQUENCE) == sequence + 1L;
    }

    static UUID uuid(MemorySegment header) {
        return new UUID(header.get(BIG_ENDIAN_LONG, UUID_AT), header.get(BIG_ENDIAN_LONG, UUID_AT + 8L));
    }

    /**
     * Puts the events of a packet in the order of time, fills gaps that aborted records left, and completes the header
     * but for its losses and size.
     *
     * <pre>
     *   last = floor
     *   for each event    event = last = min(max(event, last), ceiling)
     *   begin = the first event, end = last
     * </pre>
     *
     * <p>With {@code floor <= ceiling}, all events, begin and end are within {@code [floor, ceiling]} and in order. It
     * may be done again with a lower ceiling.
     *
     * @param subBuffer the sub-buffer, owned by the caller
     * @param sequence its sequence
     * @param length used bytes, the header included
     * @param floor the packet's lower boundary, ns
     * @param ceiling its upper boundary, ns
     * @return events in it; bytes behind the last one that are no event are left out of the packet
     */
    static int complete(MemorySegment subBuffer, long sequence, int length, long floor, long ceiling) {
        long first = -1L;
        long last = floor;
        int end = HEADER_BYTES;
        int count = 0;
        int at = HEADER_BYTES;
        while (length - at >= KlogRecord.MIN_SIZE) {
            int size = eventSize(subBuffer, at, length);
            if (size == 0) {
                size = gap(subBuffer, at, length);
                if (size < KlogRecord.MIN_SIZE) {
                    break; // nothing that KlogRecord has written
                }
                KlogRecord.fillGap(subBuffer, sequence, at, size, last);
            } else if (subBuffer.get(INT, at) != KlogRecord.ABORTED) {
                count++;
            }
            final long written = subBuffer.get(LONG, at + TIMESTAMP);
            last = Math.min(Math.max(written, last), ceiling);
            if (last != written) {
                subBuffer.set(LONG, at + TIMESTAMP, last);
            }
            first = first < 0L ? last : first;
            end = at + KlogRecord.HEADER_BYTES + subBuffer.get(INT, at + LENGTH);
            at += size;
        }
        subBuffer.set(LONG, BEGIN, first < 0L ? floor : first);
        subBuffer.set(LONG, END, last);
        subBuffer.set(LONG, CONTENT_SIZE, 8L * end);
        return count;
    }

    /** Bytes of the event at {@code at}; 0 if there is none. Its first word is never 0, as {@code check} is not. */
    private static int eventSize(MemorySegment subBuffer, int at, int length) {
        final long word = subBuffer.get(LONG, at);
        final int bytes = subBuffer.get(INT, at + LENGTH);
        if (word >>> 32 == 0L || (int) word < KlogRecord.TEXT || (int) word > KlogRecord.ABORTED || bytes < 0) {
            return 0;
        }
        final int size = KlogRecord.size(bytes);
        return size <= length - at ? size : 0;
    }

    /** Bytes of the run of zeros at {@code at}. */
    private static int gap(MemorySegment subBuffer, int at, int length) {
        int end = at;
        while (end <= length - KlogRecord.ALIGNMENT && subBuffer.get(LONG, end) == 0L) {
            end += KlogRecord.ALIGNMENT;
        }
        return end - at;
    }
}
