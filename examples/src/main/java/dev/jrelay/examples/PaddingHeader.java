// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Mode;
import dev.jrelay.RelayBuffer;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/**
 * The text's examples of {@code subbuf_start()}: each sub-buffer begins with an {@code unsigned int} that holds its
 * padding, so that a reader of the bare memory, or of a file of whole sub-buffers, can tell data from padding.
 *
 * <pre>
 *   if (prev_subbuf)
 *           *((unsigned *)prev_subbuf) = prev_padding;      onEnd
 *   if (relay_buf_full(buf))
 *           return 0;                                       admit; in overwrite mode this is left out
 *   subbuf_start_reserve(buf, sizeof(unsigned int));        headerBytes(4)
 *   return 1;                                               admit
 * </pre>
 *
 * <p>The original writes the padding into the previous sub-buffer when it starts the next. Here it is written when the
 * sub-buffer is complete, before a consumer can see it: also into the last one, which has no next.
 */
public final class PaddingHeader implements Callbacks {
    /** {@code sizeof(unsigned int)}. */
    public static final int HEADER_BYTES = 4;

    private static final ValueLayout.OfInt UNSIGNED_INT = ValueLayout.JAVA_INT_UNALIGNED;

    private final boolean overwrite;

    private PaddingHeader(Mode mode) {
        this.overwrite = mode == Mode.OVERWRITE;
    }

    /**
     * Sets header, mode and callbacks.
     *
     * @param builder the rest of the configuration
     * @param mode the mode
     * @return {@code builder}
     */
    public static ChannelConfig.Builder configure(ChannelConfig.Builder builder, Mode mode) {
        return builder.headerBytes(HEADER_BYTES).mode(mode).callbacks(new PaddingHeader(mode));
    }

    @Override
    public boolean admit(RelayBuffer buffer, long sequence) {
        return overwrite || !buffer.isFull();
    }

    @Override
    public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
        subBuffer.set(UNSIGNED_INT, 0L, padding);
    }

    /**
     * The data of a sub-buffer, by nothing but its own bytes.
     *
     * @param subBuffer a whole sub-buffer
     * @return what was written into it, without header and padding
     */
    public static MemorySegment data(MemorySegment subBuffer) {
        final int padding = subBuffer.get(UNSIGNED_INT, 0L);
        return subBuffer.asSlice(HEADER_BYTES, subBuffer.byteSize() - HEADER_BYTES - padding);
    }

    /** Writes more than fits, in both modes, and prints what the bare sub-buffers say. */
    public static void main(String[] arguments) throws IOException {
        for (final Mode mode : Mode.values()) {
            System.out.println(mode + ":");
            final ChannelConfig.Builder sizes =
                    ChannelConfig.builder("cpu").subBufferSize(32).subBufferCount(4).bufferCount(1);
            try (Channel channel = Channel.open(configure(sizes, mode).build());
                    Consumer consumer = channel.consumer(0)) {
                for (int i = 0; i < 15; i++) {
                    channel.write(String.format(Locale.ROOT, "message %02d", i).getBytes(US_ASCII), 0, 10);
                }
                channel.flush();
                for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                    System.out.println("  padding " + s.segment().get(UNSIGNED_INT, 0L) + ", data: "
                            + US_ASCII.decode(data(s.segment()).asByteBuffer()));
                    consumer.subBuffersConsumed(1);
                }
                System.out.println("  lost " + channel.statsSinceReset().lost().records() + ", overwritten "
                        + channel.statsSinceReset().overwritten().records());
            }
        }
    }
}
