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
                assertThat(stats.attempted().records()).as(stats::toString).isEqualTo(attempted[0]);
                assertThat(stats.attempted().bytes()).as(stats::toString).isEqualTo(attempted[1]);
                assertThat(stats.backlog()).isBetween(0L, 2L);
            }
            assertThat(rig.stats().lost().records()).isPositive();
            assertThat(rig.stats().delivered().records()).isPositive();
            assertThat(rig.stats().aborted().records()).isPositive();
            assertThat(rig.stats().overwritten().records() > 0L).isEqualTo(variant.overwrites());
            rig.finish();
            assertThat(rig.write("x")).isEqualTo(Result.CLOSED);
            assertThat(rig.stats().attempted().records()).isEqualTo(attempted[0] + 1L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void skippedCountsWhatAResetDropped(Variant variant) {
        try (Rig rig = variant.open(16, 4, 4)) {
            rig.writeAll("0123456789", "abc", "defgh");
            rig.channel.reset();
            final BufferStats whole = rig.buffer.statsSinceOpen();
            final long inCurrent = variant.exclusive ? 1L : 0L; // its owner flushes at its next write
            assertThat(whole.skipped().subBuffers()).isEqualTo(2L - inCurrent);
            assertThat(whole.skipped().records() + whole.pending().records()).isEqualTo(3L);
            assertThat(whole.skipped().bytes() + whole.pending().bytes()).isEqualTo(18L);
            assertThat(whole.attempted().records()).isEqualTo(3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countersOfBuffersAddUp(Variant variant) throws Exception {
        try (Channel channel = Channel.open(variant.config("cpu", 2).subBufferSize(16).subBufferCount(2).build())) {
            for (int i = 0; i < 2; i++) {
                final RecordWriter writer = variant.writer(channel, i);
                for (int j = 0; j < 3 + 2 * i; j++) {
                    writer.write(new byte[10], 0, 10);
                }
            }
            final BufferStats sum = channel.statsSinceReset();
            assertThat(sum.attempted().records()).isEqualTo(8L);
            assertThat(sum.attempted().bytes()).isEqualTo(80L);
            assertThat(sum.pending().records()).isEqualTo(4L);
            final BufferStats zero = channel.buffer(0).statsSinceReset();
            final BufferStats one = channel.buffer(1).statsSinceReset();
            assertThat(sum.produced()).isEqualTo(zero.produced() + one.produced());
            assertThat(sum.plus(sum).pending().bytes()).isEqualTo(80L);
            assertThat(sum).hasToString(zero.plus(one).toString())
                    .asString().contains("pending=4/40B")
                    .contains(variant.overwrites() ? "overwritten=4/40B" : "lost.FULL=4/40B");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0L, -7L, 1L, Long.MIN_VALUE})
    void aCauseThatIsNoneIsRefused(long cause) {
        assertThatThrownBy(() -> Loss.of(cause)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(cause)).hasMessageContaining("-6 to -1");
    }
}
