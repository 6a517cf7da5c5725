// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A reservation that is not finished: what it holds up, how a consumer passes it, and where its records count. */
@Timeout(120)
class HeldTest {
    private static final int ROUNDS = 30_000;

    /** At a quiet moment every record that was committed, aborted or lost is in one place. */
    private static void assertAccount(Rig rig, long records, long bytes) {
        final BufferStats stats = rig.buffer.statsSinceOpen();
        final Tally sum = stats.delivered().plus(stats.pending()).plus(stats.lost()).plus(stats.overwritten())
                .plus(stats.skipped());
        assertThat(sum.records() + stats.aborted().records()).as(stats::toString).isEqualTo(records);
        assertThat(sum.bytes()).as(stats::toString).isEqualTo(bytes);
        assertThat(stats.attempted()).isEqualTo(new Tally(0L, records, bytes));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aHeldSubBufferCanBePassedAndIsCountedWhenItIsFinished(Variant variant) {
        try (Rig rig = variant.open(16, 4, 2)) {
            rig.writeAll("ab");
            final long held = rig.reserve("HELD");
            assertThat(rig.consumer.heldSequence()).as("open, not held").isEqualTo(-1L);
            assertThat(rig.consumer.pass()).isFalse();
            rig.writeAll("0123456789");
            rig.flush();
            assertThat(rig.consumer.heldSequence()).isZero();
            assertThat(rig.consumer.next()).isNull();
            assertThat(rig.read(10)).isEmpty();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            assertThat(rig.consumer.poll(1_000L)).isEqualTo(Readiness.HELD);
            assertAccount(rig, 2L, 12L);

            assertThat(rig.consumer.pass()).isTrue();
            assertThat(rig.consumer.heldSequence()).isEqualTo(-1L);
            assertThat(rig.consumer.pass()).as("the next one is delivered").isFalse();
            assertThat(rig.stats().skipped()).as("not before it is complete").isEqualTo(Tally.ZERO);
            assertThat(rig.stats().pending()).as("what is committed in it is pending").isEqualTo(
                    new Tally(1L, 2L, 12L));
            assertAccount(rig, 2L, 12L);
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            assertThat(rig.drain()).containsExactly(content(1, "\0\0" + "0123456789", 4, 1));
            assertAccount(rig, 2L, 12L);

            rig.writer.commit(held, 4);
            assertThat(rig.stats().skipped()).isEqualTo(new Tally(1L, 2L, 6L));
            assertThat(rig.stats().pending()).isEqualTo(Tally.ZERO);
            assertAccount(rig, 3L, 16L);
            assertThat(rig.drain()).as("too late").isEmpty();
            for (int i = 0; i < 8; i++) {
                rig.writeAll("0123456789abcd");
                assertThat(rig.drain()).extracting(Rig.Content::sequence).containsExactly(2L + i);
            }
            assertAccount(rig, 11L, 16L + 8L * 14L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aSubBufferThatWasPassedIsNotReusedBeforeItIsFinished(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            final long held = rig.reserve("HELD");
            rig.writeAll("0123456789abcdef");
            assertThat(rig.write("x")).isEqualTo(Result.STALLED);
            assertThat(rig.consumer.pass()).isTrue();
            assertThat(rig.write("xy")).as("its memory is still the writer's").isEqualTo(Result.STALLED);
            assertThat(rig.drain()).containsExactly(content(1, "0123456789abcdef", 0, 1));
            assertThat(rig.write("xyz")).isEqualTo(Result.STALLED);
            assertThat(rig.buffer.isFull()).isFalse();
            assertThat(rig.stats().lost(Loss.STALLED)).isEqualTo(new Tally(0L, 3L, 6L));
            assertThat(rig.stats().lost(Loss.FULL)).isEqualTo(Tally.ZERO);
            assertAccount(rig, 4L, 22L);
            rig.writer.abort(held, 4);
            assertThat(rig.stats().skipped()).isEqualTo(new Tally(1L, 0L, 4L));
            assertThat(rig.stats().aborted()).isEqualTo(new Tally(0L, 1L, 4L));
            assertAccount(rig, 5L, 26L);
            rig.writeAll("abcd");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(2, "abcd", 12, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void afterCloseTheEndComesWhenTheHeldOnesArePassed(Variant variant) {
        final Rig rig = variant.open(16, 4, 0);
        final long first = rig.reserve("ab");
        rig.writeAll("0123456789abcdef");
        final long last = rig.reserve("cd");
        rig.finish();
        assertThat(rig.consumer.poll(1L)).isEqualTo(Readiness.HELD);
        assertThat(rig.consumer.pass()).isTrue();
        assertThat(rig.drain()).containsExactly(content(1, "0123456789abcdef", 0, 1));
        assertThat(rig.consumer.poll(1L)).isEqualTo(Readiness.HELD);
        assertThat(rig.consumer.heldSequence()).isEqualTo(2L);
        assertThat(rig.read(4)).as("not the end yet").isEmpty();
        assertThat(rig.consumer.pass()).isTrue();
        assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        assertThat(rig.consumer.poll(Long.MAX_VALUE)).isEqualTo(Readiness.HANG_UP);
        assertThat(rig.read(4)).isNull();
        assertThat(rig.consumer.pass()).isFalse();
        rig.consumer.close();
        assertThat(rig.isFreed()).as("two reservations are open").isFalse();
        rig.writer.commit(last, 2);
        assertThat(rig.isFreed()).isFalse();
        rig.writer.commit(first, 2);
        assertThat(rig.isFreed()).isTrue();
        assertThat(rig.stats().skipped()).isEqualTo(new Tally(2L, 2L, 4L));
        assertAccount(rig, 3L, 20L);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "EXCLUSIVE.*")
    void anExclusiveBufferIsNeverHeldSinceItsOwnerClosesNothingWhileItReserves(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("ab");
            final long held = rig.reserve("cd");
            rig.buffer.flush();
            rig.flush();
            assertThat(rig.consumer.heldSequence()).isEqualTo(-1L);
            assertThat(rig.consumer.pass()).isFalse();
            assertThat(rig.consumer.poll(1L)).isEqualTo(Readiness.TIMED_OUT);
            rig.writer.commit(held, 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,true", "SHARED_NO_OVERWRITE,false", "SHARED_OVERWRITE,true",
        "SHARED_OVERWRITE,false", "SHARED_OVERWRITE_FILES,true", "SHARED_OVERWRITE_FILES,false"})
    void aConsumerThatIsKilledInTheMiddleOfAPassLosesNoCount(Variant variant, boolean successorFirst) {
        try (Rig rig = variant.open(16, 2, 0)) {
            final long held = rig.reserve("HELD");
            rig.writeAll("0123456789abcdef");
            final ControlWords words = rig.buffer.words;
            final long lap = words.deliveredAcquire(0);
            assertThat(words.casDelivered(0, lap, ControlWords.PASSED | lap)).as("as far as it came").isTrue();
            rig.consumer.close();
            try (Consumer successor = rig.channel.consumer(0)) {
                if (successorFirst) {
                    assertThat(successor.heldSequence()).isZero();
                    assertThat(successor.pass()).isTrue();
                    assertThat(successor.heldSequence()).isEqualTo(-1L);
                    rig.writer.commit(held, 4);
                } else {
                    rig.writer.commit(held, 4);
                    assertThat(successor.pass()).isFalse();
                }
                assertThat(successor.next().sequence()).isEqualTo(1L);
                assertThat(successor.subBuffersConsumed(1)).isEqualTo(1);
                assertThat(successor.next()).isNull();
            }
            assertThat(rig.stats().skipped()).isEqualTo(new Tally(1L, 1L, 4L));
            assertThat(rig.stats().delivered()).isEqualTo(new Tally(1L, 1L, 16L));
            assertAccount(rig, 2L, 20L);
            rig.writeAll("0123456789abcdef", "0123456789abcdef");
            assertAccount(rig, 4L, 52L);
        }
    }

    /** The deliverer and a consumer that passes meet in every round; each sub-buffer counts once. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "SHARED_OVERWRITE", "SHARED_NO_OVERWRITE_FILES"})
    void aPassThatRacesTheDelivererCountsEachSubBufferOnce(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 2, 0)) {
            final AtomicInteger turn = new AtomicInteger();
            final Crew crew = new Crew();
            final long[] positions = new long[1];
            crew.worker(false, () -> {
                for (int round = 1; round <= ROUNDS && !crew.hasFailed(); round++) {
                    positions[0] = rig.reserve("0123456789");
                    assertThat(positions[0]).isNotNegative();
                    rig.buffer.flush();
                    turn.set(2 * round); // now the other one passes
                    rig.writer.commit(positions[0], 10);
                    while (turn.get() != 2 * round + 1 && !crew.hasFailed()) {
                        Thread.onSpinWait();
                    }
                }
            });
            final long[] passed = new long[1];
            final long[] taken = new long[1];
            crew.worker(false, () -> {
                for (int round = 1; round <= ROUNDS && !crew.hasFailed(); round++) {
                    while (turn.get() != 2 * round && !crew.hasFailed()) {
                        Thread.onSpinWait();
                    }
                    if (rig.consumer.pass()) {
                        passed[0]++;
                    } else {
                        while (rig.consumer.next() == null && !crew.hasFailed()) {
                            Thread.onSpinWait();
                        }
                        taken[0] += rig.consumer.subBuffersConsumed(1);
                    }
                    turn.set(2 * round + 1);
                }
            });
            crew.join();
            assertThat(passed[0] + taken[0]).isEqualTo(ROUNDS);
            assertThat(rig.stats().skipped()).isEqualTo(new Tally(passed[0], passed[0], 10L * passed[0]));
            assertThat(rig.stats().delivered()).isEqualTo(new Tally(taken[0], taken[0], 10L * taken[0]));
            assertThat(rig.stats().pending()).isEqualTo(Tally.ZERO);
            assertAccount(rig, ROUNDS, 10L * ROUNDS);
        }
    }
}
