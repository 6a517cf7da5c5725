// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CtfBoundariesTest {
    private static void requireOrder(List<CtfBoundaries.Boundary> decided) {
        for (int q = 0; q < decided.size(); q++) {
            final CtfBoundaries.Boundary boundary = decided.get(q);
            assertThat(boundary.sequence()).isEqualTo(q);
            if (q > 0) {
                assertThat(boundary.time()).isGreaterThanOrEqualTo(decided.get(q - 1).time());
                assertThat(boundary.lost()).isGreaterThanOrEqualTo(decided.get(q - 1).lost());
            }
        }
    }

    /** Proposals of any value, for boundaries in any order that sub-buffers allow. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void anyOrderAndAnyProposal(int subBufferCount) {
        final long seed = new Random().nextLong();
        System.out.println("CtfBoundariesTest seed " + seed);
        final Random random = new Random(seed);
        final CtfBoundaries boundaries = new CtfBoundaries(subBufferCount, 500L);
        final List<CtfBoundaries.Boundary> decided = new ArrayList<>();
        decided.add(boundaries.decide(0L, 1L, 1L));
        assertThat(decided.getFirst()).isEqualTo(new CtfBoundaries.Boundary(0L, 500L, 0L));
        for (long delivered = 0L; delivered < 2_000L; delivered++) { // boundaries up to delivered + n may be decided
            for (int i = 0; i < 4; i++) {
                final long q = delivered + random.nextInt(subBufferCount + 1);
                final var result = boundaries.decide(q, 500L + random.nextLong(10_000L), random.nextLong(1_000L));
                for (long k = decided.size(); k <= q; k++) {
                    decided.add(boundaries.decide(k, -1L, -1L)); // decided on the way: the proposal does not count
                }
                assertThat(result).isSameAs(decided.get((int) q));
            }
            decided.add(boundaries.decide(decided.size(), 0L, 0L));
        }
        requireOrder(decided);
    }

    /** Threads that decide the same boundaries at the same time get the same answers. */
    @Test
    void threadsAgree() throws Exception {
        final int subBufferCount = 4;
        final int last = 100_000;
        final CtfBoundaries boundaries = new CtfBoundaries(subBufferCount, 0L);
        final List<List<CtfBoundaries.Boundary>> answers = new ArrayList<>();
        final AtomicLong[] done = new AtomicLong[2];
        final Thread[] threads = new Thread[done.length];
        for (int i = 0; i < threads.length; i++) {
            final AtomicLong mine = done[i] = new AtomicLong(-1L);
            final List<CtfBoundaries.Boundary> answer = new ArrayList<>();
            answers.add(answer);
            final Random random = new Random(i);
            threads[i] = Thread.ofPlatform().unstarted(() -> {
                for (long q = 0L; q <= last; q++) {
                    for (int spins = 0; slowest(done) < q - 1L; spins++) { // in step, so that they meet
                        if (spins > 1_000) {
                            Thread.yield();
                        }
                    }
                    for (int spins = random.nextInt(8); spins > 0; spins--) {
                        Thread.onSpinWait(); // not always the same one first
                    }
                    answer.add(boundaries.decide(q, q * 10L + random.nextInt(100), q + random.nextInt(10)));
                    mine.set(q);
                }
            });
        }
        for (final Thread thread : threads) {
            thread.start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(answers.get(0)).hasSize(last + 1);
        requireOrder(answers.get(0));
        for (int i = 1; i < answers.size(); i++) {
            assertThat(answers.get(i).equals(answers.get(0))).isTrue();
        }
    }

    private static long slowest(AtomicLong... done) {
        long slowest = Long.MAX_VALUE;
        for (final AtomicLong one : done) {
            slowest = Math.min(slowest, one.get());
        }
        return slowest;
    }

    @Test
    void noticesPacketsOfAnotherChannel() {
        final CtfBoundaries boundaries = new CtfBoundaries(2, 0L);
        assertThatThrownBy(() -> boundaries.decide(100L, 1L, 1L)).isInstanceOf(IllegalStateException.class)
                .hasMessage("packet 100 follows none: a Ctf serves one channel only");
    }
}
