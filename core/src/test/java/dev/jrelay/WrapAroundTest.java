// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Channels whose sequences pass the end of their space behave as if nothing had happened. */
class WrapAroundTest {
    private static final int[] SIZES = {8, 16, 24, 40, 64, 1000, 4096};
    private static final int[] COUNTS = {1, 2, 4, 16};

    private static Rig near(Variant variant, int size, int count, long before) {
        final ChannelConfig.Builder config = variant.config(size, count, size > 16 ? 3 : 0);
        return new Rig(variant, config.firstSequence(config.build().geometry().sequenceMask() + 1L - before).build());
    }

    @ParameterizedTest
    @EnumSource
    void everythingGoesOnAcrossTheWrap(Variant variant) {
        for (final int size : SIZES) {
            for (final int count : COUNTS) {
                for (long before = 0L; before <= count + 1L; before += Math.max(1L, count / 2L)) {
                    try (Rig rig = near(variant, size, count, before)) {
                        fillAndDrain(rig, size, count);
                    }
                }
            }
        }
    }

    /** Several laps, with a consumer that keeps up now and then. */
    private static void fillAndDrain(Rig rig, int size, int count) {
        final int header = size > 16 ? 3 : 0;
        final Random random = new Random(size * 31L + count);
        final List<String> expected = new ArrayList<>();
        int lost = 0;
        int records = 0;
        for (int i = 0; i < 4 * count + 8; i++) {
            final String record = String.valueOf((char) ('a' + i % 26)).repeat(size - header - random.nextInt(3));
            final long result = rig.write(record);
            records++;
            if (result < 0L) {
                assertThat(result).isEqualTo(Result.FULL);
                lost++;
            } else {
                rig.flush();
                expected.add("\0".repeat(header) + record);
            }
            if (rig.variant.overwrites() && expected.size() > count) {
                expected.removeFirst();
            }
            assertThat(rig.stats().backlog()).isEqualTo(expected.size());
            if (random.nextInt(count) == 0) {
                assertThat(rig.drain()).extracting(Rig.Content::text).containsExactlyElementsOf(expected);
                expected.clear();
            }
        }
        assertThat(rig.drain()).extracting(Rig.Content::text).containsExactlyElementsOf(expected);
        assertThat(rig.stats().lost().records()).isEqualTo(lost);
        assertThat(rig.stats().attempted().records()).isEqualTo(records);
        assertThat(rig.stats().produced()).isEqualTo(rig.stats().consumed());
    }

    @ParameterizedTest
    @EnumSource
    void readSnapshotResetAndCloseWorkAcrossTheWrap(Variant variant) {
        for (final int size : SIZES) {
            try (Rig rig = near(variant, size, 4, 2L)) {
                final String zeros = "\0".repeat(size > 16 ? 3 : 0);
                final String full = "x".repeat(rig.channel.geometry().maxLength());
                rig.writeAll(full, full, full, "y");
                assertThat(rig.snapshot()).extracting(Rig.Content::text)
                        .containsExactly(zeros + full, zeros + full, zeros + full, zeros + "y");
                assertThat(rig.read(3 * size + 100)).isEqualTo((zeros + full).repeat(3) + zeros + "y");
                rig.flush();
                rig.writeAll(full, full);
                assertThat(rig.channel.reset()).isTrue();
                rig.writeAll("z");
                rig.finish();
                assertThat(rig.drain()).extracting(Rig.Content::text).containsExactly(zeros + "z");
                assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
                assertThat(rig.stats().produced()).isEqualTo(1L);
            }
        }
    }

    /** The last position of all is 2^61 - 1: the record that ends there is followed by one at 0. */
    @ParameterizedTest
    @EnumSource
    void aRecordThatFillsTheLastSubBufferExactlyIsFollowedByPositionZero(Variant variant) {
        for (final int count : new int[] {1, 2, 4}) {
            try (Rig rig = near(variant, 16, count, 1L)) {
                final long last = (1L << 61) - 16L;
                assertThat(rig.write("0123456789")).isEqualTo(last);
                assertThat(rig.write("abcdef")).isEqualTo(last + 10L);
                assertThat(rig.read(20)).isEqualTo("0123456789abcdef");
                final long held = rig.reserve("ABCDEFGHIJKLMNOP");
                assertThat(held).isZero();
                rig.writer.commit(held, 16);
                assertThat(rig.drain()).containsExactly(Rig.content(0, "ABCDEFGHIJKLMNOP", 0, 1));
                assertThat(rig.stats().attempted()).isEqualTo(new Tally(0L, 3L, 32L));
                assertThat(rig.stats().produced()).isEqualTo(2L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aHeldSubBufferIsPassedAcrossTheWrap(Variant variant) {
        try (Rig rig = near(variant, 16, 2, 1L)) {
            final long held = rig.reserve("held");
            rig.writeAll("0123456789abcdef");
            assertThat(rig.consumer.heldSequence()).isEqualTo((1L << 57) - 1L);
            assertThat(rig.consumer.pass()).isTrue();
            assertThat(rig.drain()).containsExactly(Rig.content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.write("x")).isEqualTo(Result.STALLED);
            rig.writer.commit(held, 4);
            assertThat(rig.stats().skipped()).isEqualTo(new Tally(1L, 1L, 4L));
            rig.writeAll("x");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void whatWasShownAheadIsReportedAcrossTheWrap(Variant variant) {
        for (long before = 1L; before <= 3L; before++) {
            try (Rig rig = near(variant, 8, 4, before)) {
                final long first = rig.channel.geometry().plus(0L, -before);
                rig.writeAll("01234567", "abcdefgh", "ABCDEFGH", "76543210");
                for (int ahead = 0; ahead < 3; ahead++) {
                    assertThat(rig.consumer.peek(ahead).sequence())
                            .isEqualTo(rig.channel.geometry().plus(first, ahead));
                }
                for (int i = 1; i < 3; i++) {
                    assertThat(rig.consumer.subBuffersConsumed(1)).isEqualTo(1);
                    assertThat(rig.consumer.peek(1)).as("one ahead of %d", i).isNotNull();
                }
                assertThat(rig.consumer.subBuffersConsumed(4)).as("the last two were shown").isEqualTo(2);
                assertThat(rig.stats().delivered()).isEqualTo(new Tally(4L, 4L, 32L));
            }
        }
    }
}
