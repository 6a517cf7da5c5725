// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.watch.Trigger.Condition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a flight recorder is dumped, and when not; and the rates between two looks. */
class TriggerTest {
    @TempDir
    private Path directory;

    private Channel open(Mode mode) throws IOException {
        return Channel.open(ChannelConfig.builder("demo").subBufferSize(64).subBufferCount(4).bufferCount(2).mode(mode)
                .storage(Storage.files(directory)).build());
    }

    private static void write(Channel channel, int count) {
        for (int i = 0; i < count; i++) {
            channel.writer(1).write(new byte[60], 0, 60);
        }
    }

    private static void consume(Channel channel, int count) {
        try (Consumer consumer = channel.consumer(1)) {
            for (int i = 0; i < count; i++) {
                assertThat(consumer.next()).isNotNull();
                consumer.subBuffersConsumed(1);
            }
        }
    }

    @Test
    void aLossPullsItOnceForEach() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE); MappedChannel mapped = MappedChannel.look(directory, "demo")) {
            write(channel, 6); // two are lost before it is armed
            final Trigger trigger = new Trigger(mapped, List.of(new Condition.Lost()));
            assertThat(trigger.look()).isNull();
            write(channel, 3);
            assertThat(trigger.look()).isEqualTo("cpu 1: LOST 3 records (180 bytes): the buffer was full");
            assertThat(trigger.look()).isNull();
            write(channel, 1);
            assertThat(trigger.look()).contains("LOST 1 records");
        }
    }

    @Test
    void whatOverwriteModeOverwritesIsNoLossAndARefusedRecordIs() throws IOException {
        try (Channel channel = open(Mode.OVERWRITE); MappedChannel mapped = MappedChannel.look(directory, "demo")) {
            final Trigger trigger = new Trigger(mapped, List.of(new Condition.Lost()));
            write(channel, 100);
            assertThat(trigger.look()).isNull();
            channel.writer(0).write(new byte[100], 0, 100);
            assertThat(trigger.look()).isEqualTo("cpu 0: LOST 1 records (100 bytes): the record was too large");
        }
    }

    @Test
    void aBacklogPullsItWhenItRisesAboveItsLimit() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE); MappedChannel mapped = MappedChannel.look(directory, "demo")) {
            final Trigger trigger = new Trigger(mapped, List.of(Condition.parse("backlog=50%")));
            write(channel, 2); // the first one is closed
            assertThat(trigger.look()).isNull();
            write(channel, 1);
            assertThat(trigger.look()).isEqualTo("cpu 1: BACKLOG 2 of 4 sub-buffers: 50 % or more");
            write(channel, 1);
            assertThat(trigger.look()).as("still above").isNull();
            consume(channel, 2);
            assertThat(trigger.look()).isNull();
            write(channel, 1);
            assertThat(trigger.look()).as("armed again").contains("BACKLOG 2 of 4");
        }
    }

    @Test
    void aSignalPullsItOnlyIfItIsWaitedFor() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE); MappedChannel mapped = MappedChannel.look(directory, "demo")) {
            final Trigger deaf = new Trigger(mapped, List.of(new Condition.Lost()));
            deaf.signal("somebody");
            assertThat(deaf.look()).isNull();
            final Trigger trigger = new Trigger(mapped, List.of(new Condition.Lost(), new Condition.Signalled()));
            assertThat(trigger.look()).isNull();
            trigger.signal("somebody");
            assertThat(trigger.look()).isEqualTo("somebody");
            assertThat(trigger.look()).isNull();
            assertThatThrownBy(() -> new Trigger(mapped, List.of())).hasMessageContaining("must be one or more");
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
    }

    @Test
    void conditionsAreReadAsUsersWriteThem() {
        assertThat(Condition.parse("Loss")).isEqualTo(new Condition.Lost());
        assertThat(Condition.parse("backlog")).isEqualTo(new Condition.Filled(75));
        assertThat(Condition.parse("backlog=100%")).isEqualTo(new Condition.Filled(100));
        assertThat(Condition.parse("backlog=1")).isEqualTo(new Condition.Filled(1));
        assertThat(Condition.parse("signal")).isEqualTo(new Condition.Signalled());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lost", "backlog=", "backlog=0%", "backlog=101%", "backlog=4294967297",
        "backlog=9999999"})
    void otherConditionsAreRefused(String text) {
        assertThatThrownBy(() -> Condition.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "': must be");
    }

    @Test
    void ratesAreThoseBetweenTwoLooks() throws IOException {
        try (Channel channel = open(Mode.NO_OVERWRITE); MappedChannel mapped = MappedChannel.look(directory, "demo")) {
            write(channel, 2);
            final ChannelWatch watch = new ChannelWatch(mapped);
            final ChannelWatch.Reading first = watch.look().get(1);
            assertThat(first.hasRates()).isFalse();
            assertThat(first.written().records()).isZero();
            assertThat(first.stats().attempted().records()).isEqualTo(2L);
            write(channel, 5); // two fit
            consume(channel, 2);
            final List<ChannelWatch.Reading> readings = watch.look();
            final ChannelWatch.Reading second = readings.get(1);
            assertThat(second.written()).isEqualTo(new dev.jrelay.Tally(0L, 2L, 120L));
            assertThat(second.consumed().records()).isEqualTo(2L);
            assertThat(second.lost(dev.jrelay.Loss.FULL).records()).isEqualTo(3L);
            assertThat(second.lost().bytes()).isEqualTo(180L);
            assertThat(second.perSecond(7L)).isEqualTo(7e9 / second.nanos());
            assertThat(ChannelWatch.sum(readings).lost().records()).isEqualTo(3L);
            assertThat(readings.get(0).written().records()).isZero();
        }
    }
}
