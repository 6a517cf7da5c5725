// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Consumer#poll}: readable, timed out, hang-up; asleep and awake. */
@Timeout(60)
class PollTest {
    private static final long FOREVER = Long.MAX_VALUE;
    private static final long SHORT = 20_000_000L;
    private static final long STUCK_NANOS = 30_000_000_000L;

    /** A thread that has called {@code poll} and sleeps in it. */
    private static final class Sleeper {
        final CompletableFuture<Readiness> found = new CompletableFuture<>();
        final Thread thread;

        Sleeper(Rig rig, boolean virtual) {
            final Runnable poll = () -> found.complete(rig.consumer.poll(FOREVER));
            thread = virtual ? Thread.ofVirtual().start(poll) : Thread.ofPlatform().start(poll);
            final long start = System.nanoTime();
            while (thread.getState() != Thread.State.TIMED_WAITING || rig.buffer.words.waitingVolatile() == 0L) {
                assertThat(System.nanoTime() - start).as("it does not fall asleep").isLessThan(STUCK_NANOS);
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

    // ---- how long it takes ----------------------------------------------------------------------------------------

    /** The least time of some calls that all come to the same: what the machine adds is not in each of them. */
    private static long leastTime(Consumer consumer, long timeout, Readiness expected) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10 && least > 2L * SHORT; i++) {
            final long start = System.nanoTime();
            assertThat(consumer.poll(timeout)).isEqualTo(expected);
            least = Math.min(least, System.nanoTime() - start);
        }
        return least;
    }

    @ParameterizedTest
    @EnumSource
    void aPollThatFindsNothingTakesItsTimeAndNoMore(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.writeAll("abc");
            assertThat(leastTime(rig.consumer, SHORT, Readiness.TIMED_OUT)).isBetween(SHORT, 3L * SHORT);
            if (variant.place == Variant.Place.FILES) {
                rig.consumer.close();
                try (MappedChannel mapped = MappedChannel.open(rig.directory(), "test");
                        Consumer consumer = mapped.consumer(0)) {
                    assertThat(leastTime(consumer, SHORT, Readiness.TIMED_OUT)).isBetween(SHORT, 3L * SHORT);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aPollThatFindsASubBufferHeldWaitsForItFirst(Variant variant) {
        try (Rig rig = variant.open(16, 4, 0)) {
            final long held = rig.reserve("abc");
            rig.flush();
            assertThat(leastTime(rig.consumer, SHORT, Readiness.HELD)).isBetween(SHORT, 3L * SHORT);
            assertThat(leastTime(rig.consumer, 0L, Readiness.TIMED_OUT)).isLessThan(SHORT);
            rig.writer.commit(held, 3);
            assertThat(leastTime(rig.consumer, FOREVER, Readiness.READABLE)).isLessThan(SHORT);
        }
    }

    /** From another process nobody wakes it: its pauses must stay short, however long nothing comes. */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE_FILES", "EXCLUSIVE_OVERWRITE_FILES"})
    void anotherProcessFindsWhatComesAfterALongSilenceSoon(Variant variant) throws Exception {
        try (Rig rig = variant.open(16, 4, 0)) {
            rig.consumer.close();
            try (MappedChannel mapped = MappedChannel.open(rig.directory(), "test");
                    Consumer consumer = mapped.consumer(0)) {
                long least = Long.MAX_VALUE;
                for (int i = 0; i < 5 && least > SHORT; i++) {
                    final CompletableFuture<Long> found = new CompletableFuture<>();
                    final Thread thread = Thread.ofPlatform().start(() -> {
                        assertThat(consumer.poll(FOREVER)).isEqualTo(Readiness.READABLE);
                        found.complete(System.nanoTime());
                        consumer.next();
                        consumer.subBuffersConsumed(1);
                    });
                    Thread.sleep(300L); // the silence
                    final long start = System.nanoTime();
                    rig.writeAll("0123456789abcdef");
                    least = Math.min(least, found.get(30L, TimeUnit.SECONDS) - start);
                    thread.join();
                }
                assertThat(least).isLessThan(SHORT);
            }
        }
    }

    @Test
    void whoDoesNotWaitAnyMoreIsNotWoken() {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 4, 0)) {
            assertThat(rig.consumer.poll(1_000L)).isEqualTo(Readiness.TIMED_OUT);
            rig.buffer.words.waitingVolatile(1L); // as if somebody waited still
            LockSupport.parkNanos(1L); // a permit that is left of anything
            rig.writeAll("0123456789abcdef");
            assertThat(rig.buffer.words.waitingVolatile()).isZero();
            final long start = System.nanoTime();
            LockSupport.parkNanos(SHORT);
            assertThat(System.nanoTime() - start).as("this thread was woken").isGreaterThan(SHORT / 2L);
        }
    }
}
