// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The values that statistics are made of: {@link Tally}, {@link Loss}, {@link BufferStats}. */
class TallyTest {
    private static Tally tally(long factor) {
        return new Tally(factor, 10L * factor, 100L * factor);
    }

    private static BufferStats stats(long factor) {
        return new BufferStats(11L * factor, 7L * factor, factor % 3L, tally(factor), tally(2L * factor), 5L * factor,
                tally(3L * factor), tally(4L * factor), new Tally(0L, factor, 8L * factor),
                Map.of(Loss.FULL, new Tally(0L, factor, 50L * factor), Loss.CLOSED,
                        new Tally(0L, 2L * factor, factor)));
    }

    @Test
    void talliesAreAddedAndTakenAway() {
        assertThat(tally(3L).plus(tally(4L))).isEqualTo(tally(7L));
        assertThat(tally(3L).minus(tally(4L))).isEqualTo(tally(-1L));
        assertThat(tally(3L).plus(Tally.ZERO)).isEqualTo(tally(3L));
        assertThat(tally(3L).minus(tally(3L))).isEqualTo(Tally.ZERO);
    }

    @Test
    void eachCauseHasItsResultAndItsWords() throws Exception {
        final Set<String> words = new HashSet<>();
        for (final Loss cause : Loss.values()) {
            assertThat(Loss.of(cause.result())).isEqualTo(cause);
            assertThat(Result.class.getField(cause.name()).getLong(null)).isEqualTo(cause.result()).isNegative();
            assertThat(Result.name(cause.result())).isEqualTo(cause.name());
            assertThat(words.add(cause.words())).isTrue();
        }
        assertThatThrownBy(() -> Loss.of(Long.MIN_VALUE)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(Long.MIN_VALUE)).hasMessageContaining("-6 to -1");
    }

    @Test
    void countersOfBuffersAreAddedAndOfTheBacklogsTheLargestIsKept() {
        final BufferStats sum = stats(2L).plus(stats(4L));
        final BufferStats whole = stats(6L);
        assertThat(sum).usingRecursiveComparison().ignoringFields("maxBacklog").isEqualTo(whole);
        assertThat(sum.maxBacklog()).isEqualTo(2L);
        assertThat(stats(4L).plus(stats(2L)).maxBacklog()).isEqualTo(2L);
    }

    @Test
    void sinceABaseEverythingIsTheDifferenceButWhatIsPendingAndTheLargestBacklog() {
        final BufferStats since = stats(5L).since(stats(3L));
        final BufferStats difference = stats(2L);
        assertThat(since.produced()).isEqualTo(difference.produced());
        assertThat(since.consumed()).isEqualTo(difference.consumed());
        assertThat(since.delivered()).isEqualTo(difference.delivered());
        assertThat(since.paddingBytes()).isEqualTo(difference.paddingBytes());
        assertThat(since.overwritten()).isEqualTo(difference.overwritten());
        assertThat(since.skipped()).isEqualTo(difference.skipped());
        assertThat(since.aborted()).isEqualTo(difference.aborted());
        assertThat(since.losses()).isEqualTo(difference.losses());
        assertThat(since.pending()).isEqualTo(stats(5L).pending());
        assertThat(since.backlog()).isEqualTo(5L);
        assertThat(since.maxBacklog()).isEqualTo(stats(5L).maxBacklog());
    }

    @Test
    void whatWasAttemptedIsInOnePlaceEach() {
        final BufferStats stats = stats(1L);
        assertThat(stats.lost()).isEqualTo(new Tally(0L, 3L, 51L));
        assertThat(stats.lost(Loss.FULL)).isEqualTo(new Tally(0L, 1L, 50L));
        assertThat(stats.lost(Loss.STALLED)).isEqualTo(Tally.ZERO);
        assertThat(stats.attempted().records()).as("with the aborted ones").isEqualTo(10L + 20L + 30L + 40L + 3L + 1L);
        assertThat(stats.attempted().bytes()).as("the aborted ones lie among these").isEqualTo(1000L + 51L);
        assertThat(stats.attempted().subBuffers()).isZero();
    }

    @Test
    void everyCauseHasAnEntryAndNobodyChangesThem() {
        assertThat(stats(1L).losses()).containsOnlyKeys(Loss.values());
        assertThatThrownBy(() -> stats(1L).losses().put(Loss.FULL, Tally.ZERO))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void theLineHoldsWhatIsNotZero() {
        assertThat(stats(1L)).hasToString("produced=11 consumed=7 maxBacklog=1 pending=10/100B delivered=20/200B "
                + "overwritten=30/300B skipped=40/400B aborted=1/8B lost.FULL=1/50B lost.CLOSED=2/1B");
        assertThat(stats(0L)).hasToString("produced=0 consumed=0 maxBacklog=0");
    }

    @ParameterizedTest
    @EnumSource
    void sinceOpenGoesOnAndSinceResetBeginsAnew(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("0123456789abcdef");
            rig.drain();
            rig.write("x".repeat(17));
            assertThat(rig.buffer.statsSinceReset()).isEqualTo(rig.buffer.statsSinceOpen());
            assertThat(rig.channel.reset()).isTrue();
            assertThat(rig.buffer.statsSinceReset().attempted()).isEqualTo(Tally.ZERO);
            assertThat(rig.buffer.statsSinceOpen().attempted()).isEqualTo(new Tally(0L, 2L, 33L));
            rig.writeAll("0123456789abcdef");
            assertThat(rig.channel.reset()).isTrue();
            assertThat(rig.buffer.statsSinceReset().skipped()).isEqualTo(Tally.ZERO);
            assertThat(rig.buffer.statsSinceOpen().skipped()).isEqualTo(new Tally(1L, 1L, 16L));
            assertThat(rig.channel.statsSinceReset()).isEqualTo(rig.buffer.statsSinceReset());
            assertThat(rig.buffer.statsSinceOpen().lost(Loss.TOO_LARGE)).isEqualTo(new Tally(0L, 1L, 17L));
        }
    }
}
