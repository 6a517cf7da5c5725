// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters: each attempted record is in exactly one place at every quiet moment. */
class StatsTest {
    @ParameterizedTest
    @EnumSource
    void everyAttemptIsAccountedForAtEachStep(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            final long[] attempted = new long[2];
            for (int i = 0; i < 500; i++) {
                final int length = 1 + i * 7 % 14;
                if (i % 11 == 3) {
                    rig.channel.pause();
                }
                final boolean aborts = i % 13 == 5;
                final long result = aborts ? rig.writer.reserve(length) : rig.write("x".repeat(length));
                if (aborts && result >= 0L) {
                    rig.writer.abort(result, length);
                }
                attempted[0]++;
                attempted[1] += length;
                rig.channel.resume();
                if (i % 17 == 0) {
                    rig.flush();
                }
                if (i % 5 == 0 && rig.consumer.next() != null) {
                    rig.consumer.subBuffersConsumed(1);
                }
                if (i % 101 == 100) {
                    rig.flush();
                    assertThat(rig.channel.reset()).isTrue();
                    attempted[0] = 0L;
                    attempted[1] = 0L;
                }
                final BufferStats stats = rig.stats();
                assertThat(stats.attemptedRecords()).as(stats::toString).isEqualTo(attempted[0]);
                assertThat(stats.attemptedBytes()).as(stats::toString).isEqualTo(attempted[1]);
                assertThat(stats.backlog()).isBetween(0L, 2L);
            }
            assertThat(rig.stats().lostRecords()).isPositive();
            assertThat(rig.stats().deliveredRecords()).isPositive();
            assertThat(rig.stats().abortedRecords()).isPositive();
            assertThat(rig.stats().overwrittenRecords() > 0L).isEqualTo(variant.overwrites());
            rig.finish();
            assertThat(rig.write("x")).isEqualTo(Result.CLOSED);
            assertThat(rig.stats().attemptedRecords()).isEqualTo(attempted[0] + 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void skippedCountsWhatAResetDropped(Variant variant) {
        try (Rig rig = variant.open(16, 4, 4)) {
            rig.writeAll("0123456789", "abc", "defgh");
            rig.channel.reset();
            final BufferStats whole = rig.buffer.stats();
            final long inCurrent = variant.exclusive ? 1L : 0L; // its owner flushes at its next write
            assertThat(whole.skippedSubBuffers()).isEqualTo(2L - inCurrent);
            assertThat(whole.skippedRecords() + whole.pendingRecords()).isEqualTo(3L);
            assertThat(whole.skippedBytes() + whole.pendingBytes()).isEqualTo(18L);
            assertThat(whole.attemptedRecords()).isEqualTo(3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countersOfBuffersAddUp(Variant variant) throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").mode(variant.mode)
                .exclusive(variant.exclusive).bufferCount(2).subBufferSize(16).subBufferCount(2).build())) {
            for (int i = 0; i < 2; i++) {
                final RecordWriter writer = variant.exclusive ? channel.exclusiveWriter(i) : channel.buffer(i);
                for (int j = 0; j < 3 + 2 * i; j++) {
                    writer.write(new byte[10], 0, 10);
                }
            }
            final BufferStats sum = channel.stats();
            assertThat(sum.attemptedRecords()).isEqualTo(8L);
            assertThat(sum.attemptedBytes()).isEqualTo(80L);
            assertThat(sum.pendingRecords()).isEqualTo(4L);
            assertThat(sum.produced()).isEqualTo(channel.stats(0).produced() + channel.stats(1).produced());
            assertThat(sum.plus(sum).pendingBytes()).isEqualTo(80L);
            assertThat(sum).hasToString(channel.stats(0).plus(channel.stats(1)).toString())
                    .asString().contains("pending=4/40B")
                    .contains(variant.overwrites() ? "overwritten=4/40B" : "lost.FULL=4/40B");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0L, -7L, 1L, Long.MIN_VALUE})
    void aCauseThatIsNoneIsRefused(long cause) {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 2, 0)) {
            assertThatThrownBy(() -> rig.stats().lostRecords(cause)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(cause)).hasMessageContaining("-6 to -1");
            assertThatThrownBy(() -> rig.stats().lostBytes(cause)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
