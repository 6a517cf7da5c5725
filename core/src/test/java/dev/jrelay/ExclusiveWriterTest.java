// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The single writer's handle: claims, one reservation at a time, requests by other threads, hand-over. */
class ExclusiveWriterTest {
    private static Rig open(int headerBytes) {
        return Variant.EXCLUSIVE_NO_OVERWRITE.open(16, 4, headerBytes);
    }

    private static ExclusiveWriter writer(Rig rig) {
        return (ExclusiveWriter) rig.writer;
    }

    @Test
    void aBufferHasOneExclusiveWriterAtATime() {
        try (Rig rig = open(0)) {
            assertThatThrownBy(() -> rig.channel.exclusiveWriter(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("test0").hasMessageContaining("exclusive writer already");
            writer(rig).close();
            rig.channel.exclusiveWriter(0).close();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aSharedChannelHasNone(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            assertThatThrownBy(() -> rig.channel.exclusiveWriter(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("shared");
        }
    }

    @Test
    void anExclusiveBufferHasNoSharedWriter() {
        try (Rig rig = open(0)) {
            assertThatThrownBy(() -> rig.channel.writer(0)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("test0").hasMessageContaining("is exclusive");
            assertThatThrownBy(() -> rig.channel.writer()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("channel test has exclusive buffers only");
            assertThatThrownBy(() -> rig.channel.write(new byte[3], 0, 3)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("channel test has exclusive buffers only");
            assertThat(rig.stats().attempted().records()).isZero();
        }
    }

    @Test
    void aSecondReservationBeforeTheCommitIsAnError() {
        try (Rig rig = open(2)) {
            final long position = rig.reserve("abc");
            assertThatThrownBy(() -> rig.writer.reserve(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> rig.write("x")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> rig.writer.commit(position + 1L, 3)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not reserved");
            assertThatThrownBy(() -> rig.writer.commit(position, 2)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("with 2 bytes is not reserved");
            assertThatThrownBy(() -> rig.writer.commit(position + 1L, 2)).as("the same end").isInstanceOf(
                    IllegalStateException.class);
            assertThatThrownBy(() -> rig.writer.abort(position, 4)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> rig.writer.abort(position - 1L, 3)).isInstanceOf(IllegalStateException.class);
            rig.writer.commit(position, 3);
            assertThatThrownBy(() -> rig.writer.commit(position, 3)).as("twice").isInstanceOf(
                    IllegalStateException.class);
            assertThatThrownBy(() -> rig.writer.commit(position + 3L, 0)).as("nothing").isInstanceOf(
                    IllegalStateException.class);
            assertThat(rig.stats().aborted()).isEqualTo(Tally.ZERO);
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "\0\0abc", 11, 1));
            assertThat(rig.stats().attempted().records()).isEqualTo(1L);
        }
    }

    @Test
    void aFlushByAnotherThreadIsCarriedOutAtTheNextWrite() {
        try (Rig rig = open(2)) {
            rig.writeAll("abc");
            rig.channel.flush();
            rig.buffer.flush();
            assertThat(rig.drain()).as("a request only").isEmpty();
            assertThat(rig.read(16)).as("readable meanwhile").isEqualTo("\0\0abc");
            rig.writeAll("def");
            assertThat(rig.consumer.next().sequence()).isZero();
            assertThat(rig.stats().produced()).isEqualTo(1L);
        }
    }

    @Test
    void requestsAreCarriedOutByTheOwnersFlushAsWell() throws IOException {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            rig.channel.close();
            writer(rig).flush();
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aRequestMadeWhileARecordIsReservedWaitsForTheCommit() throws IOException {
        try (Rig rig = open(0)) {
            final long position = rig.reserve("abc");
            rig.channel.close();
            assertThatThrownBy(() -> rig.writer.reserve(1)).isInstanceOf(IllegalStateException.class);
            writer(rig).flush();
            rig.writer.commit(position, 3);
            assertThat(rig.write("d")).isEqualTo(Result.CLOSED);
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aPauseIsObeyedInTheMiddleOfASubBufferAsWellAsBetweenTwo() {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            rig.channel.pause();
            assertThat(rig.write("d")).isEqualTo(Result.PAUSED);
            assertThat(rig.write("e")).as("there would be room").isEqualTo(Result.PAUSED);
            rig.flush();
            assertThat(rig.write("f")).isEqualTo(Result.PAUSED);
            rig.buffer.flush();
            assertThat(rig.write("g")).isEqualTo(Result.PAUSED);
            rig.channel.resume();
            rig.writeAll("hi");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1), content(1, "hi", 14, 1));
            assertThat(rig.stats().lost(Loss.PAUSED).records()).isEqualTo(4L);
        }
    }

    @Test
    void aCloseWithoutAnOwnerEndsTheBufferAtOnce() throws IOException {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            writer(rig).close();
            assertThat(rig.consumer.next().length()).as("closing the handle flushes").isEqualTo(3);
            rig.consumer.subBuffersConsumed(1);
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            rig.channel.close();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aCloseWithAnOwnerEndsTheBufferWhenTheOwnerCloses() throws IOException {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            rig.channel.close();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            writer(rig).close();
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aChannelThatIsClosedWhileTheOwnerClosesStillEnds() {
        final AtomicReference<Channel> channel = new AtomicReference<>();
        final Callbacks closing = new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                try {
                    channel.get().close();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        };
        try (Rig rig = Variant.EXCLUSIVE_NO_OVERWRITE.open(16, 4, 0, closing)) {
            channel.set(rig.channel);
            rig.writeAll("abc");
            writer(rig).close();
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void closingTheHandleAbortsAReservationAndFlushes() {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            rig.reserve("xyz");
            writer(rig).close();
            assertThat(rig.drain()).containsExactly(content(0, "abc\0\0\0", 10, 1));
            assertThat(rig.stats().aborted().bytes()).isEqualTo(3L);
        }
    }

    @Test
    void aClosedHandleWritesNothingMoreAndLeavesItsSuccessorAlone() {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            writer(rig).close();
            try (ExclusiveWriter second = rig.channel.exclusiveWriter(0)) {
                assertThat(second.write(Rig.bytes("def"), 0, 3)).isNotNegative();
                assertThat(rig.write("ghi")).isEqualTo(Result.CLOSED);
                writer(rig).flush();
                writer(rig).close();
                assertThatThrownBy(() -> rig.channel.exclusiveWriter(0)).isInstanceOf(IllegalStateException.class);
                assertThat(second.write(Rig.bytes("jkl"), 0, 3)).isNotNegative();
            }
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1), content(1, "defjkl", 10, 2));
        }
    }

    @Test
    void aBufferIsHandedOverBetweenThreads() throws Exception {
        try (Rig rig = open(3)) {
            writer(rig).close();
            final StringBuilder expected = new StringBuilder();
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                final String record = "record" + i;
                final Thread thread = Thread.ofPlatform().start(() -> {
                    try (ExclusiveWriter mine = rig.channel.exclusiveWriter(0)) {
                        assertThat(mine.write(Rig.bytes(record), 0, 7)).isNotNegative();
                    }
                });
                thread.join();
                threads.add(thread);
                expected.append("\0\0\0").append(record);
                assertThat(rig.read(16)).isEqualTo("\0\0\0" + record);
            }
            assertThat(rig.stats().delivered().records()).isEqualTo(8L);
            assertThat(expected).hasSize(80);
        }
    }

    @Test
    void aPauseThatComesTooLateDoesNotKeepTheEndAway() {
        for (final boolean paused : new boolean[] {true, false}) {
            try (Rig rig = Variant.EXCLUSIVE_NO_OVERWRITE.open(16, 4, 0)) {
                rig.buffer.finish();
                rig.buffer.pause(paused);
                assertThat(Result.name(rig.write("a"))).isEqualTo("CLOSED");
                assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
            }
        }
    }

    @Test
    void aNewOwnerFindsThePauseThatWasAskedForBefore() {
        try (Rig rig = open(0)) {
            writer(rig).close();
            rig.channel.pause();
            try (ExclusiveWriter second = rig.channel.exclusiveWriter(0)) {
                assertThat(second.write(new byte[3], 0, 3)).isEqualTo(Result.PAUSED);
                rig.channel.resume();
                assertThat(second.write(new byte[3], 0, 3)).isNotNegative();
            }
        }
    }

    @Test
    void aClosedChannelGivesHandlesThatOnlyAnswerClosed() throws IOException {
        try (Rig rig = open(0)) {
            writer(rig).close();
            rig.channel.close();
            try (ExclusiveWriter late = rig.channel.exclusiveWriter(0)) {
                assertThat(late.write(new byte[3], 0, 3)).isEqualTo(Result.CLOSED);
            }
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    private enum Request {
        FLUSH, PAUSE, RESUME, RESET, CLOSE
    }

    /** Whatever others ask for, they ask its successor; nobody may write through it again. */
    @ParameterizedTest
    @EnumSource
    void aHandleThatWasGivenBackObeysNobody(Request request) throws IOException {
        try (Rig rig = open(0)) {
            rig.writeAll("abc");
            writer(rig).close();
            final ExclusiveWriter second = rig.channel.exclusiveWriter(0);
            assertThat(second.write(Rig.bytes("def"), 0, 3)).isNotNegative();
            switch (request) {
                case FLUSH -> rig.buffer.flush();
                case PAUSE -> rig.channel.pause();
                case RESUME -> rig.channel.resume();
                case RESET -> rig.channel.reset();
                default -> rig.channel.close();
            }
            assertThat(rig.write("x")).isEqualTo(Result.CLOSED);
            assertThat(rig.writer.reserve(1)).isEqualTo(Result.CLOSED);
            writer(rig).flush();
            writer(rig).close();
            assertThat(rig.stats().pending().records()).as("where its successor left it").isEqualTo(
                    request == Request.RESET ? 1L : 2L);
            second.close();
            assertThat(rig.drain()).last().isEqualTo(content(1, "def", 13, 1));
        }
    }
}
