// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What relayfs does and a client of it relies on, where it has no test class of its own. */
class RelayFidelityTest {
    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,1", "SHARED_NO_OVERWRITE,2", "SHARED_NO_OVERWRITE,8", "EXCLUSIVE_NO_OVERWRITE,1",
        "EXCLUSIVE_NO_OVERWRITE,2", "EXCLUSIVE_NO_OVERWRITE,8"})
    void allSubBuffersAreUsableAndOneConsumedMakesRoomForExactlyOne(Variant variant, int count) {
        try (Rig rig = variant.open(16, count, 0)) {
            for (int i = 0; i < count; i++) {
                assertThat(rig.buffer.isFull()).isFalse();
                rig.writeAll("0123456789abcdef");
            }
            assertThat(rig.buffer.isFull()).isTrue();
            assertThat(rig.write("x")).isEqualTo(Result.FULL);
            rig.consumer.next();
            assertThat(rig.consumer.subBuffersConsumed(1)).isEqualTo(1);
            assertThat(rig.buffer.isFull()).isFalse();
            rig.writeAll("ABCDEFGH", "IJKLMNOP");
            assertThat(rig.write("x")).isEqualTo(Result.FULL);
            assertThat(rig.stats().lost(Loss.FULL).records()).isEqualTo(2L);
            assertThat(rig.drain()).hasSize(count).last().isEqualTo(content(count, "ABCDEFGHIJKLMNOP", 0, 2));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordIsNeverSplitAndTheRestOfTheSubBufferIsPadding(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefg", "h");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "0123456789", 6, 1), content(1, "abcdefgh", 8, 2));
            final BufferStats stats = rig.stats();
            assertThat(stats.delivered().bytes() + stats.paddingBytes()).isEqualTo(2L * 16L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatFillsTheSubBufferExactlyClosesIt(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdef");
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            rig.flush();
            rig.writeAll("0123456789abcdef");
            assertThat(rig.drain()).containsExactly(content(0, "0123456789abcdef", 0, 2),
                    content(1, "0123456789abcdef", 0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatFillsTheSubBufferExactlyBehindAHeaderClosesIt(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            rig.writeAll("abcdefghijkl", "mnopqr", "stuvwx");
            assertThat(rig.drain()).containsExactly(content(0, "\0\0\0\0abcdefghijkl", 0, 1),
                    content(1, "\0\0\0\0mnopqrstuvwx", 0, 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,0", "SHARED_OVERWRITE,4", "EXCLUSIVE_NO_OVERWRITE,4", "EXCLUSIVE_OVERWRITE,0"})
    void aRecordThatIsTooLargeTouchesNothing(Variant variant, int header) {
        try (Rig rig = variant.open(16, 2, header)) {
            final String tooLarge = "x".repeat(17 - header);
            assertThat(rig.write(tooLarge)).isEqualTo(Result.TOO_LARGE);
            assertThat(rig.stats().produced()).isZero();
            rig.writeAll("ab");
            assertThat(rig.write(tooLarge)).isEqualTo(Result.TOO_LARGE);
            assertThat(rig.writer.reserve(1 << 30)).isEqualTo(Result.TOO_LARGE);
            assertThat(rig.writer.reserve(Integer.MAX_VALUE)).isEqualTo(Result.TOO_LARGE);
            assertThat(rig.channel.geometry().maxLength()).isEqualTo(16 - header);
            assertThat(rig.drain()).isEmpty();
            rig.writeAll("cd");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "\0".repeat(header) + "abcd", 12 - header, 2));
            assertThat(rig.stats().lost(Loss.TOO_LARGE).records()).isEqualTo(4L);
            assertThat(rig.stats().lost(Loss.TOO_LARGE).bytes())
                    .isEqualTo(2L * (17 - header) + (1L << 30) + Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriteOfNothingSucceedsWithoutSideEffects(Variant variant) {
        try (Rig rig = variant.open(16, 1, 0)) {
            assertThat(rig.write("")).isZero();
            assertThat(rig.channel.statsSinceReset().attempted().records()).isZero();
            rig.writeAll("0123456789abcdef");
            assertThat(rig.write("")).isZero();
            rig.channel.pause();
            assertThat(rig.write("")).isZero();
            rig.finish();
            assertThat(rig.write("")).isZero();
            assertThat(rig.stats().lost().records()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void flushOfAnEmptyBufferDoesNothing(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            rig.flush();
            rig.flush();
            assertThat(rig.stats().produced()).isZero();
            assertThat(rig.drain()).isEmpty();
            rig.writeAll("a");
            rig.flush();
            rig.flush();
            assertThat(rig.stats().produced()).isEqualTo(1L);
            assertThat(rig.drain()).containsExactly(content(0, "\0\0\0\0a", 11, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void aSwitchThatIsRefusedForFullnessHasDeliveredTheOldSubBuffer(Variant variant) {
        try (Rig rig = variant.open(16, 1, 0)) {
            rig.writeAll("0123456789");
            assertThat(rig.consumer.next()).isNull();
            assertThat(rig.write("abcdefg")).isEqualTo(Result.FULL);
            assertThat(content(rig.consumer.next())).isEqualTo(content(0, "0123456789", 6, 1));
            assertThat(rig.write("a")).as("the old one is closed for good").isEqualTo(Result.FULL);
            rig.consumer.subBuffersConsumed(1);
            rig.writeAll("abcdefg");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "abcdefg", 9, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void pauseBarsWritesAndResumeLetsThemOn(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("ab");
            rig.channel.pause();
            rig.channel.pause();
            assertThat(rig.write("cde")).isEqualTo(Result.PAUSED);
            assertThat(rig.snapshot()).containsExactly(content(0, "ab", 14, 1));
            rig.flush();
            assertThat(rig.drain()).as("flush and consumers go on").containsExactly(content(0, "ab", 14, 1));
            assertThat(rig.write("f")).isEqualTo(Result.PAUSED);
            rig.channel.resume();
            rig.channel.resume();
            rig.writeAll("gh");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "gh", 14, 1));
            assertThat(rig.stats().lost(Loss.PAUSED).records()).isEqualTo(2L);
            assertThat(rig.stats().lost(Loss.PAUSED).bytes()).isEqualTo(4L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasReservedBeforeAPauseCanBeCommitted(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            final long position = rig.reserve("abc");
            rig.channel.pause();
            rig.writer.commit(position, 3);
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeWinsOverPause(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            rig.channel.pause();
            rig.finish();
            assertThat(rig.write("d")).isEqualTo(Result.CLOSED);
            rig.channel.resume();
            assertThat(rig.write("d")).isEqualTo(Result.CLOSED);
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetDropsEverythingRestartsTheCountersAndLetsSequencesGoOn(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefghij");
            assertThat(rig.write("x".repeat(17))).isEqualTo(Result.TOO_LARGE);
            rig.flush();
            rig.writeAll("klm");
            rig.flush();
            assertThat(rig.channel.reset()).isTrue();
            assertThat(rig.stats()).hasToString("produced=0 consumed=0 maxBacklog=0");
            assertThat(rig.stats().attempted().records()).isZero();
            assertThat(rig.drain()).isEmpty();
            rig.writeAll("nop");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(3, "nop", 13, 1));
            assertThat(rig.stats().attempted().records()).isEqualTo(1L);
        }
    }

    @Test
    void resetReportsAReservationThatIsHeldAndKeepsItsSubBuffer() {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef");
            final long held = rig.reserve("abcdefgh");
            rig.writeAll("0123456789");
            rig.flush();
            assertThat(rig.channel.reset()).isFalse();
            assertThat(rig.drain()).isEmpty();
            rig.writer.commit(held, 8);
            assertThat(rig.drain()).containsExactly(content(1, "abcdefgh", 8, 1), content(2, "0123456789", 6, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterResetAWholeLapIsUsable(Variant variant) {
        assumeThat(variant.overwrites()).isFalse();
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef", "0123456789abcdef");
            assertThat(rig.write("a")).isEqualTo(Result.FULL);
            assertThat(rig.channel.reset()).isTrue();
            rig.writeAll("0123456789abcdef", "0123456789abcdef");
            assertThat(rig.write("a")).isEqualTo(Result.FULL);
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasRoomForeseesFull(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            for (int i = 0; i < 200; i++) {
                final int length = 1 + i * 5 % 12;
                final boolean room = rig.writer.hasRoom(length);
                assertThat(rig.write("x".repeat(length)) != Result.FULL).isEqualTo(room);
                if (i % 3 == 0) {
                    rig.drain();
                }
            }
            assertThat(rig.stats().lost().records() > 0L).isEqualTo(!variant.overwrites());
        }
    }

    @Test
    void oneBufferIsTheGlobalModeWithTheSameCode() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("global").bufferCount(1).build())) {
            assertThat(channel.bufferCount()).isEqualTo(1);
            assertThat(channel.writer()).isSameAs(channel.writer(0));
            assertThat(channel.writer().buffer()).isSameAs(channel.buffer(0));
            final Thread other = Thread.ofVirtual().start(() -> channel.write(new byte[3], 0, 3));
            other.join();
            assertThat(channel.buffer(0).statsSinceReset().pending().bytes()).isEqualTo(3L);
        }
    }

    @Test
    void eachBufferHasItsOwnSequencesAndCounters() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("cpu").bufferCount(3).subBufferSize(16).subBufferCount(2)
                .build();
        try (Channel channel = Channel.open(config); Consumer one = channel.consumer(1);
                Consumer two = channel.consumer(2)) {
            channel.writer(1).write(new byte[4], 0, 4);
            channel.writer(2).write(new byte[5], 0, 5);
            channel.writer(2).write(new byte[6], 0, 6);
            channel.flush();
            assertThat(one.next().length()).isEqualTo(4);
            assertThat(two.next().length()).isEqualTo(11);
            assertThat(channel.buffer(0).statsSinceReset().produced()).isZero();
            assertThat(channel.statsSinceReset().pending().records()).isEqualTo(3L);
            assertThat(channel.statsSinceReset().pending().bytes()).isEqualTo(15L);
            assertThat(channel.buffer(2).index()).isEqualTo(2);
        }
    }
}
