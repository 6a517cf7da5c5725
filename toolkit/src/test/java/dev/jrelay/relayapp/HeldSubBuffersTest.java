// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeldSubBuffersTest {
    private static final long POLL_NANOS = 10_000_000L;

    @Test
    @SuppressWarnings("try") // closed before its end
    void waitsForALivingWriterAndPassesWhatIsHeldAfterTheEnd() throws Exception {
        final Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(64).subBufferCount(4)
                .bufferCount(1).build());
        try (channel; Consumer consumer = channel.consumer(0)) {
            final HeldSubBuffers held = new HeldSubBuffers(consumer);
            for (int i = 0; i < 2; i++) {
                channel.writer(0).reserve(64);
            }
            final long finished = channel.writer(0).reserve(64);
            assertThat(consumer.poll(POLL_NANOS)).isEqualTo(Readiness.HELD);
            for (int i = 0; i < 100; i++) {
                assertThat(held.look(consumer.poll(POLL_NANOS), false)).as("its writer may come back").isEqualTo(-1L);
            }
            close(channel);
            final long start = System.nanoTime();
            assertThat(pass(consumer, held)).isZero();
            assertThat(System.nanoTime() - start).as("it was given a second").isGreaterThanOrEqualTo(1_000_000_000L);
            assertThat(held.look(consumer.poll(POLL_NANOS), true)).as("the next one at once").isOne();
            assertThat(consumer.poll(POLL_NANOS)).isEqualTo(Readiness.HELD);
            channel.writer(0).commit(finished, 64);
            assertThat(held.look(consumer.poll(POLL_NANOS), true)).isEqualTo(-1L);
            consumer.next();
            consumer.subBuffersConsumed(1);
            assertThat(consumer.poll(POLL_NANOS)).isEqualTo(Readiness.HANG_UP);
            assertThat(held.passed()).containsExactly(0L, 1L);
        }
        assertThat(HeldSubBuffers.describe(3, List.of(7L, 9L)))
                .isEqualTo("cpu 3: PASSED 2 sub-buffers, not in the file: a writer never finished a record in 7, 9");
    }

    /** Of the time between two looks only a little counts: whoever stood still has seen nothing meanwhile. */
    @Test
    void isPatientByWhatItHasSeenAndNotByTheClock() throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(64).subBufferCount(4)
                .bufferCount(1).build()); Consumer consumer = channel.consumer(0)) {
            final HeldSubBuffers held = new HeldSubBuffers(consumer);
            channel.writer(0).reserve(64);
            channel.writer(0).reserve(64);
            assertThat(held.look(Readiness.HELD, true)).isEqualTo(-1L);
            Thread.sleep(1_200L);
            assertThat(held.look(Readiness.HELD, true)).isEqualTo(-1L);
            assertThat(held.passed()).isEmpty();
        }
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }

    private static long pass(Consumer consumer, HeldSubBuffers held) {
        for (;;) {
            final long passed = held.look(consumer.poll(POLL_NANOS), true);
            if (passed >= 0L) {
                return passed;
            }
        }
    }
}
