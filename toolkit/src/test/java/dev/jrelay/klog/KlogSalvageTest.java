// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.SharedWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A sub-buffer is left as by a process that died between any two stores: what was finished is found, nothing else. */
class KlogSalvageTest {
    private static final int SIZE = 1024;
    private static final int COUNT = 2;

    private final KlogReader reader = new KlogReader();

    @Test
    void findsWhatWasFinishedAndNothingOfEarlierLaps() throws Exception {
        final long seed = new Random().nextLong();
        System.out.println("KlogSalvageTest seed " + seed);
        final Random random = new Random(seed);
        try (Channel channel = Channel.open(ChannelConfig.builder("klog").subBufferSize(SIZE).subBufferCount(COUNT)
                .bufferCount(1).mode(Mode.OVERWRITE).build())) {
            final SharedWriter writer = channel.writer(0);
            for (int round = 0; round < 2_000; round++) {
                final List<String> finished = new ArrayList<>();
                final List<long[]> held = new ArrayList<>();
                int reserved = 0;
                while (true) {
                    final byte[] text = ("r" + round + " " + "y".repeat(random.nextInt(60))).getBytes(US_ASCII);
                    final int size = KlogRecord.size(text.length);
                    if (reserved + size > SIZE - 100) {
                        break;
                    }
                    reserved += size;
                    switch (random.nextInt(4)) {
                        case 0 -> held.add(new long[] {unfinished(writer, size, random, text), size});
                        case 1 -> writer.abort(writer.reserve(size), size);
                        default -> {
                            assertThat(KlogRecord.write(writer, KlogRecord.TEXT, 1L, text, 0, text.length))
                                    .isNotNegative();
                            finished.add(new String(text, US_ASCII));
                        }
                    }
                }
                final long sequence = channel.statsSinceReset().produced();
                assertThat(salvage(writer, sequence, reserved)).as("round %d", round).isEqualTo(finished);
                assertThat(salvage(writer, sequence, SIZE)).as("round %d", round).isEqualTo(finished);
                held.forEach(reservation -> writer.commit(reservation[0], (int) reservation[1])); // for the next lap
                channel.flush();
            }
        }
    }

    /** A reservation whose writer dies before one of its stores: the check comes last. */
    private static long unfinished(SharedWriter writer, int size, Random random, byte[] text) {
        final long position = writer.reserve(size);
        final long at = writer.dataOffset(position);
        final int stores = random.nextInt(5);
        if (stores > 0) {
            writer.data().set(KlogRecord.INT, at, KlogRecord.TEXT);
        }
        if (stores > 1) {
            writer.data().set(KlogRecord.LONG, at + KlogRecord.TIMESTAMP, 1L);
        }
        if (stores > 2) {
            writer.data().set(KlogRecord.INT, at + KlogRecord.LENGTH, text.length);
        }
        if (stores > 3) {
            MemorySegment.copy(text, 0, writer.data(), ValueLayout.JAVA_BYTE, at + KlogRecord.HEADER_BYTES,
                    text.length);
        }
        return position;
    }

    @Test
    void countsWhatIsNoRecord() throws Exception {
        try (Channel channel = Records.open(SIZE, COUNT)) {
            final SharedWriter writer = channel.writer(0);
            writer.data().fill((byte) 0xAA);
            assertThat(salvage(writer, 0L, SIZE)).isEmpty();
            assertThat(reader.damagedBytes()).isEqualTo(SIZE);
            final long position = writer.reserve(40);
            writer.abort(position, 40);
            KlogRecord.write(writer, KlogRecord.RAW, 5L, new byte[0], 0, 0);
            for (reader.wrap(writer.buffer().subBuffer(0L), 0L, 0L, 69L); reader.next();) {
                assertThat(reader.id()).isEqualTo(KlogRecord.RAW);
                assertThat(reader.timestamp()).isEqualTo(5L);
                assertThat(reader.offset()).isEqualTo(60L);
            }
            assertThat(reader.zeroBytes()).isEqualTo(40L);
            assertThat(reader.damagedBytes()).isEqualTo(5L);
            assertThatThrownBy(() -> reader.wrap(writer.buffer().subBuffer(0L), 0L, 4L, 8L))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("byte 4");
        }
    }

    /** Any one bit that changes in a record, its timestamp excepted, makes it no record. */
    @Test
    void noticesEveryBit() throws Exception {
        try (Channel channel = Records.open(SIZE, COUNT)) {
            final SharedWriter writer = channel.writer(0);
            final byte[] text = "some text".getBytes(US_ASCII);
            KlogRecord.write(writer, KlogRecord.TEXT, 1L, text, 0, text.length);
            final int size = KlogRecord.size(text.length);
            for (int bit = 0; bit < 8 * size; bit++) {
                flip(writer, bit);
                final boolean isTimestamp = bit >= 64 && bit < 128;
                assertThat(salvage(writer, 0L, size)).as("bit %d", bit).hasSize(isTimestamp ? 1 : 0);
                flip(writer, bit);
            }
            assertThat(salvage(writer, 0L, size)).containsExactly("some text");
            assertThat(salvage(writer, 2L, size)).as("of another lap").isEmpty();
        }
    }

    private static void flip(SharedWriter writer, int bit) {
        final byte old = writer.data().get(ValueLayout.JAVA_BYTE, bit / 8);
        writer.data().set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (old ^ 1 << bit % 8));
    }

    @Test
    void computesPositionsAsTheChannelDoes() throws Exception {
        for (final int size : new int[] {8 << 10, 24, 1000, 1 << 20}) {
            try (Channel channel = Records.open(size, COUNT)) {
                for (int i = 0; i < COUNT; i++) {
                    assertThat(channel.writer(0).reserve(8)).isEqualTo(KlogRecord.position(i, 0L, size));
                    assertThat(channel.writer(0).reserve(8)).isEqualTo(KlogRecord.position(i, 8L, size));
                    channel.flush();
                }
            }
        }
    }

    private List<String> salvage(SharedWriter writer, long sequence, int limit) {
        final List<String> found = new ArrayList<>();
        for (reader.wrap(writer.buffer().subBuffer(sequence), sequence, 0L, limit); reader.next();) {
            found.add(reader.text());
        }
        return found;
    }
}
