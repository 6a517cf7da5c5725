// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.RecordWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Slots of a fixed size that are reserved first and filled later, by a client that does not know beforehand how much it
 * will write. It keeps a count of the bytes actually written, in space reserved in the sub-buffer itself:
 *
 * <pre>
 *   +--------------------------+---------------+---------------+-----+---------+
 *   | count 0 | count 1 | …    |    slot 0     |    slot 1     |  …  | padding |
 *   +--------------------------+---------------+---------------+-----+---------+
 *     header: an int for each    SLOT bytes each
 * </pre>
 *
 * <p>Several threads fill slots of one sub-buffer at the same time. That is safe without further synchronization: each
 * stores its own count, before its own commit, and the consumer sees the sub-buffer after all commits. The counts are
 * <em>not</em> set to zero in {@code onStart}, which may run while other writers store theirs already; instead every
 * slot that is reserved gets its count.
 */
public final class Reserve {
    /** Size of a slot, bytes. */
    public static final int SLOT = 128;

    private static final ValueLayout.OfInt COUNT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int COUNT_SIZE = 4;

    private final int slots;
    private final int headerBytes;
    private final int subBufferSize;

    /**
     * Slots for a channel.
     *
     * @param slots slots in each sub-buffer, 1 or more
     */
    public Reserve(int slots) {
        this.slots = slots;
        this.headerBytes = slots * COUNT_SIZE + 7 & -8;
        this.subBufferSize = headerBytes + slots * SLOT;
    }

    /**
     * Sets the sizes of sub-buffer and header.
     *
     * @param builder the rest of the configuration
     * @return {@code builder}
     */
    public ChannelConfig.Builder configure(ChannelConfig.Builder builder) {
        return builder.subBufferSize(subBufferSize).headerBytes(headerBytes);
    }

    /**
     * Reserves a slot and has it filled in place.
     *
     * @param writer the buffer's writer
     * @param filler gets the slot, of {@value #SLOT} bytes, and returns how many it has written; if it throws, the slot
     *     is given up
     * @return 0 or more, or the {@link dev.jrelay.Result} why there is no slot
     */
    public long fill(RecordWriter writer, ToIntFunction<MemorySegment> filler) {
        final long position = writer.reserve(SLOT);
        if (position < 0L) {
            return position;
        }
        final MemorySegment data = writer.data();
        final long at = writer.dataOffset(position);
        final long subBuffer = at / subBufferSize * subBufferSize;
        final long count = subBuffer + (at - subBuffer - headerBytes) / SLOT * COUNT_SIZE;
        data.set(COUNT, count, 0);
        boolean filled = false;
        try {
            data.set(COUNT, count, filler.applyAsInt(data.asSlice(at, SLOT)));
            filled = true;
        } finally {
            if (!filled) {
                writer.abort(position, SLOT);
            }
        }
        writer.commit(position, SLOT);
        return position;
    }

    /**
     * What was written into the slots of a sub-buffer.
     *
     * @param subBuffer from the consumer
     * @return the written part of each slot, in order; valid as long as the sub-buffer is
     */
    public List<MemorySegment> read(SubBuffer subBuffer) {
        final int used = Math.min(slots, (subBuffer.length() - headerBytes) / SLOT);
        final List<MemorySegment> written = new ArrayList<>();
        for (int i = 0; i < used; i++) {
            final int count = subBuffer.segment().get(COUNT, (long) i * COUNT_SIZE);
            written.add(subBuffer.segment().asSlice(headerBytes + (long) i * SLOT, count));
        }
        return written;
    }

    /** Fills slots, the last one in a second sub-buffer, and prints what was written into each. */
    public static void main(String[] arguments) throws IOException {
        final Reserve reserve = new Reserve(3);
        try (Channel channel = Channel.open(reserve.configure(ChannelConfig.builder("slots").bufferCount(1)).build());
                Consumer consumer = channel.consumer(0)) {
            for (final String text : List.of("one", "", "three", "four")) {
                reserve.fill(channel.writer(), slot -> {
                    final byte[] bytes = text.getBytes(US_ASCII);
                    MemorySegment.copy(MemorySegment.ofArray(bytes), 0L, slot, 0L, bytes.length);
                    return bytes.length;
                });
            }
            channel.flush();
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                for (final MemorySegment written : reserve.read(s)) {
                    System.out.println("sub-buffer " + s.sequence() + ": slot of " + SLOT + " bytes, "
                            + written.byteSize() + " written: " + US_ASCII.decode(written.asByteBuffer()));
                }
                consumer.subBuffersConsumed(1);
            }
        }
    }
}
