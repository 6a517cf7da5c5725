// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions and their arithmetic, near the maximum above all. */
class GeometryTest {
    private static final int[] SIZES = {8, 16, 24, 32, 40, 64, 1000, 4096, 4104, 1 << 20, (1 << 20) + 8, (1 << 30) - 8,
        1 << 30};

    private static Geometry geometry(int size, int count) {
        return new Geometry(size, count, 0, Mode.NO_OVERWRITE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1024, 1 << 20})
    void aPositionKeepsSequenceAndOffset(int count) {
        for (final int size : SIZES) {
            final Geometry geometry = geometry(size, count);
            final long last = geometry.sequenceMask();
            for (final long sequence : new long[] {0L, 1L, count, last / 2L, last - 1L, last}) {
                for (final int offset : new int[] {0, 1, size / 2, size - 1}) {
                    final long position = geometry.position(sequence, offset);
                    assertThat(position).isNotNegative();
                    for (final long flags : new long[] {0L, Geometry.FINALIZED, Geometry.FLAGS}) {
                        assertThat(geometry.sequence(position | flags)).isEqualTo(sequence);
                        assertThat(geometry.offset(position | flags)).isEqualTo(offset);
                    }
                    assertThat(position & Geometry.FLAGS).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1024, 1 << 20})
    void sequencesWrapAndDistancesDoNotMind(int count) {
        for (final int size : SIZES) {
            final Geometry geometry = geometry(size, count);
            final long last = geometry.sequenceMask();
            assertThat(Long.bitCount(last + 1L)).as("a power of two").isEqualTo(1);
            assertThat(last + 1L).as("a multiple of the count").isGreaterThanOrEqualTo(count);
            assertThat(geometry.plus(last, 1L)).isZero();
            assertThat(geometry.plus(0L, -1L)).isEqualTo(last);
            assertThat(geometry.distance(1L, last)).isEqualTo(2L);
            assertThat(geometry.distance(last, last)).isZero();
            assertThat(geometry.distance(geometry.plus(last, count), last)).isEqualTo(count);
            assertThat(geometry.slot(last)).isEqualTo(count - 1);
            assertThat(geometry.slot(geometry.plus(last, 1L))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0L, Geometry.FINALIZED, Geometry.PAUSED, Geometry.EXCLUSIVE | Geometry.PAUSED})
    void theTailMovesToTheNextStartWhenASubBufferIsFilledAndKeepsItsFlags(long flags) {
        for (final int size : SIZES) {
            final Geometry geometry = geometry(size, 4);
            final long last = geometry.sequenceMask();
            final long tail = flags | geometry.position(last, 0);
            assertThat(geometry.advance(tail, size - 1)).isEqualTo(flags | geometry.position(last, size - 1));
            assertThat(geometry.advance(tail, size)).isEqualTo(flags);
            assertThat(geometry.nextStart(flags | geometry.position(last, size - 1))).isEqualTo(flags);
            assertThat(geometry.nextStart(flags | geometry.position(5L, 3)))
                    .isEqualTo(flags | geometry.position(6L, 0));
            assertThat(geometry.advance(flags | geometry.position(5L, 3), 4))
                    .isEqualTo(flags | geometry.position(5L, 4));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1 << 20})
    void sizesAndOffsetsAreLongs(int count) {
        final Geometry geometry = geometry(1 << 30, count);
        assertThat(geometry.bufferSize()).isEqualTo((1L << 30) * count);
        assertThat(geometry.slotOffset(count - 1)).isEqualTo((1L << 30) * (count - 1));
        assertThat(geometry.dataOffset(geometry.position(3L * count - 1L, 5))).isEqualTo((1L << 30) * (count - 1) + 5L);
        assertThat(ControlWords.blockSize(count)).isEqualTo((1152L + 32L * count + 127L & -128L) + 128L * count);
        assertThat(ControlPage.size(geometry, 4096)).isEqualTo(4096L + 4096L * ControlWords.blockSize(count));
    }
}
