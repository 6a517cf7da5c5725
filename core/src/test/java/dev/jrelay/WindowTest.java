// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Window} on words that are set by hand: how far {@code consumed} moves, what is counted, what is clamped. */
class WindowTest {
    private static final int COUNT = 8;
    private static final int HEADER = 2;
    private static final int MAX_LENGTH = 14;

    private final Geometry geometry = new Geometry(HEADER + MAX_LENGTH, COUNT, HEADER, Mode.OVERWRITE);
    private final MemorySegment block = MemorySegment.ofArray(new long[ControlWords.blockSize(COUNT) / Long.BYTES]);
    private final ControlWords words = new ControlWords(block, COUNT);
    private final Window window = new Window(geometry, words, false);
    private long first;

    /** A buffer in which {@code closed} sub-buffers are closed and none is delivered. */
    private void start(long firstSequence, long closed) {
        first = firstSequence & geometry.sequenceMask();
        block.fill((byte) 0);
        ControlWords.initialize(block, geometry, first, false);
        words.tailRelease(geometry.position(geometry.plus(first, closed), 3));
    }

    private void deliver(int... numbers) {
        for (final int number : numbers) {
            final long sequence = geometry.plus(first, number);
            final int slot = geometry.slot(sequence);
            words.recordsOpaque(slot, records(number));
            words.paddingOpaque(slot, padding(number));
            words.deliveredVolatile(slot, geometry.after(sequence));
        }
    }

    private static int records(int number) {
        return number % 5 + 1;
    }

    private static int padding(int number) {
        return number % 4;
    }

    /** Those up to the first {@code count}, added up. */
    private static Tally sum(int count) {
        return new Tally(count, IntStream.range(0, count).mapToLong(WindowTest::records).sum(),
                IntStream.range(0, count).mapToLong(number -> MAX_LENGTH - padding(number)).sum());
    }

    private void assertMoved(int count) {
        assertThat(geometry.distance(words.consumedAcquire(), first)).as("consumed").isEqualTo(count);
        assertThat(words.tallyOpaque(Fate.SKIPPED)).isEqualTo(sum(count));
        assertThat(words.tallyOpaque(Fate.OVERWRITTEN)).isEqualTo(Tally.ZERO);
        assertThat(words.tallyOpaque(Fate.DELIVERED)).isEqualTo(Tally.ZERO);
    }

    // ---- jumpAhead ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "2, 1", "3, 1", "4, 2", "7, 3", "8, 4"})
    void aJumpAheadSkipsHalfOfWhatIsRetainedAndCountsIt(int retained, int skipped) {
        for (final long sequence : new long[] {0L, 5L, -1L, -3L, -8L}) {
            start(sequence, retained);
            deliver(IntStream.range(0, retained).toArray());
            window.jumpAhead();
            assertMoved(skipped);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {9L, 15L, 16L, 1L << 40})
    void aJumpAheadLeavesHalfOfTheRingThoughTheTailIsFurther(long ahead) {
        start(4L, ahead);
        deliver(IntStream.range(0, COUNT).toArray());
        window.jumpAhead();
        assertMoved(COUNT / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aJumpAheadEndsBeforeTheFirstThatIsNotDelivered(int held) {
        start(6L, COUNT);
        deliver(IntStream.range(0, COUNT).filter(number -> number != held).toArray());
        window.jumpAhead();
        assertMoved(held);
    }

    // ---- skipAll ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, COUNT})
    void aResetSkipsAllThatIsClosed(int closed) {
        for (final long sequence : new long[] {0L, 5L, -3L}) {
            start(sequence, closed);
            deliver(IntStream.range(0, closed).toArray());
            assertThat(window.skipAll()).isTrue();
            assertMoved(closed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, COUNT - 1})
    void aResetEndsBeforeTheFirstThatIsNotDelivered(int held) {
        start(5L, COUNT);
        deliver(IntStream.range(0, COUNT).filter(number -> number != held).toArray());
        assertThat(window.skipAll()).isFalse();
        assertMoved(held);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1L, -2L, COUNT + 1L, 1L << 40})
    void aResetMovesNothingWhereOthersHaveGonePastItsBound(long tailAhead) {
        start(5L, tailAhead);
        deliver(IntStream.range(0, COUNT).toArray());
        assertThat(window.skipAll()).isTrue();
        assertMoved(0);
    }

    // ---- what is read from shared words -------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "13, 13", "14, 14", "15, 14", "16, 14", "-1, 0", "9223372036854775807, 14",
        "-9223372036854775808, 0", "4294967296, 14", "4294967299, 14", "-4294967295, 0"})
    void paddingAndRecordsAreAtMostTheLongestRecord(long word, int clamped) {
        words.paddingOpaque(3, word);
        assertThat(window.padding(3)).isEqualTo(clamped);
        assertThat(window.bytes(3)).isEqualTo(MAX_LENGTH - clamped);
        words.recordsOpaque(3, word);
        assertThat(window.records(3)).isEqualTo(clamped);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 3", "8, 8", "9, 8", "1099511627776, 8"})
    void theLargestBacklogIsAtMostTheSubBufferCount(long ahead, long kept) {
        start(0L, ahead);
        deliver(0);
        assertThat(window.consume(0L)).isTrue();
        assertThat(words.maxBacklogOpaque()).isEqualTo(kept);
    }

    @Test
    void theLargestBacklogStaysWhenSmallerOnesFollow() {
        start(0L, 3L);
        deliver(0, 1, 2);
        for (final long sequence : new long[] {0L, 1L, 2L}) {
            assertThat(window.consume(sequence)).isTrue();
            assertThat(window.consume(sequence)).as("twice").isFalse();
        }
        assertThat(words.maxBacklogOpaque()).isEqualTo(3L);
        assertThat(words.tallyOpaque(Fate.DELIVERED)).isEqualTo(sum(3));
        assertThat(words.deliveredPaddingOpaque()).isEqualTo(padding(0) + padding(1) + padding(2));
    }

    /** What is committed is less than header and padding in no state that the protocol reaches; a peer may say so. */
    @ParameterizedTest
    @ValueSource(longs = {0L, 1L, HEADER, -1L, Integer.MIN_VALUE, 5L << 32})
    void whatIsPendingIsNeverNegative(long committed) {
        start(0L, 1L);
        words.commitOpaque(0, committed);
        words.paddingOpaque(0, 7L);
        final BufferStats stats = BufferStats.read(window);
        assertThat(stats.pending().bytes()).isNotNegative();
        assertThat(stats.pending().subBuffers()).isEqualTo(1L);
    }
}
