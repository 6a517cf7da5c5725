// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound on the delay of a record: {@link ChannelConfig.Builder#flushAfter}. */
@Timeout(60)
class FlushAfterTest {
    private static final Duration BOUND = Duration.ofMillis(20L);
    private static final long GENEROUS = 500L * BOUND.toNanos();

    private static Rig open(Variant variant, Callbacks callbacks) {
        return new Rig(variant, variant.config(64, 4, 2).flushAfter(BOUND).callbacks(callbacks).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT0.0009999S", "PT0.000000001S", "PT24H0.000000001S"})
    void boundsAreCheckedAtBuild(Duration wrong) {
        assertThatThrownBy(() -> ChannelConfig.builder("x").flushAfter(wrong).build())
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("flush after " + wrong)
                .hasMessageContaining("0 or PT0.001S to PT24H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.001S", "PT24H"})
    void theBoundsThemselvesWillDo(Duration right) {
        assertThat(ChannelConfig.builder("x").flushAfter(right).build().flushAfter()).isEqualTo(right);
        assertThatThrownBy(() -> ChannelConfig.builder("x").flushAfter(null)).hasMessage("flushAfter");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aRecordOfASilentWriterIsDeliveredWithoutAFlush(Variant variant) {
        try (Rig rig = open(variant, Callbacks.NONE)) {
            for (int i = 0; i < 3; i++) {
                rig.writeAll("record" + i);
                assertThat(rig.consumer.poll(GENEROUS)).isEqualTo(Readiness.READABLE);
                assertThat(rig.drain()).containsExactly(Rig.content(i, "\0\0record" + i, 55, 1));
            }
            assertThat(rig.stats().produced()).as("what is empty is left alone").isEqualTo(3L);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "EXCLUSIVE.*")
    void anExclusiveBufferIsReadableMeanwhileAndFlushedAtItsOwnersNextCall(Variant variant) {
        try (Rig rig = open(variant, Callbacks.NONE)) {
            rig.writeAll("silent");
            assertThat(rig.read(100)).as("at once").isEqualTo("\0\0silent");
            final long before = rig.buffer.requestAcquire();
            final long start = System.nanoTime();
            while (rig.buffer.requestAcquire() == before) {
                assertThat(System.nanoTime() - start).as("nothing was asked for").isLessThan(GENEROUS);
                Thread.onSpinWait();
            }
            assertThat(rig.consumer.next()).isNull();
            rig.writeAll("next");
            assertThat(rig.drain()).contains(Rig.content(0, "\0\0silent", 56, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aHookThatThrowsOrAPauseDoesNotStopIt(Variant variant) {
        final Callbacks broken = new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer,
                    int padding, int records) {
                if (sequence == 0L) {
                    throw new IllegalArgumentException("on purpose");
                }
            }
        };
        final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> assertThat(thrown).hasMessage("on purpose"));
        try (Rig rig = open(variant, broken)) {
            for (int i = 0; i < 2; i++) {
                rig.writeAll("record" + i);
                rig.channel.pause();
                assertThat(rig.consumer.poll(GENEROUS)).isEqualTo(Readiness.READABLE);
                assertThat(rig.drain()).hasSize(1);
                rig.channel.resume();
            }
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void itsThreadEndsWithTheChannel() throws Exception {
        final Channel channel = Channel.open(ChannelConfig.builder("flushed").bufferCount(1).flushAfter(BOUND).build());
        final Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("relay-flushed")).findFirst().orElseThrow();
        assertThat(thread.isDaemon()).isTrue();
        channel.close();
        thread.join(10_000L);
        assertThat(thread.isAlive()).isFalse();
        try (Channel none = Channel.open(ChannelConfig.builder("none").bufferCount(1).build())) {
            assertThat(none.bufferCount()).isOne();
            assertThat(Thread.getAllStackTraces().keySet()).noneMatch(each -> each.getName().equals("relay-none"));
        }
    }
}
