// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import dev.jrelay.RecordWriter;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogRecord;
import java.lang.foreign.MemorySegment;

/** Events that carry the time their writer took, and a check of all that a stream promises. */
final class Packets {
    static final int EVENT_SIZE = 32;
    private static final long COPY_OF_TIME = 24L;

    long events;
    /** Events of which the time was raised or lowered, and by how much at most, ns. */
    long raised;
    long lowered;
    long raisedMost;
    long discarded;

    private long time;
    private long sequence = -1L;

    /** Writes an event in two steps: {@link RecordWriter#reserve} was the first. */
    static void complete(RecordWriter writer, long position, long time) {
        final long at = writer.dataOffset(position);
        final MemorySegment event = writer.data().asSlice(at, EVENT_SIZE);
        KlogRecord.fillGap(event, 0L, 0L, EVENT_SIZE, time);
        event.set(CtfPacket.LONG, 0L, event.get(CtfPacket.LONG, 0L) & 0xffff_ffff_0000_0000L | KlogRecord.RAW);
        event.set(CtfPacket.LONG, COPY_OF_TIME, time);
        writer.commit(position, EVENT_SIZE);
    }

    /** The next packet of the stream. */
    void check(SubBuffer subBuffer) {
        final MemorySegment s = subBuffer.segment();
        final String where = "packet " + subBuffer.sequence() + " after " + sequence;
        require(subBuffer.sequence() > sequence, where, "sequence");
        sequence = subBuffer.sequence();
        require(s.get(CtfPacket.LONG, CtfPacket.SEQUENCE) == sequence + 1L, where, "number");
        final long begin = s.get(CtfPacket.LONG, CtfPacket.BEGIN);
        final long end = s.get(CtfPacket.LONG, CtfPacket.END);
        require(begin >= time && end >= begin, where, "time " + begin + " to " + end + " after " + time);
        final long lost = s.get(CtfPacket.LONG, CtfPacket.DISCARDED);
        require(lost >= discarded, where, "discarded " + lost + " after " + discarded);
        discarded = lost;
        require(s.get(CtfPacket.LONG, CtfPacket.PACKET_SIZE) == 8L * subBuffer.length(), where, "packet size");
        require(s.get(CtfPacket.LONG, CtfPacket.CONTENT_SIZE) == 8L * subBuffer.length(), where, "content size");
        time = begin;
        for (int at = CtfPacket.HEADER_BYTES; at < subBuffer.length(); at += EVENT_SIZE) {
            final long now = s.get(CtfPacket.LONG, at + 8L);
            final long taken = s.get(CtfPacket.LONG, at + COPY_OF_TIME);
            require(now >= time && now <= end, where, "event at " + now + " after " + time);
            time = now;
            events++;
            raised += now > taken ? 1L : 0L;
            raisedMost = Math.max(raisedMost, now - taken);
            lowered += now < taken ? 1L : 0L;
        }
        require(time == end, where, "end " + end + ", last event " + time);
    }

    private static void require(boolean condition, String where, String what) {
        if (!condition) {
            throw new AssertionError(where + ": " + what);
        }
    }
}
