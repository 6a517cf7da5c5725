// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What threads of a channel do by themselves: looks, beats, and their end. */
@Timeout(60)
class TickerTest {
    private static final Duration LONG = Duration.ofHours(20L);
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path directory;

    private ChannelConfig.Builder config() {
        return config("tick");
    }

    private ChannelConfig.Builder config(String name) {
        return ChannelConfig.builder(name).bufferCount(2).subBufferSize(64).subBufferCount(4)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO);
    }

    private static boolean isFresh(long beat) {
        return Beat.isFresh(beat, 0L);
    }

    // ---- when each thing is done, by a clock that is made up ------------------------------------------------------

    private static Ticker idle(ChannelConfig.Builder config) {
        return new Ticker(null, new RelayBuffer[0], config.build());
    }

    @Test
    void theFirstThingComesAfterTheShortestPeriod() {
        assertThat(idle(config().tickInterval(LONG)).step(0L)).as("beat").isEqualTo(SECOND);
        assertThat(idle(config().tickInterval(Duration.ofMillis(9L))).step(0L)).as("tick").isEqualTo(9_000_000L);
        assertThat(idle(config().tickInterval(LONG).flushAfter(Duration.ofMillis(8L))).step(0L)).as("look")
                .isEqualTo(4_000_000L);
    }

    @Test
    void nobodyBeatsWhereNobodyTicks() {
        assertThat(idle(config().flushAfter(LONG)).step(0L)).isEqualTo(LONG.toNanos() / 2L);
        assertThat(idle(config().flushAfter(LONG).tickInterval(LONG).storage(Storage.memory())).step(0L))
                .as("memory of this process").isEqualTo(LONG.toNanos() / 2L);
    }

    @Test
    void eachThingIsDoneWhenItIsDue() throws IOException {
        final ChannelConfig config = config().tickInterval(Duration.ofSeconds(3L)).flushAfter(Duration.ofSeconds(4L))
                .build();
        final MemorySegment memory = MemorySegment.ofArray(
                new long[(int) ControlPage.size(config.geometry(), config.bufferCount()) / Long.BYTES]);
        final ControlPage page = ControlPage.create(memory, config);
        try (Channel channel = Channel.open(config().build()); Consumer consumer = channel.consumer(0)) {
            final Ticker ticker = new Ticker(page, new RelayBuffer[] {channel.buffer(0), channel.buffer(1)}, config);
            final ControlWords words = channel.buffer(0).words;
            final LongFunction<String> doneAt = now -> {
                memory.set(ValueLayout.JAVA_LONG, 128L, 1L);
                words.consumerBeatOpaque(1L);
                final long next = ticker.step(now);
                return (isFresh(memory.get(ValueLayout.JAVA_LONG, 128L)) ? "tick, " : "")
                        + (isFresh(words.consumerBeatOpaque()) ? "beat, " : "")
                        + (consumer.poll(0L) == Readiness.READABLE ? "flushed, " : "") + "next " + next / 1_000_000L;
            };
            channel.writer(0).write(new byte[3], 0, 3);
            assertThat(doneAt.apply(0L)).isEqualTo("next 1000");
            assertThat(doneAt.apply(SECOND - 1L)).isEqualTo("next 1000");
            assertThat(doneAt.apply(SECOND)).isEqualTo("beat, next 2000");
            assertThat(doneAt.apply(2L * SECOND)).as("and a look").isEqualTo("beat, next 3000");
            assertThat(doneAt.apply(3L * SECOND - 1L)).isEqualTo("next 3000");
            assertThat(doneAt.apply(3L * SECOND)).isEqualTo("tick, beat, next 4000");
            assertThat(doneAt.apply(4L * SECOND - 1L)).isEqualTo("next 4000");
            assertThat(doneAt.apply(4L * SECOND)).isEqualTo("beat, flushed, next 5000");
            assertThat(doneAt.apply(9L * SECOND)).as("late: once").isEqualTo("tick, beat, flushed, next 10000");
            assertThat(doneAt.apply(12L * SECOND - 1L)).isEqualTo("beat, flushed, next 12000");
            assertThat(doneAt.apply(12L * SECOND)).isEqualTo("tick, beat, flushed, next 12999");
        }
    }

    // ---- looks --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void aLookFlushesWhatWasOpenAtTheLookBefore(Variant variant) {
        final ChannelConfig config = variant.config(16, 4, 0).build();
        try (Rig rig = new Rig(variant, config)) {
            final Ticker ticker = new Ticker(null, new RelayBuffer[] {rig.buffer}, config);
            ticker.flushOld();
            rig.writeAll("abc");
            ticker.flushOld();
            assertThat(rig.drain()).as("it may have been written just now").isEmpty();
            rig.writeAll("def");
            ticker.flushOld();
            assertThat(rig.drain()).containsExactly(Rig.content(0, "abcdef", 10, 2));
            ticker.flushOld();
            rig.writeAll("0123456789");
            ticker.flushOld();
            rig.writeAll("abcdefghij");
            assertThat(rig.drain()).containsExactly(Rig.content(1, "0123456789", 6, 1));
            ticker.flushOld();
            assertThat(rig.drain()).as("another one is open now").isEmpty();
            ticker.flushOld();
            assertThat(rig.drain()).containsExactly(Rig.content(2, "abcdefghij", 6, 1));
        }
    }

    /** A look each half of the bound: the least of some delays is far below the bound, whatever the machine adds. */
    @Test
    void aRecordWaitsForLessThanTheBound() throws Exception {
        final Duration bound = Duration.ofMillis(200L);
        final Variant variant = Variant.SHARED_NO_OVERWRITE;
        try (Rig rig = new Rig(variant, variant.config(64, 4, 0).flushAfter(bound).build())) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 10 && least >= bound.toNanos(); i++) {
                Thread.sleep(bound.dividedBy(4L)); // else it is written just after a look, and waits for two more
                final long start = System.nanoTime();
                rig.writeAll("abc");
                assertThat(rig.consumer.poll(30_000_000_000L)).isEqualTo(Readiness.READABLE);
                least = Math.min(least, System.nanoTime() - start);
                rig.drain();
            }
            assertThat(least).isLessThan(bound.toNanos());
        }
    }

    @Test
    void whatAHookThrowsIsReportedAndStopsNothing() throws Exception {
        final List<String> reported = new CopyOnWriteArrayList<>();
        final Callbacks broken = new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                throw new IllegalArgumentException("end of " + sequence);
            }
        };
        final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown.getMessage()));
        try (Channel channel = Channel.open(config().flushAfter(Duration.ofMillis(2L)).callbacks(broken).build())) {
            for (int i = 0; i < 2; i++) {
                channel.writer(0).write(new byte[3], 0, 3);
                while (reported.size() <= i) {
                    Thread.sleep(1L);
                }
            }
            assertThat(reported).containsExactly("end of 0", "end of 1");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void itsThreadEndsWithTheChannelThoughItHasNothingToDoForHours() throws Exception {
        final Channel channel = Channel.open(config("hours").flushAfter(LONG).build()); // with ticks it would beat
        final Thread thread = Threads.resting("relay-hours");
        channel.close();
        thread.join(20_000L);
        assertThat(thread.isAlive()).isFalse();
    }

    // ---- beats --------------------------------------------------------------------------------------------------

    @Test
    void aTickBeatsForTheChannelAndItsConsumers() throws IOException {
        try (Channel channel = Channel.open(config().build()); Consumer consumer = channel.consumer(1)) {
            assertThat(consumer.next()).isNull();
            channel.buffer(1).words.consumerBeatOpaque(1L);
            channel.tick();
            assertThat(isFresh(channel.buffer(1).words.consumerBeatOpaque())).isTrue();
            assertThat(channel.buffer(0).words.consumerBeatOpaque()).as("it has no consumer").isZero();
        }
    }

    /** Who cannot see this process takes its consumer for gone after five seconds, however rare the ticks are. */
    @Test
    void aConsumerHereBeatsEachSecondThoughTicksAreRare() throws Exception {
        try (Channel channel = Channel.open(config().tickInterval(LONG).build());
                Consumer consumer = channel.consumer(0)) {
            assertThat(consumer.next()).isNull();
            channel.buffer(0).words.consumerBeatOpaque(1L);
            while (!isFresh(channel.buffer(0).words.consumerBeatOpaque())) {
                Thread.sleep(5L); // the time limit is the test
            }
        }
    }

    @Test
    void whoHasMappedAChannelBeatsForItselfAndItsConsumers() throws Exception {
        try (Channel channel = Channel.open(config().build());
                MappedChannel first = MappedChannel.open(directory, "tick");
                MappedChannel second = MappedChannel.open(directory, "tick");
                Consumer consumer = second.consumer(1)) {
            assertThat(consumer.next()).isNull();
            assertThat(first.bufferCount()).isEqualTo(2);
            for (final RelayBuffer buffer : List.of(channel.buffer(0), channel.buffer(1))) {
                buffer.words.mappedBeatOpaque(0, 1L);
                buffer.words.mappedBeatOpaque(1, 1L);
            }
            channel.buffer(1).words.consumerBeatOpaque(1L);
            for (int i = 0; i < 2; i++) {
                final ControlWords words = channel.buffer(i).words;
                while (!isFresh(words.mappedBeatOpaque(0)) || !isFresh(words.mappedBeatOpaque(1))
                        || i == 1 && !isFresh(words.consumerBeatOpaque())) {
                    Thread.sleep(5L); // a beat each second; the time limit is the test
                }
            }
            assertThat(channel.buffer(0).words.consumerBeatOpaque()).as("it has no consumer").isZero();
            assertThat(channel.buffer(0).words.mappedBeatOpaque(2)).as("nobody is there").isZero();
        }
    }

    @Test
    void whoHasMappedAChannelRestsBetweenItsBeats() throws IOException {
        try (Channel channel = Channel.open(config("rest").build());
                MappedChannel mapped = MappedChannel.open(directory, "rest")) {
            assertThat(mapped.bufferCount()).isEqualTo(channel.bufferCount());
            assertThat(Threads.resting("relay-mapped-rest").isAlive()).isTrue();
        }
    }

    @Test
    void whoHasMappedAChannelBeatsUntilTheLastOneLetsGo() throws IOException {
        try (Channel channel = Channel.open(config().build())) {
            final MappedChannel mapped = MappedChannel.open(directory, "tick");
            final Consumer consumer = mapped.consumer(1);
            mapped.close();
            final ControlWords words = channel.buffer(1).words;
            words.mappedBeatOpaque(0, 1L);
            words.consumerBeatOpaque(1L);
            assertThat(mapped.beat()).isTrue();
            assertThat(isFresh(words.mappedBeatOpaque(0))).isTrue();
            assertThat(isFresh(words.consumerBeatOpaque())).isTrue();
            consumer.close();
            words.mappedBeatOpaque(0, 1L);
            assertThat(mapped.beat()).isFalse();
            assertThat(words.mappedBeatOpaque(0)).as("somebody else's by now").isEqualTo(1L);
        }
    }

    @Test
    void whoOnlyLooksHasNoThread() throws IOException {
        try (Channel channel = Channel.open(config("seen").build());
                MappedChannel seen = MappedChannel.look(directory, "seen")) {
            assertThat(seen.bufferCount()).isEqualTo(channel.bufferCount());
            assertThat(Thread.getAllStackTraces().keySet()).noneMatch(
                    each -> each.getName().equals("relay-mapped-seen"));
        }
    }

    @Test
    void thePageHasTheIntervalAndTheBeatInNanoseconds() throws IOException {
        try (Channel channel = Channel.open(config().tickInterval(LONG).build());
                FileChannel page = FileChannel.open(directory.resolve(".tick.control"), StandardOpenOption.WRITE);
                MappedChannel seen = MappedChannel.look(directory, "tick")) {
            assertThat(channel.bufferCount()).isEqualTo(2);
            assertThat(ByteBuffer.wrap(Files.readAllBytes(directory.resolve(".tick.control")))
                    .order(ByteOrder.nativeOrder()).getLong(64)).isEqualTo(LONG.toNanos());
            page.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder())
                    .putLong(0, Beat.now() - Duration.ofMinutes(1L).toNanos()), 128L);
            assertThat(seen.heartbeatAgeMillis()).isBetween(60_000L, 180_000L);
        }
    }
}
