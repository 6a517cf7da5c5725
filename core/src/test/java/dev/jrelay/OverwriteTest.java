// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The flight recorder: writes go on, the oldest is lost, and all of it is counted. */
@Timeout(120)
class OverwriteTest {
    private static final long LONG_ENOUGH = 300_000_000L;

    @ParameterizedTest
    @CsvSource({"SHARED_OVERWRITE,1", "SHARED_OVERWRITE,2", "SHARED_OVERWRITE,8", "EXCLUSIVE_OVERWRITE,1",
        "EXCLUSIVE_OVERWRITE,2", "EXCLUSIVE_OVERWRITE,8"})
    void keepsTheNewestSubBuffersAndTheCurrentOne(Variant variant, int count) {
        try (Rig rig = variant.open(16, count, 0)) {
            for (int i = 0; i < 100; i++) {
                rig.writeAll(String.format("record %08d", i)); // 15 bytes: one to a sub-buffer
            }
            rig.flush();
            final List<String> expected = new ArrayList<>();
            for (int i = 100 - count; i < 100; i++) {
                expected.add(String.format("record %08d", i));
            }
            assertThat(rig.snapshot()).extracting(Rig.Content::text).containsExactlyElementsOf(expected);
            assertThat(rig.drain()).extracting(Rig.Content::text).containsExactlyElementsOf(expected);
            assertThat(rig.stats().overwritten().subBuffers()).isEqualTo(100L - count);
            assertThat(rig.stats().overwritten().records()).isEqualTo(100L - count);
            assertThat(rig.stats().overwritten().bytes()).isEqualTo(15L * (100L - count));
            assertThat(rig.stats().lost().records()).as("not mixed with losses").isZero();
            assertThat(rig.stats().attempted().records()).isEqualTo(100L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void overwrittenCountsLeaveHeaderAndPaddingOut(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            rig.writeAll("abcde", "fg", "0123456789", "x");
            rig.flush();
            rig.writeAll("y");
            rig.flush();
            rig.writeAll("z");
            assertThat(rig.stats().overwritten().subBuffers()).isEqualTo(2L);
            assertThat(rig.stats().overwritten().records()).isEqualTo(4L);
            assertThat(rig.stats().overwritten().bytes()).isEqualTo(18L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void theConsumerGetsACopyThatCountsAsDeliveredAndIsShownUntilItIsReported(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef", "ABCDEFGHIJKLMNOP");
            final SubBuffer first = rig.consumer.next();
            assertThat(content(first)).isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.stats().delivered().subBuffers()).isEqualTo(1L);
            rig.writeAll("QRSTUVWXYZQRSTUV", "abababababababab");
            assertThat(content(first)).as("a copy").isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            assertThat(content(rig.consumer.next())).as("until it is reported")
                    .isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.stats().overwritten().subBuffers()).isEqualTo(1L);
            assertThat(rig.consumer.subBuffersConsumed(2)).as("one was shown").isEqualTo(1);
            assertThat(rig.consumer.subBuffersConsumed(1)).isZero();
            assertThat(rig.drain()).containsExactly(content(2, "QRSTUVWXYZQRSTUV", 0, 1),
                    content(3, "abababababababab", 0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void thereIsOneCopySoThatPeekFindsTheOldestOnly(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef", "ABCDEFGHIJKLMNOP");
            assertThat(rig.consumer.peek(1)).isNull();
            assertThat(content(rig.consumer.peek(0))).isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.consumer.peek(1)).isNull();
            assertThat(rig.consumer.subBuffersConsumed(1)).isEqualTo(1);
            assertThatThrownBy(() -> rig.consumer.peek(-1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void isFullTellsThatTheNextSwitchOverwrites(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef");
            assertThat(rig.buffer.isFull()).isFalse();
            rig.writeAll("0123456789abcdef");
            assertThat(rig.buffer.isFull()).isTrue();
            rig.writeAll("0123456789abcde");
            assertThat(rig.buffer.isFull()).isFalse();
            rig.flush();
            assertThat(rig.buffer.isFull()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aRecordThatIsNeverCommittedStallsTheNextLapAndNothingElse(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            final long held = rig.reserve("held");
            rig.writeAll("0123456789abcdef");
            assertThat(rig.consumer.next()).as("blocked behind the reservation").isNull();
            assertThat(rig.write("next lap")).as("a writer is in the way").isEqualTo(Result.STALLED);
            assertThat(rig.stats().lost(Loss.STALLED)).isEqualTo(new Tally(0L, 1L, 8L));
            rig.writer.commit(held, 4);
            assertThat(content(rig.consumer.next())).isEqualTo(content(0, "held", 12, 1));
            rig.consumer.subBuffersConsumed(1);
            rig.writeAll("next lap");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "0123456789abcdef", 0, 1), content(2, "next lap", 8, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_NO_OVERWRITE.*")
    void aConsumerThatComesLateStartsWithTheOldestRetained(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            for (int i = 0; i < 10; i++) {
                rig.writeAll("0123456789ab" + (1000 + i));
            }
            assertThat(rig.drain()).extracting(Rig.Content::sequence).containsExactly(6L, 7L, 8L, 9L);
        }
    }

    /** A call on a consumer, in the middle of which writers overtake it over and over. */
    private interface Overtaken {
        /** The bytes that it took. */
        long take(Consumer consumer);
    }

    /** What it takes is what counts as delivered; that it gives up is nothing, and counts as nothing. */
    private static void assertTaken(Variant variant, boolean jumps, Overtaken call) throws Exception {
        final int size = 1 << 20;
        try (Rig rig = variant.open(size, 2, 0)) {
            final AtomicBoolean over = new AtomicBoolean();
            final Crew crew = new Crew();
            crew.worker(false, () -> {
                while (!over.get()) {
                    rig.writer.commit(rig.writer.reserve(size), size);
                }
            });
            while (rig.stats().overwritten().subBuffers() == 0L) {
                Thread.onSpinWait();
            }
            long taken = 0L;
            final long start = System.nanoTime();
            while (System.nanoTime() - start < LONG_ENOUGH || jumps && rig.stats().skipped().subBuffers() == 0L) {
                taken += call.take(rig.consumer);
                Thread.yield(); // the writer needs its share
            }
            over.set(true);
            crew.join();
            assertThat(rig.stats().delivered().bytes()).isEqualTo(taken);
            assertThat(rig.stats().skipped().subBuffers() > 0L).as("next jumps ahead, read does not").isEqualTo(jumps);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void aConsumerThatIsOvertakenAllTheTimeJumpsAheadAndGivesUp(Variant variant) throws Exception {
        assertTaken(variant, true, consumer -> {
            final SubBuffer next = consumer.next();
            return next == null ? 0L : (long) consumer.subBuffersConsumed(1) * next.length();
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void aStreamThatIsOvertakenAllTheTimeGivesUp(Variant variant) throws Exception {
        final byte[] target = new byte[1 << 20];
        assertTaken(variant, false, consumer -> consumer.stream().read(target, 0, target.length));
    }
}
