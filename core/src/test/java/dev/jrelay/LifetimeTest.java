// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing: what ends at once, what goes on until the last reader lets go, and when the memory is freed. */
class LifetimeTest {
    @ParameterizedTest
    @EnumSource
    void writesFailAfterCloseAndAreCounted(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.finish();
            assertThat(rig.write("abc")).isEqualTo(Result.CLOSED);
            assertThat(rig.writer.reserve(4)).isEqualTo(Result.CLOSED);
            assertThat(rig.stats().lost(Loss.CLOSED).records()).isEqualTo(2L);
            assertThat(rig.stats().lost(Loss.CLOSED).bytes()).isEqualTo(7L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theMemoryIsFreedWhenTheLastConsumerLetsGo(Variant variant) {
        final Rig rig = variant.open(16, 2, 0);
        rig.writeAll("0123456789abcdef", "abc");
        rig.finish();
        assertThat(rig.isFreed()).as("a consumer holds it").isFalse();
        final SubBuffer first = rig.consumer.next();
        assertThat(content(first)).isEqualTo(content(0, "0123456789abcdef", 0, 1));
        rig.consumer.subBuffersConsumed(1);
        assertThat(rig.drain()).containsExactly(content(1, "abc", 13, 1));
        rig.consumer.close();
        assertThat(rig.isFreed()).isTrue();
        if (!variant.overwrites() && variant.place != Variant.Place.HEAP) {
            assertThatThrownBy(() -> content(first)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> first.bytes().get(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void afterTheMemoryIsFreedEveryCallHasAClearResult(Variant variant) throws Exception {
        final Rig rig = variant.open(16, 2, 0);
        rig.writeAll("abc");
        rig.close();
        assertThat(rig.isFreed()).isTrue();
        assertThat(rig.write("abc")).isEqualTo(Result.CLOSED);
        assertThat(rig.stats().lost(Loss.CLOSED).records()).isEqualTo(1L);
        assertThat(rig.stats().attempted().records()).isEqualTo(2L);
        assertThatThrownBy(() -> rig.channel.consumer(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed and its memory freed");
        assertThatThrownBy(() -> rig.channel.snapshot(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed and its memory freed");
        rig.flush();
        rig.channel.flush();
        rig.channel.pause();
        rig.channel.resume();
        rig.channel.tick();
        assertThat(rig.channel.reset()).isTrue();
        assertThat(rig.buffer.isFull()).isFalse();
        rig.channel.close();
        assertThat(rig.write("abc")).isEqualTo(Result.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void theMemoryIsFreedByWhoFinishesTheLastReservation(Variant variant) {
        final Rig rig = variant.open(16, 2, 4);
        final long committed = rig.reserve("abc");
        final long aborted = rig.reserve("de");
        rig.close();
        assertThat(rig.isFreed()).isFalse();
        rig.writer.abort(aborted, 2);
        assertThat(rig.isFreed()).isFalse();
        rig.writer.commit(committed, 3);
        assertThat(rig.isFreed()).isTrue();
        assertThat(rig.stats().aborted()).isEqualTo(new Tally(0L, 1L, 2L));
        assertThat(rig.stats().pending()).isEqualTo(new Tally(1L, 1L, 5L));
        assertThat(rig.stats().attempted()).isEqualTo(new Tally(0L, 2L, 5L));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "EXCLUSIVE.*")
    void theMemoryIsFreedByTheOwnersCloseOrItsNextCallAfterTheCommit(Variant variant) throws Exception {
        for (final boolean closes : new boolean[] {false, true}) {
            final Rig rig = variant.open(16, 2, 4);
            final long position = rig.reserve("abc");
            rig.channel.close();
            rig.consumer.close();
            rig.writer.commit(position, 3);
            assertThat(rig.isFreed()).isFalse();
            if (closes) {
                rig.finish();
            } else {
                rig.flush();
            }
            assertThat(rig.isFreed()).isTrue();
            assertThat(rig.write("x")).isEqualTo(Result.CLOSED);
            rig.finish();
            assertThat(rig.stats().pending()).isEqualTo(new Tally(1L, 1L, 3L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConsumerAndAReservationKeepTheMemoryWhicheverGoesLast(Variant variant) {
        for (final boolean consumerLast : new boolean[] {false, true}) {
            final Rig rig = variant.open(16, 4, 0);
            rig.writeAll("0123456789abcdef");
            final long held = rig.reserve("abc");
            if (!variant.exclusive) {
                rig.finish();
            }
            if (!consumerLast) {
                rig.consumer.close();
                assertThat(rig.isFreed()).isFalse();
            }
            rig.writer.commit(held, 3);
            rig.finish();
            if (consumerLast) {
                assertThat(rig.isFreed()).isFalse();
                assertThat(rig.drain()).extracting(Rig.Content::text).containsExactly("0123456789abcdef", "abc");
                rig.consumer.close();
            }
            assertThat(rig.isFreed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void hooksStillHaveTheMemoryWhenAReservationIsFinishedAfterTheEnd(Variant variant) {
        final AtomicReference<String> ended = new AtomicReference<>();
        final Rig rig = variant.open(16, 2, 4, new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                subBuffer.set(ValueLayout.JAVA_INT_UNALIGNED, 0L, 0x2e2e2e2e);
                ended.set(Rig.string(subBuffer.asSlice(0L, 16 - padding).toArray(ValueLayout.JAVA_BYTE)));
            }
        });
        final long held = rig.reserve("abc");
        rig.close();
        assertThat(ended.get()).isNull();
        rig.writer.commit(held, 3);
        assertThat(ended.get()).isEqualTo("....abc");
        assertThat(rig.isFreed()).isTrue();
        assertThat(rig.stats().pending().records()).isEqualTo(1L);
    }

    @ParameterizedTest
    @EnumSource
    void writersThatComeAfterTheMemoryIsFreedAreCountedExactly(Variant variant) {
        final Rig rig = variant.open(64, 4, 8);
        rig.writeAll("abc");
        rig.close();
        assertThat(rig.isFreed()).isTrue();
        final BufferStats before = rig.buffer.statsSinceOpen();
        for (int i = 1; i <= 100; i++) {
            assertThat(i % 2 == 0 ? rig.write("x".repeat(i % 50 + 1)) : rig.writer.reserve(i % 50 + 1))
                    .isEqualTo(Result.CLOSED);
            assertThat(rig.buffer.statsSinceOpen().lost(Loss.CLOSED).records()).isEqualTo(i);
        }
        assertThat(rig.write("x".repeat(57))).isEqualTo(Result.TOO_LARGE);
        final BufferStats after = rig.buffer.statsSinceOpen();
        assertThat(after.lost(Loss.CLOSED)).isEqualTo(new Tally(0L, 100L, 2L * 1275L));
        assertThat(after.attempted().minus(before.attempted()))
                .isEqualTo(after.lost(Loss.CLOSED).plus(new Tally(0L, 1L, 57L)));
        assertThat(after.pending()).isEqualTo(before.pending()).isEqualTo(new Tally(1L, 1L, 3L));
        assertThat(after.produced()).isEqualTo(1L);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "EXCLUSIVE.*")
    void anExclusiveWriterThatComesLateOrStaysLateOnlyAnswersClosed(Variant variant) {
        final Rig rig = variant.open(16, 2, 0);
        rig.finish();
        final ExclusiveWriter stays = rig.channel.exclusiveWriter(0);
        rig.consumer.close();
        assertThat(rig.isFreed()).isTrue();
        assertThat(stays.write(new byte[3], 0, 3)).isEqualTo(Result.CLOSED);
        stays.flush();
        assertThat(stays.hasRoom(3)).isTrue();
        stays.close();
        try (ExclusiveWriter late = rig.channel.tryExclusiveWriter()) {
            assertThat(late.reserve(3)).isEqualTo(Result.CLOSED);
        }
        assertThat(rig.stats().lost(Loss.CLOSED)).isEqualTo(new Tally(0L, 2L, 6L));
    }

    @ParameterizedTest
    @EnumSource
    void aPauseAfterTheEndChangesNothing(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("abc");
            rig.finish();
            final long tail = rig.buffer.words.tailAcquire();
            assertThat(tail).as("final").isNegative();
            rig.channel.pause();
            assertThat(rig.buffer.words.tailAcquire()).isEqualTo(tail);
            assertThat(rig.write("x")).isEqualTo(Result.CLOSED);
            rig.channel.resume();
            assertThat(rig.buffer.words.tailAcquire()).isEqualTo(tail);
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1));
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aConsumerOfOneBufferKeepsTheMemoryOfAll() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(16).build();
        final Channel channel = Channel.open(config);
        final Consumer one = channel.consumer(1);
        channel.writer(0).write(new byte[5], 0, 5);
        channel.close();
        try (Consumer late = channel.consumer(0)) {
            assertThat(late.next().length()).as("still to be had after close").isEqualTo(5);
        }
        assertThat(channel.writer(0).data().scope().isAlive()).isTrue();
        one.close();
        assertThat(channel.writer(0).data().scope().isAlive()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void writersThatMeetTheEndOfTheMemoryGetClosedAndEveryRecordIsCounted(Variant variant) throws Exception {
        for (int round = 0; round < 30; round++) {
            final Rig rig = variant.open(1 << 12, 4, 8);
            rig.consumer.close();
            final CountDownLatch running = new CountDownLatch(2);
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final long[] attempts = new long[2];
            final long[] accepted = new long[2];
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                final int id = i;
                writers.add(Thread.ofPlatform().start(() -> {
                    final byte[] record = new byte[100 + 900 * id];
                    long result;
                    try {
                        do {
                            result = rig.writer.write(record, 0, record.length);
                            attempts[id]++;
                            accepted[id] += result >= 0L ? 1L : 0L;
                            running.countDown();
                        } while (result != Result.CLOSED);
                    } catch (Throwable thrown) {
                        failure.set(thrown);
                    }
                }));
            }
            running.await();
            rig.channel.close();
            for (final Thread writer : writers) {
                writer.join();
            }
            assertThat(failure.get()).isNull();
            assertThat(rig.isFreed()).isTrue();
            final Tally lost = rig.stats().lost();
            assertThat(rig.stats().attempted().records() - lost.records()).isEqualTo(accepted[0] + accepted[1]);
            final long refused = attempts[0] + attempts[1] - accepted[0] - accepted[1];
            assertThat(lost.records()).as("a refusal at the very moment of the move to the heap may be missed")
                    .isBetween(variant.place == Variant.Place.FILES ? refused - 2L : refused, refused);
            assertThat(rig.stats().lost(Loss.CLOSED).records()).isLessThanOrEqualTo(2L);
        }
    }
}
