// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Mode;
import dev.jrelay.Loss;
import dev.jrelay.SubBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PaddingHeaderTest {
    private static Channel open(Mode mode) throws Exception {
        return Channel.open(PaddingHeader.configure(ChannelConfig.builder("cpu").subBufferSize(32).subBufferCount(4)
                .bufferCount(1), mode).build());
    }

    /** 15 messages of 10 bytes: two fit into a sub-buffer, behind the header. */
    private static void write(Channel channel) {
        for (int i = 0; i < 15; i++) {
            channel.write("message %02d".formatted(i).getBytes(US_ASCII), 0, 10);
        }
    }

    private static String text(MemorySegment data) {
        return new String(data.toArray(ValueLayout.JAVA_BYTE), US_ASCII);
    }

    @Test
    void noOverwriteModeKeepsTheOldest() throws Exception {
        try (Channel channel = open(Mode.NO_OVERWRITE); Consumer consumer = channel.consumer(0)) {
            write(channel);
            final StringBuilder read = new StringBuilder();
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                assertThat(s.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0L)).isEqualTo(s.padding()).isEqualTo(8);
                read.append(text(PaddingHeader.data(s.segment())));
                consumer.subBuffersConsumed(1);
            }
            assertThat(read).hasToString("message 00message 01message 02message 03message 04message 05message 06"
                    + "message 07");
            assertThat(channel.statsSinceReset().lost(Loss.FULL).records()).isEqualTo(7L);
        }
    }

    @Test
    void overwriteModeKeepsTheNewest() throws Exception {
        try (Channel channel = open(Mode.OVERWRITE); Consumer consumer = channel.consumer(0)) {
            write(channel);
            channel.flush();
            final StringBuilder read = new StringBuilder();
            final StringBuilder paddings = new StringBuilder();
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                paddings.append(s.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0L)).append(' ');
                read.append(text(PaddingHeader.data(s.segment())));
                consumer.subBuffersConsumed(1);
            }
            assertThat(read).hasToString("message 08message 09message 10message 11message 12message 13message 14");
            assertThat(paddings).hasToString("8 8 8 18 ");
            assertThat(channel.statsSinceReset().overwritten().records()).isEqualTo(8L);
        }
    }
}
