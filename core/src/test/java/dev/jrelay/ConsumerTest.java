// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Taking whole sub-buffers, and who may. */
class ConsumerTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void nextIsAViewInPlaceAndTheSameUntilConsumed(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef", "ABCD");
            final SubBuffer first = rig.consumer.next();
            assertThat(rig.consumer.next()).isSameAs(first);
            assertThat(first.segment().address()).isEqualTo(rig.buffer.subBuffer(0).address());
            assertThat(first.bytes().order()).isEqualTo(ByteOrder.nativeOrder());
            first.bytes().get();
            assertThat(rig.consumer.next().bytes().position()).as("rewound when obtained").isZero();
            rig.consumer.subBuffersConsumed(1);
            assertThat(rig.consumer.next()).isNull();
            rig.flush();
            assertThat(content(rig.consumer.next())).isEqualTo(content(1, "ABCD", 12, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void peekLooksAheadWithoutConsuming(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefgh", "ABCDEFGHIJKL");
            rig.flush();
            assertThat(content(rig.consumer.peek(0))).isEqualTo(content(0, "0123456789", 6, 1));
            assertThat(content(rig.consumer.peek(2))).isEqualTo(content(2, "ABCDEFGHIJKL", 4, 1));
            assertThat(content(rig.consumer.peek(1))).isEqualTo(content(1, "abcdefgh", 8, 1));
            assertThat(rig.consumer.peek(3)).isNull();
            assertThat(rig.consumer.peek(4)).as("a whole lap ahead").isNull();
            assertThat(rig.consumer.peek(Integer.MAX_VALUE)).isNull();
            assertThatThrownBy(() -> rig.consumer.peek(-1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1").hasMessageContaining("0 or more");
            assertThat(rig.consumer.subBuffersConsumed(2)).isEqualTo(2);
            assertThat(rig.consumer.peek(0).sequence()).isEqualTo(2L);
            assertThat(rig.consumer.peek(1)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void consumedIsClampedToWhatWasShown(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789", "abcdefgh", "ABCDEFGHIJKL");
            assertThat(rig.consumer.subBuffersConsumed(0)).isZero();
            assertThat(rig.consumer.subBuffersConsumed(4)).as("none was shown").isZero();
            assertThat(rig.consumer.next().sequence()).isZero();
            assertThat(rig.consumer.peek(1).sequence()).isEqualTo(1L);
            assertThat(rig.consumer.peek(2)).as("2 are ready, 1 is current").isNull();
            assertThat(rig.consumer.subBuffersConsumed(4)).isEqualTo(2);
            assertThat(rig.consumer.subBuffersConsumed(4)).isZero();
            assertThat(rig.stats().consumed()).isEqualTo(2L);
            rig.writeAll("0123", "abcdefghijklmnop", "abcdefghijklmnop", "abcdefghijklmnop");
            assertThat(rig.write("x")).isEqualTo(Result.FULL);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 5, Integer.MAX_VALUE})
    void consumedOutOfRangeIsRejectedAndChangesNothing(int count) {
        for (final Variant variant : Variant.values()) {
            try (Rig rig = variant.open(16, 4, 0)) {
                rig.writeAll("0123456789abcdef");
                assertThatThrownBy(() -> rig.consumer.subBuffersConsumed(count))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(String.valueOf(count))
                        .hasMessageContaining("0 to 4");
                assertThat(rig.stats().consumed()).isZero();
            }
        }
    }

    @Test
    void consumedDoesNotPassASubBufferThatIsBeingWritten() {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef");
            final long held = rig.reserve("abc");
            rig.writeAll("0123456789abcdef", "0123456789abcdef");
            assertThat(rig.consumer.next().sequence()).isZero();
            assertThat(rig.consumer.peek(1)).isNull();
            assertThat(rig.consumer.peek(2)).as("behind one that is held").isNull();
            assertThat(rig.consumer.subBuffersConsumed(3)).isEqualTo(1);
            assertThat(rig.consumer.subBuffersConsumed(3)).isZero();
            rig.writer.commit(held, 3);
            assertThat(rig.drain()).extracting(Rig.Content::sequence).containsExactly(1L, 2L, 3L);
            assertThat(rig.stats().delivered().records()).isEqualTo(4L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void noSubBufferIsConsumedThatWasNotShown(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef", "0123456789abcdef", "0123456789abcdef");
            assertThat(rig.consumer.peek(0).sequence()).isZero();
            assertThat(rig.consumer.peek(2).sequence()).isEqualTo(2L);
            assertThat(rig.consumer.subBuffersConsumed(3)).as("1 was not seen").isEqualTo(1);
            assertThat(rig.consumer.next().sequence()).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void nothingIsReadableAfterAResetTookWhatWasShown(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef");
            assertThat(rig.consumer.next().sequence()).isZero();
            assertThat(rig.channel.reset()).isTrue();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            rig.finish();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void consumedReportsNothingForWhatAResetTook(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef");
            assertThat(rig.consumer.next().sequence()).isZero();
            rig.channel.reset();
            rig.writeAll("ABCDEFGHIJKLMNOP");
            assertThat(rig.consumer.subBuffersConsumed(1)).as("0 is gone, 1 was never seen").isZero();
            assertThat(rig.drain()).containsExactly(content(1, "ABCDEFGHIJKLMNOP", 0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void peekShowsNothingOfAnotherSeriesAfterAReset(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef", "0123456789abcdef");
            assertThat(rig.consumer.peek(0).sequence()).isZero();
            rig.channel.reset();
            rig.writeAll("ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP");
            assertThat(rig.consumer.peek(1)).isNull();
            assertThat(rig.consumer.subBuffersConsumed(2)).isZero();
            assertThat(rig.consumer.peek(0).sequence()).isEqualTo(2L);
            assertThat(rig.consumer.peek(1).sequence()).isEqualTo(3L);
            assertThat(rig.consumer.subBuffersConsumed(2)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBufferHasOneConsumerAtATime(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef");
            assertThatThrownBy(() -> rig.channel.consumer(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("test0").hasMessageContaining("has a consumer already")
                    .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
            rig.consumer.close();
            rig.consumer.close();
            try (Consumer second = rig.channel.consumer(0)) {
                assertThat(content(second.next())).as("what is not consumed stays")
                        .isEqualTo(content(0, "0123456789abcdef", 0, 1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondCloseOfAConsumerLeavesItsSuccessorAlone(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.consumer.close();
            try (Consumer second = rig.channel.consumer(0)) {
                rig.consumer.close();
                assertThatThrownBy(() -> rig.channel.consumer(0)).isInstanceOf(IllegalStateException.class);
                assertThat(second.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClosedConsumerSaysSo(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef");
            rig.consumer.close();
            assertClosed(() -> rig.consumer.next());
            assertClosed(() -> rig.consumer.subBuffersConsumed(1));
            assertClosed(() -> rig.consumer.stream().read(new byte[4], 0, 4));
            assertClosed(() -> rig.consumer.poll(0L));
            assertClosed(() -> rig.consumer.snapshot());
            assertClosed(() -> rig.consumer.peek(0));
            assertClosed(() -> rig.consumer.isDrained());
            assertClosed(() -> rig.consumer.heldSequence());
            assertClosed(() -> rig.consumer.pass());
        }
    }

    private static void assertClosed(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("consumer is closed");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void maxBacklogTellsHowNearToFullItWas(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef", "0123456789abcdef", "0123456789abcdef");
            assertThat(rig.stats().backlog()).isEqualTo(3L);
            rig.drain();
            assertThat(rig.stats().maxBacklog()).isEqualTo(3L);
            rig.writeAll("0123456789abcdef");
            rig.drain();
            assertThat(rig.stats().maxBacklog()).isEqualTo(3L);
            assertThat(rig.stats().backlog()).isZero();
            assertThat(rig.stats().delivered().subBuffers()).isEqualTo(4L);
        }
    }
}
