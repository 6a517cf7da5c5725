// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Consumer#read}: relayfs' {@code read()}. */
class ReadTest {
    @ParameterizedTest
    @EnumSource
    void stripsPaddingAndCrossesSubBuffers(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefgh", "ABCDEFGHIJKL");
            assertThat(rig.read(100)).isEqualTo("0123456789abcdefghABCDEFGHIJKL");
            assertThat(rig.read(100)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void returnsTheCommittedBeginningOfTheCurrentSubBufferOnce(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            assertThat(rig.read(100)).isEqualTo("abc");
            assertThat(rig.read(100)).isEmpty();
            rig.writeAll("def");
            assertThat(rig.read(2)).isEqualTo("de");
            assertThat(rig.stats().consumed()).isZero();
            rig.writeAll("0123456789", "x");
            assertThat(rig.read(100)).isEqualTo("f0123456789x");
            assertThat(rig.stats().consumed()).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsInAnyPieces(Variant variant) {
        try (Rig rig = variant.open(16, 8, 0)) {
            final StringBuilder written = new StringBuilder();
            final StringBuilder read = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                final String record = Integer.toString(i * 7919).substring(0, 1 + i % 4 % Math.max(1, i));
                rig.writeAll(record);
                written.append(record);
                read.append(rig.read(1 + i % 9));
            }
            for (String more = rig.read(5); !more.isEmpty(); more = rig.read(5)) {
                read.append(more);
            }
            assertThat(read.toString()).isEqualTo(written.toString());
            rig.flush();
            assertThat(rig.read(1)).isEmpty();
            assertThat(rig.stats().delivered().bytes()).isEqualTo(written.length());
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsByteByByteToTheEnd(Variant variant) {
        try (Rig rig = variant.open(8, 4, 0)) {
            rig.writeAll("a", "bcdefgh", "i", "j");
            for (final String next : "a b c d e f g h i j".split(" ")) {
                assertThat(rig.read(1)).isEqualTo(next);
            }
            rig.writeAll("g");
            assertThat(rig.read(100)).as("a piece of one byte").isEqualTo("g");
            rig.finish();
            assertThat(rig.read(1)).as("the end").isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneReadGoesOverAnyNumberOfSubBuffers(Variant variant) {
        try (Rig rig = variant.open(8, 128, 0)) {
            for (int i = 0; i < 100; i++) {
                rig.writeAll(Integer.toString(10_000_000 + i));
            }
            assertThat(rig.read(1000)).hasSize(800);
        }
    }

    @ParameterizedTest
    @EnumSource
    void headersAreData(Variant variant) {
        try (Rig rig = variant.open(16, 4, 4)) {
            rig.writeAll("0123456789", "abcdef");
            assertThat(rig.read(100)).isEqualTo("\0\0\0\0" + "0123456789" + "\0\0\0\0" + "abcdef");
        }
    }

    @ParameterizedTest
    @EnumSource
    void zeroMeansNothingNowAndMinusOneMeansNothingEver(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            final byte[] target = new byte[8];
            assertThat(rig.consumer.stream().read(target, 0, 8)).isZero();
            rig.writeAll("abc");
            rig.finish();
            assertThat(rig.consumer.stream().read(target, 0, 2)).isEqualTo(2);
            assertThat(rig.consumer.stream().read(target, 0, 0)).isZero();
            assertThat(rig.consumer.stream().read(target, 0, 8)).isEqualTo(1);
            assertThat(rig.consumer.stream().read(target, 0, 8)).isEqualTo(-1);
            assertThat(rig.consumer.stream().read(target, 0, 0)).as("nothing was asked for").isZero();
            assertThat(rig.consumer.stream().read(ByteBuffer.allocate(3))).isEqualTo(-1);
            assertThat(rig.consumer.stream().read(MemorySegment.ofArray(target), 0L, 3L)).isEqualTo(-1L);
            assertThat(rig.consumer.isDrained()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChannelClosedEmptyIsAtItsEndAtOnce(Variant variant) {
        try (Rig rig = variant.open(16, 1, 0)) {
            assertThat(rig.consumer.isDrained()).isFalse();
            rig.finish();
            assertThat(rig.read(8)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void stopsBeforeARecordThatIsNotCommitted(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            final long held = rig.reserve("def");
            rig.writeAll("ghi");
            assertThat(rig.read(100)).as("holes: nothing of this sub-buffer is stable").isEmpty();
            rig.writer.commit(held, 3);
            assertThat(rig.read(100)).isEqualTo("abcdefghi");
        }
    }

    @Test
    void anExclusiveReservationHidesNothingBeforeIt() {
        try (Rig rig = Variant.EXCLUSIVE_NO_OVERWRITE.open(16, 4, 0)) {
            rig.writeAll("abc");
            final long held = rig.reserve("def");
            assertThat(rig.read(100)).isEqualTo("abc");
            rig.writer.commit(held, 3);
            assertThat(rig.read(100)).isEqualTo("def");
        }
    }

    @ParameterizedTest
    @EnumSource
    void allOverloadsReadTheSame(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0); Arena arena = Arena.ofConfined()) {
            rig.writeAll("0123456789", "abcdefgh", "AB");
            final byte[] array = new byte[6];
            assertThat(rig.consumer.stream().read(array, 1, 4)).isEqualTo(4);
            assertThat(Rig.string(array)).isEqualTo("\0" + "0123\0");

            final MemorySegment segment = arena.allocate(8L);
            assertThat(rig.consumer.stream().read(segment, 2L, 5L)).isEqualTo(5L);
            assertThat(Rig.string(segment.toArray(ValueLayout.JAVA_BYTE))).isEqualTo("\0\0" + "45678\0");

            final ByteBuffer heap = ByteBuffer.allocate(10).position(3).limit(7);
            assertThat(rig.consumer.stream().read(heap)).isEqualTo(4);
            assertThat(heap.position()).isEqualTo(7);
            assertThat(Rig.string(heap.array())).isEqualTo("\0\0\0" + "9abc\0\0\0");

            final ByteBuffer direct = ByteBuffer.allocateDirect(20).position(1);
            assertThat(rig.consumer.stream().read(direct)).isEqualTo(7);
            assertThat(direct.position()).isEqualTo(8);
            final byte[] got = new byte[7];
            direct.get(1, got);
            assertThat(Rig.string(got)).isEqualTo("defghAB");
            assertThat(rig.consumer.stream().read(direct)).isZero();
            assertThat(direct.position()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSegmentIsFilledAcrossSubBuffers(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefgh", "AB");
            final byte[] array = new byte[24];
            assertThat(rig.consumer.stream().read(MemorySegment.ofArray(array), 3L, 20L)).isEqualTo(20L);
            assertThat(Rig.string(array)).isEqualTo("\0\0\0" + "0123456789abcdefghAB\0");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClosedConsumerReadsNothing(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            final RelayStream stream = rig.consumer.stream();
            rig.consumer.close();
            final byte[] target = new byte[8];
            final ByteBuffer buffer = ByteBuffer.wrap(target);
            assertThatThrownBy(() -> stream.read(target, 0, 8)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stream.read(MemorySegment.ofArray(target), 0L, 8L))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> stream.read(buffer)).isInstanceOf(IllegalStateException.class);
            assertThat(buffer.position()).isZero();
            assertThat(target).containsOnly(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangesAreCheckedAndAFailedReadConsumesNothing(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            rig.flush();
            final byte[] target = new byte[8];
            assertThatThrownBy(() -> rig.consumer.stream().read(target, 4, 5))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.consumer.stream().read(target, -1, 5))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.consumer.stream().read(MemorySegment.ofArray(target), 0L, 9L))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.consumer.stream().read(ByteBuffer.allocate(4).asReadOnlyBuffer()))
                    .isInstanceOf(ReadOnlyBufferException.class);
            assertThat(rig.read(8)).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void afterBeingLappedReadGoesOnWithTheOldestRetained(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef");
            assertThat(rig.read(4)).isEqualTo("0123");
            rig.writeAll("ABCDEFGHIJKLMNOP", "QRSTUVWXYZQRSTUV", "abababababababab");
            assertThat(rig.read(100)).isEqualTo("QRSTUVWXYZQRSTUVabababababababab");
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetDropsTheRestOfASubBufferThatWasReadInPart(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789");
            assertThat(rig.read(4)).isEqualTo("0123");
            rig.flush();
            assertThat(rig.channel.reset()).isTrue();
            rig.writeAll("abcdefgh");
            assertThat(rig.read(100)).isEqualTo("abcdefgh");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextConsumerGoesOnWhereReadStopped(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789");
            assertThat(rig.read(4)).isEqualTo("0123");
            rig.consumer.close();
            try (Consumer next = rig.channel.consumer(0)) {
                final ByteBuffer target = ByteBuffer.allocate(16);
                assertThat(next.stream().read(target)).isEqualTo(6);
            }
        }
    }
}
