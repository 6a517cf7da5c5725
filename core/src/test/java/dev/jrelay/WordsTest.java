// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Each form of access finds the same word: in an array, in a mapping, and where it has moved from there. */
class WordsTest {
    private static final int BYTES = 256;
    private static final int AT = 136;
    private static final int LAST = BYTES - Long.BYTES;

    private static final class Block extends Words {
        Block(MemorySegment block) {
            super(block);
        }
    }

    private static void everyAccessFindsTheWord(Words words, long value) {
        assertThat(words.getOpaque(AT)).isEqualTo(value);
        words.setOpaque(AT, 1L);
        assertThat(words.getAcquire(AT)).isEqualTo(1L);
        words.setRelease(AT, 2L);
        assertThat(words.getVolatile(AT)).isEqualTo(2L);
        words.setVolatile(AT, 3L);
        assertThat(words.getOpaque(AT)).isEqualTo(3L);
        assertThat(words.compareAndSet(AT, 2L, 4L)).isFalse();
        assertThat(words.compareAndSet(AT, 3L, 4L)).isTrue();
        assertThat(words.getAndAdd(AT, 5L)).isEqualTo(4L);
        assertThat(words.getOpaque(AT)).isEqualTo(9L);
        assertThat(words.getOpaque(AT - Long.BYTES)).isZero();
        assertThat(words.getOpaque(AT + Long.BYTES)).isZero();
    }

    @Test
    void inAnArray() {
        everyAccessFindsTheWord(new Block(MemorySegment.ofArray(new long[BYTES / Long.BYTES])), 0L);
    }

    @Test
    void inAMappingAndWhereItHasMoved() {
        final Words words;
        final Words other;
        final Words unmoved;
        try (Arena arena = Arena.ofShared()) {
            final MemorySegment block = arena.allocate(BYTES, Long.BYTES);
            words = new Block(block);
            other = new Block(block);
            unmoved = new Block(block);
            everyAccessFindsTheWord(words, 0L);
            words.setOpaque(LAST, 7L);
            words.moveToHeap();
            other.follow(words);
        }
        everyAccessFindsTheWord(words, 9L);
        assertThat(words.getOpaque(LAST)).isEqualTo(7L);
        assertThat(other.getAcquire(AT)).as("the same array").isEqualTo(9L);
        assertThatIllegalStateException().isThrownBy(() -> unmoved.getOpaque(AT));
        assertThatIllegalStateException().isThrownBy(() -> unmoved.setVolatile(AT, 1L));
    }
}
