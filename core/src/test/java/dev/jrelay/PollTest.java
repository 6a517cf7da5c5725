// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Consumer#poll}: readable, timed out, hang-up; asleep and awake. */
@Timeout(60)
class PollTest {
    private static final long FOREVER = Long.MAX_VALUE;

    /** A thread that has called {@code poll} and sleeps in it. */
    private static final class Sleeper {
        final CompletableFuture<Readiness> found = new CompletableFuture<>();
        final Thread thread;

        Sleeper(Rig rig, boolean virtual) {
            final Runnable poll = () -> found.complete(rig.consumer.poll(FOREVER));
            thread = virtual ? Thread.ofVirtual().start(poll) : Thread.ofPlatform().start(poll);
            while (thread.getState() != Thread.State.TIMED_WAITING || rig.buffer.words.waitingVolatile() == 0L) {
                Thread.onSpinWait();
            }
        }

        Readiness awake() throws Exception {
            return found.get(5L, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyWholeSubBuffersAreReadable(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            assertThat(rig.consumer.poll(-1L)).isEqualTo(Readiness.TIMED_OUT);
            rig.writeAll("abc");
            assertThat(rig.consumer.poll(1_000L)).isEqualTo(Readiness.TIMED_OUT);
            rig.flush();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            assertThat(rig.consumer.poll(FOREVER)).isEqualTo(Readiness.READABLE);
            assertThat(rig.drain()).hasSize(1);
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void hangUpComesOnlyAfterTheLastSubBufferIsConsumed(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("0123456789abcdef", "abc");
            rig.finish();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            rig.consumer.next();
            rig.consumer.subBuffersConsumed(1);
            assertThat(rig.consumer.poll(FOREVER)).isEqualTo(Readiness.READABLE);
            rig.consumer.next();
            rig.consumer.subBuffersConsumed(1);
            assertThat(rig.consumer.poll(FOREVER)).isEqualTo(Readiness.HANG_UP);
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        }
    }

    @Test
    void aReservationHeldAcrossCloseKeepsHangUpAway() {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 4, 0)) {
            final long held = rig.reserve("abc");
            rig.finish();
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            assertThat(rig.consumer.poll(1_000L)).isEqualTo(Readiness.HELD);
            assertThat(rig.read(8)).isEmpty();
            rig.writer.commit(held, 3);
            assertThat(rig.consumer.poll(0L)).isEqualTo(Readiness.READABLE);
            assertThat(rig.read(8)).isEqualTo("abc");
            assertThat(rig.read(8)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepingPollIsWokenByTheNextDelivery(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            for (final boolean virtual : new boolean[] {false, true}) {
                final Sleeper sleeper = new Sleeper(rig, virtual);
                rig.writeAll("0123456789");
                assertThat(sleeper.found).isNotDone();
                rig.writeAll("abcdef");
                assertThat(sleeper.awake()).isEqualTo(Readiness.READABLE);
                assertThat(rig.buffer.words.waitingVolatile()).isZero();
                rig.drain();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepingPollIsWokenByFlush(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            final Sleeper sleeper = new Sleeper(rig, false);
            rig.flush();
            assertThat(sleeper.awake()).isEqualTo(Readiness.READABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepingPollIsReleasedByClose(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            final Sleeper sleeper = new Sleeper(rig, false);
            rig.finish();
            assertThat(sleeper.awake()).isEqualTo(Readiness.HANG_UP);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepingPollIsReleasedByInterruption(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            final Sleeper sleeper = new Sleeper(rig, false);
            sleeper.thread.interrupt();
            assertThat(sleeper.awake()).isEqualTo(Readiness.TIMED_OUT);
            sleeper.thread.join();
        }
    }

    @Test
    void anInterruptedPollKeepsTheInterruptStatus() {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 4, 0)) {
            Thread.currentThread().interrupt();
            assertThat(rig.consumer.poll(FOREVER)).isEqualTo(Readiness.TIMED_OUT);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void noWakeUpIsLostWhenEveryDeliveryMeetsASleeper() throws Exception {
        final int rounds = 20_000;
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(8, 1, 0)) { // no second delivery makes up for a lost one
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < rounds; i++) {
                    while (rig.write("01234567") < 0L) {
                        Thread.onSpinWait();
                    }
                }
            });
            final Thread consumer = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < rounds; i++) {
                        assertThat(rig.consumer.poll(FOREVER)).isEqualTo(Readiness.READABLE);
                        rig.consumer.next();
                        assertThat(rig.consumer.subBuffersConsumed(1)).isEqualTo(1);
                    }
                } catch (AssertionError broken) {
                    failure.set(broken);
                }
            });
            writer.join();
            consumer.join();
            assertThat(failure.get()).isNull();
        }
    }
}
