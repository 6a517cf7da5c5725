// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import dev.jrelay.Callbacks;
import dev.jrelay.ChannelConfig;
import dev.jrelay.RelayBuffer;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogClock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * Callbacks that make each sub-buffer of a channel one packet of a CTF 1.8 trace. One object serves one channel, whose
 * records must all be written by {@code Klog} or {@code KlogRecord}, with timestamps of the same clock.
 *
 * <p>Guarantees: whatever the threads do, within one buffer the times of events, and those of packets, never go
 * backwards, {@code packet_seq_num} goes up by one from sub-buffer to sub-buffer, and {@code events_discarded} never
 * decreases. A packet lies within two boundaries, on which all threads agree without waiting for each other:
 *
 * <pre>
 * onStart(q)   the floor of q is decided now, unless it is: proposal (clock now, records lost so far)
 * onEnd(q)     events raised to the floor and to each other:  E = the latest
 *              the floor of q + 1 is decided now, unless it is: proposal (E, records lost so far); it is q's ceiling
 *              events lowered to the ceiling, if E is above it
 *              the header gets times, sizes and the losses of the ceiling
 * </pre>
 *
 * <p>How true the times are: a writer reads the clock before it reserves. So its time is not later than the opening of
 * the next sub-buffer, of which the floor is a clock reading afterwards, or the latest time of packets before it:
 * nothing is ever lowered, as long as the clock is one for all threads. A time is raised where a writer was overtaken
 * between its clock reading and its reservation: to that of the record before it. Only if a thread is interrupted right
 * after it has opened a sub-buffer, and the whole sub-buffer is filled meanwhile, does the sub-buffer get the time at
 * which the next one was opened. With one writer for each buffer no time is ever changed.
 *
 * <p>Aborted records appear as {@code aborted} events. A crash leaves each sub-buffer that was not delivered as an
 * empty packet. Bytes of another format make the rest of their packet invisible; their records count as discarded.
 *
 * <p>Cost: for each sub-buffer, one pass over its records by the thread that delivers it, a few small objects, and a
 * look at all sub-buffers of the buffer ({@link RelayBuffer#statsSinceOpen()}).
 *
 * {@snippet :
 * Ctf ctf = new Ctf(cpus, 8);
 * ChannelConfig config = ctf.configure("cpu").subBufferSize(256 << 10).build();
 * ctf.writeMetadata(directory);
 * }
 */
public final class Ctf implements Callbacks {
    /** Bytes of a packet's header: the channel's header bytes. */
    public static final int HEADER_BYTES = CtfPacket.HEADER_BYTES;

    private final int bufferCount;
    private final int subBufferCount;
    private final boolean whole;
    private final LongSupplier clock;
    private final UUID uuid = UUID.randomUUID();
    private final CtfBoundaries[] boundaries;
    /** Of each buffer: records that are not in the format. */
    private final AtomicLongArray foreign;

    /**
     * Callbacks for a channel whose collector writes sub-buffers without their padding, as
     * {@link SubBuffer#bytes()} gives them.
     *
     * @param bufferCount buffers of the channel, 1 or more
     * @param subBufferCount sub-buffers of each buffer, a power of two
     */
    public Ctf(int bufferCount, int subBufferCount) {
        this(bufferCount, subBufferCount, false, KlogClock.system());
    }

    /**
     * Callbacks for a channel.
     *
     * @param bufferCount buffers of the channel, 1 or more
     * @param subBufferCount sub-buffers of each buffer, a power of two
     * @param whole true if the collector writes whole sub-buffers, padding included; false if it strips the padding
     * @param clock the one that gives the records their timestamps, ns since 1970
     */
    public Ctf(int bufferCount, int subBufferCount, boolean whole, LongSupplier clock) {
        if (bufferCount < 1 || subBufferCount < 1 || Integer.bitCount(subBufferCount) != 1) {
            throw new IllegalArgumentException(bufferCount + " buffers of " + subBufferCount
                    + " sub-buffers: must be 1 or more, and a power of two");
        }
        this.bufferCount = bufferCount;
        this.subBufferCount = subBufferCount;
        this.whole = whole;
        this.clock = clock;
        this.boundaries = new CtfBoundaries[bufferCount];
        this.foreign = new AtomicLongArray(bufferCount);
        for (int i = 0; i < bufferCount; i++) {
            boundaries[i] = new CtfBoundaries(subBufferCount, clock.getAsLong());
        }
    }

    /**
     * Starts the configuration of the channel, with all that this object needs: buffers, sub-buffers, header bytes,
     * callbacks. It makes the builder itself, so that it replaces no callbacks that were set before. Others go around
     * these, as callbacks that call them: {@code ctf.configure("cpu").callbacks(new RelayEvents("cpu", ctf))}.
     *
     * @param baseName names the channel
     * @return a builder for the rest of the configuration
     * @throws IllegalArgumentException if the name is none, see {@link ChannelConfig#builder}
     */
    public ChannelConfig.Builder configure(String baseName) {
        return ChannelConfig.builder(baseName).bufferCount(bufferCount).subBufferCount(subBufferCount)
                .headerBytes(HEADER_BYTES).callbacks(this);
    }

    /**
     * The trace's identity, in its metadata and in each packet.
     *
     * @return chosen when this object was made
     */
    public UUID uuid() {
        return uuid;
    }

    /**
     * Writes the file {@code metadata}, which belongs beside the stream files.
     *
     * @param directory an existing directory
     * @throws IOException if it cannot be written
     */
    public void writeMetadata(Path directory) throws IOException {
        CtfMetadata.write(directory, uuid);
    }

    /** An empty packet: it is readable at any moment, also if nobody lives to complete it. */
    @Override
    public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
        final int index = buffer.index();
        final CtfBoundaries.Boundary floor =
                boundaries[index].decide(sequence, clock.getAsLong(), lost(buffer));
        CtfPacket.empty(subBuffer, uuid, index, sequence + 1L, floor.time(), floor.lost(), subBuffer.byteSize());
    }

    @Override
    public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
        final int length = (int) subBuffer.byteSize() - padding;
        final long floor = subBuffer.get(CtfPacket.LONG, CtfPacket.BEGIN);
        final long now = Math.max(floor, clock.getAsLong()); // a time in the future would be kept for ever
        final int events = CtfPacket.complete(subBuffer, sequence, length, floor, now);
        if (events < records) {
            foreign.getAndAdd(buffer.index(), records - events);
        }
        final long latest = subBuffer.get(CtfPacket.LONG, CtfPacket.END);
        final CtfBoundaries.Boundary ceiling =
                boundaries[buffer.index()].decide(sequence + 1L, latest, lost(buffer));
        if (ceiling.time() < latest) {
            CtfPacket.complete(subBuffer, sequence, length, floor, ceiling.time());
        }
        subBuffer.set(CtfPacket.LONG, CtfPacket.DISCARDED, ceiling.lost());
        subBuffer.set(CtfPacket.LONG, CtfPacket.PACKET_SIZE, 8L * (whole ? subBuffer.byteSize() : length));
    }

    private long lost(RelayBuffer buffer) {
        return buffer.statsSinceOpen().lost().records() + foreign.get(buffer.index());
    }
}
