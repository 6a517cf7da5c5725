// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The flight recorder: writes go on, the oldest is lost, and all of it is counted. */
class OverwriteTest {
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
            // An exclusive writer may have opened the next lap without a sign: its oldest sub-buffer is left out.
            assertThat(rig.snapshot()).extracting(Rig.Content::text)
                    .containsExactlyElementsOf(variant.exclusive ? expected.subList(1, count) : expected);
            assertThat(rig.drain()).extracting(Rig.Content::text).containsExactlyElementsOf(expected);
            assertThat(rig.stats().overwrittenSubBuffers()).isEqualTo(100L - count);
            assertThat(rig.stats().overwrittenRecords()).isEqualTo(100L - count);
            assertThat(rig.stats().overwrittenBytes()).isEqualTo(15L * (100L - count));
            assertThat(rig.stats().lostRecords()).as("not mixed with losses").isZero();
            assertThat(rig.stats().attemptedRecords()).isEqualTo(100L);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void overwrittenCountsLeaveHeaderAndPaddingOut(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            rig.writeAll("abcde", "fg", "0123456789", "x");
            rig.flush();
            rig.writeAll("y");
            rig.flush();
            rig.writeAll("z");
            assertThat(rig.stats().overwrittenSubBuffers()).isEqualTo(2L);
            assertThat(rig.stats().overwrittenRecords()).isEqualTo(4L);
            assertThat(rig.stats().overwrittenBytes()).isEqualTo(18L);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void theConsumerGetsCopiesThatCountAsConsumed(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef", "ABCDEFGHIJKLMNOP");
            final SubBuffer first = rig.consumer.next();
            assertThat(content(first)).isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.stats().deliveredSubBuffers()).isEqualTo(1L);
            assertThat(rig.consumer.subBuffersConsumed(1)).as("meaningless in this mode").isZero();
            rig.writeAll("QRSTUVWXYZQRSTUV", "abababababababab");
            assertThat(content(first)).as("a copy").isEqualTo(content(0, "0123456789abcdef", 0, 1));
            assertThat(rig.stats().overwrittenSubBuffers()).isEqualTo(1L);
            assertThat(rig.drain()).containsExactly(content(2, "QRSTUVWXYZQRSTUV", 0, 1),
                    content(3, "abababababababab", 0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void peekIsRefusedBecauseAViewInPlaceCouldBeOverwritten(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            assertThatThrownBy(() -> rig.consumer.peek(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("overwrite mode");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
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
    @EnumSource(names = {"SHARED_OVERWRITE", "SHARED_NO_OVERWRITE"})
    void aRecordThatIsNeverCommittedStallsTheNextLapAndNothingElse(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            final long held = rig.reserve("held");
            rig.writeAll("0123456789abcdef");
            assertThat(rig.consumer.next()).as("blocked behind the reservation").isNull();
            final long lost = rig.write("next lap");
            assertThat(lost).isEqualTo(variant.overwrites() ? Result.STALLED : Result.FULL);
            assertThat(rig.stats().lostBytes(lost)).isEqualTo(8L);
            rig.writer.commit(held, 4);
            assertThat(content(rig.consumer.next())).isEqualTo(content(0, "held", 12, 1));
            rig.consumer.subBuffersConsumed(1);
            rig.writeAll("next lap");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "0123456789abcdef", 0, 1), content(2, "next lap", 8, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE"})
    void aConsumerThatComesLateStartsWithTheOldestRetained(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            for (int i = 0; i < 10; i++) {
                rig.writeAll("0123456789ab" + (1000 + i));
            }
            assertThat(rig.drain()).extracting(Rig.Content::sequence).containsExactly(6L, 7L, 8L, 9L);
        }
    }
}
