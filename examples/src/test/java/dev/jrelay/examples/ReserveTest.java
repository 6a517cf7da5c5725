// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Mode;
import dev.jrelay.Result;
import dev.jrelay.SubBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReserveTest {
    private final Reserve reserve = new Reserve(3);

    private static int put(MemorySegment slot, String text) {
        MemorySegment.copy(MemorySegment.ofArray(text.getBytes(US_ASCII)), 0L, slot, 0L, text.length());
        return text.length();
    }

    private List<String> read(Consumer consumer) {
        final List<String> all = new ArrayList<>();
        for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
            for (final MemorySegment written : reserve.read(s)) {
                all.add(new String(written.toArray(ValueLayout.JAVA_BYTE), US_ASCII));
            }
            consumer.subBuffersConsumed(1);
        }
        return all;
    }

    @Test
    void keepsTheCountOfBytesWritten() throws Exception {
        final ChannelConfig config = reserve.configure(ChannelConfig.builder("slots").subBufferCount(2).bufferCount(1))
                .build();
        try (Channel channel = Channel.open(config); Consumer consumer = channel.consumer(0)) {
            for (final String text : List.of("one", "", "three", "four")) {
                assertThat(reserve.fill(channel.writer(), slot -> put(slot, text))).isNotNegative();
            }
            assertThatThrownBy(() -> reserve.fill(channel.writer(), slot -> {
                put(slot, "given up");
                throw new IllegalStateException();
            })).isInstanceOf(IllegalStateException.class);
            reserve.fill(channel.writer(), slot -> put(slot, "x".repeat(Reserve.SLOT)));
            assertThat(reserve.fill(channel.writer(), slot -> put(slot, "no room"))).isEqualTo(Result.FULL);
            assertThat(read(consumer)).containsExactly("one", "", "three", "four", "", "x".repeat(Reserve.SLOT));
        }
    }

    /** Slots of one sub-buffer are filled by several threads; laps leave old counts and old bytes behind. */
    @Test
    void severalThreadsFillSlotsOfOneSubBuffer() throws Exception {
        final ChannelConfig config = reserve.configure(ChannelConfig.builder("slots").subBufferCount(4).bufferCount(1)
                .mode(Mode.OVERWRITE)).build();
        final List<String> all = new ArrayList<>();
        try (Channel channel = Channel.open(config); Consumer consumer = channel.consumer(0)) {
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final String text = String.valueOf((char) ('a' + i));
                writers.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 20_000; n++) {
                        final int length = n % Reserve.SLOT;
                        reserve.fill(channel.writer(), slot -> put(slot, text.repeat(length)));
                    }
                }));
            }
            while (writers.stream().anyMatch(Thread::isAlive)) {
                all.addAll(read(consumer));
            }
            channel.flush();
            all.addAll(read(consumer));
            assertThat(all).hasSize((int) channel.statsSinceReset().delivered().records()).isNotEmpty();
        }
        assertThat(all).allMatch(text -> text.chars().distinct().count() <= 1L);
    }
}
