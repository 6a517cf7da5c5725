// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels some of whose buffers are exclusive: the last ones. */
class MixedChannelTest {
    private static ChannelConfig.Builder config(int bufferCount, int exclusive) {
        return ChannelConfig.builder("mixed").bufferCount(bufferCount).exclusiveBuffers(exclusive).subBufferSize(64)
                .subBufferCount(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 4, Integer.MAX_VALUE})
    void asManyAsThereAreBuffersCanBeExclusive(int count) {
        assertThatThrownBy(() -> config(3, count).build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(count)).hasMessageContaining("0 to the buffer count, 3");
        assertThat(config(3, 3).build().exclusiveBuffers()).isEqualTo(3);
    }

    private enum Selector {
        STRIPED, CPU_ID, LAST;

        CpuSelector selector() {
            return switch (this) {
                case STRIPED -> CpuSelector.striped();
                case CPU_ID -> CpuSelector.cpuId();
                case LAST -> shared -> shared - 1;
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void theChannelWritesIntoTheSharedOnesOnly(Selector selector) throws Exception {
        for (int exclusive = 1; exclusive <= 3; exclusive++) {
            try (Channel channel = Channel.open(config(5, exclusive).subBufferSize(1 << 12)
                    .cpuSelector(selector.selector()).build())) {
                final List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    final Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                    threads.add(builder.start(() -> {
                        channel.write(new byte[10], 0, 10);
                        channel.writer().write(new byte[5], 0, 5);
                    }));
                }
                for (final Thread thread : threads) {
                    thread.join();
                }
                assertThat(channel.statsSinceReset().pending()).isEqualTo(new Tally(0L, 40L, 300L));
                for (int i = 0; i < 5; i++) {
                    assertThat(channel.buffer(i).isExclusive()).isEqualTo(i >= 5 - exclusive);
                    if (channel.buffer(i).isExclusive()) {
                        assertThat(channel.buffer(i).statsSinceOpen().attempted()).isEqualTo(Tally.ZERO);
                    }
                }
            }
        }
    }

    @Test
    void eachExclusiveBufferIsHandedOutOnceAndAgainWhenItIsGivenBack() throws Exception {
        try (Channel channel = Channel.open(config(5, 3).build())) {
            final Set<Integer> indexes = new HashSet<>();
            final List<ExclusiveWriter> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                writers.add(channel.tryExclusiveWriter());
                indexes.add(writers.getLast().buffer().index());
            }
            assertThat(indexes).containsExactlyInAnyOrder(2, 3, 4);
            assertThat(channel.tryExclusiveWriter()).isNull();
            assertThatThrownBy(() -> channel.exclusiveWriter(3)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mixed3");
            assertThatThrownBy(() -> channel.exclusiveWriter(1)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mixed1").hasMessageContaining("is shared");
            assertThatThrownBy(() -> channel.writer(2)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mixed2").hasMessageContaining("is exclusive");
            assertThat(channel.writer(1).buffer().index()).isEqualTo(1);
            final int free = writers.get(1).buffer().index();
            writers.get(1).close();
            try (ExclusiveWriter again = channel.tryExclusiveWriter()) {
                assertThat(again.buffer().index()).isEqualTo(free);
            }
            writers.forEach(ExclusiveWriter::close);
        }
    }

    @Test
    void manyThreadsShareThemOutAmongThemselves() throws Exception {
        try (Channel channel = Channel.open(config(4, 3).subBufferSize(1 << 12).build())) {
            for (int round = 0; round < 200; round++) {
                final Crew crew = new Crew();
                final Set<Integer> claimed = ConcurrentHashMap.newKeySet();
                final List<ExclusiveWriter> writers = Collections.synchronizedList(new ArrayList<>());
                for (int i = 0; i < 4; i++) {
                    crew.worker(true, () -> {
                        final ExclusiveWriter writer = channel.tryExclusiveWriter();
                        if (writer != null) {
                            assertThat(claimed.add(writer.buffer().index())).as("handed out twice").isTrue();
                            writers.add(writer);
                        }
                    });
                }
                crew.join();
                assertThat(writers).hasSize(3);
                writers.forEach(ExclusiveWriter::close);
            }
        }
    }

    @Test
    void aChannelOfExclusiveBuffersHasNoSharedWriter() throws Exception {
        try (Channel channel = Channel.open(config(2, 2).build())) {
            assertThatThrownBy(() -> channel.write(new byte[3], 0, 3)).isInstanceOf(IllegalStateException.class)
                    .hasMessage("channel mixed has exclusive buffers only");
            assertThatThrownBy(channel::writer).isInstanceOf(IllegalStateException.class)
                    .hasMessage("channel mixed has exclusive buffers only");
            assertThat(channel.statsSinceReset().attempted()).isEqualTo(Tally.ZERO);
        }
    }

    @Test
    void aChannelWithoutExclusiveBuffersHandsOutNone() throws Exception {
        try (Channel channel = Channel.open(config(2, 0).build())) {
            assertThat(channel.tryExclusiveWriter()).isNull();
        }
    }

    @Test
    void closeEndsTheSharedOnesAtOnceAndTheOthersWithTheirOwners() throws Exception {
        final Channel channel = Channel.open(config(2, 1).build());
        final ExclusiveWriter writer = channel.exclusiveWriter(1);
        final Consumer shared = channel.consumer(0);
        final Consumer exclusive = channel.consumer(1);
        writer.write(new byte[3], 0, 3);
        channel.close();
        assertThat(shared.poll(0L)).isEqualTo(Readiness.HANG_UP);
        assertThat(exclusive.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
        shared.close();
        writer.close();
        assertThat(exclusive.next().length()).isEqualTo(3);
        assertThat(exclusive.subBuffersConsumed(1)).isEqualTo(1);
        assertThat(exclusive.poll(0L)).isEqualTo(Readiness.HANG_UP);
        assertThat(writer.data().scope().isAlive()).isTrue();
        exclusive.close();
        assertThat(writer.data().scope().isAlive()).isFalse();
    }
}
