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
            assertThat(rig.stats().lostRecords(Result.CLOSED)).isEqualTo(2L);
            assertThat(rig.stats().lostBytes(Result.CLOSED)).isEqualTo(7L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theMemoryIsFreedWhenTheLastConsumerLetsGo(Variant variant) {
        final Rig rig = variant.open(16, 2, 0);
        rig.writeAll("0123456789abcdef", "abc");
        rig.finish();
        final MemorySegment data = rig.buffer.data();
        assertThat(data.scope().isAlive()).as("a consumer holds it").isTrue();
        final SubBuffer first = rig.consumer.next();
        assertThat(content(first)).isEqualTo(content(0, "0123456789abcdef", 0, 1));
        rig.consumer.subBuffersConsumed(1);
        assertThat(rig.drain()).containsExactly(content(1, "abc", 13, 1));
        rig.consumer.close();
        assertThat(data.scope().isAlive()).isFalse();
        if (!variant.overwrites()) {
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
        assertThat(rig.buffer.data().scope().isAlive()).isFalse();
        assertThat(rig.write("abc")).isEqualTo(Result.CLOSED);
        assertThat(rig.stats().lostRecords(Result.CLOSED)).isEqualTo(1L);
        assertThat(rig.stats().attemptedRecords()).isEqualTo(2L);
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
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "SHARED_OVERWRITE"})
    void aReservationThatOutlivesTheMemoryCanBeCommittedOrAborted(Variant variant) {
        final Rig rig = variant.open(16, 2, 4);
        final long committed = rig.reserve("abc");
        final long aborted = rig.reserve("de");
        rig.close();
        rig.writer.abort(aborted, 2);
        rig.writer.commit(committed, 3);
        assertThat(rig.stats().abortedRecords()).isEqualTo(1L);
        assertThat(rig.stats().pendingRecords()).isEqualTo(1L);
        assertThat(rig.stats().pendingBytes()).isEqualTo(5L);
    }

    @Test
    void callbacksAreNotCalledWithMemoryThatIsFreed() {
        final Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 2, 4, new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                subBuffer.set(ValueLayout.JAVA_INT, 0L, padding);
            }
        });
        final long held = rig.reserve("abc");
        rig.close();
        rig.writer.commit(held, 3);
        assertThat(rig.stats().pendingRecords()).isEqualTo(1L);
    }

    @Test
    void aConsumerOfOneBufferKeepsTheMemoryOfAll() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(16).build();
        final Channel channel = Channel.open(config);
        final Consumer one = channel.consumer(1);
        channel.buffer(0).write(new byte[5], 0, 5);
        channel.close();
        try (Consumer late = channel.consumer(0)) {
            assertThat(late.next().length()).as("still to be had after close").isEqualTo(5);
        }
        assertThat(channel.buffer(0).data().scope().isAlive()).isTrue();
        one.close();
        assertThat(channel.buffer(0).data().scope().isAlive()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "SHARED_OVERWRITE"})
    void writersThatMeetTheEndOfTheMemoryGetClosedAndEveryRecordIsCounted(Variant variant) throws Exception {
        for (int round = 0; round < 30; round++) {
            final Rig rig = variant.open(1 << 12, 4, 8);
            rig.consumer.close();
            final CountDownLatch running = new CountDownLatch(2);
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final long[] attempts = new long[2];
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                final int id = i;
                writers.add(Thread.ofPlatform().start(() -> {
                    final byte[] record = new byte[100 + 900 * id];
                    long result;
                    try {
                        do {
                            result = rig.buffer.write(record, 0, record.length);
                            attempts[id]++;
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
            assertThat(rig.buffer.data().scope().isAlive()).isFalse();
            assertThat(rig.stats().attemptedRecords()).isEqualTo(attempts[0] + attempts[1]);
            assertThat(rig.stats().lostRecords(Result.CLOSED)).isLessThanOrEqualTo(2L);
        }
    }
}
