// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.RecordWriter;
import dev.jrelay.RelayBuffer;
import dev.jrelay.SharedWriter;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogClock;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times, numbers and losses are in order whatever threads do, which is here often the worst they can do. */
class CtfTimeTest {
    private static final int SUB_BUFFER = CtfPacket.HEADER_BYTES + 5 * Packets.EVENT_SIZE;

    private final KlogClock clock = KlogClock.system();

    /**
     * One thread plays many: inside a callback, where a thread could be interrupted, it goes on writing, so that
     * openers and deliverers are overtaken by up to all sub-buffers of the buffer. Deterministic for a seed.
     */
    @ParameterizedTest
    @CsvSource({"1, true, true", "2, true, true", "4, false, true", "8, true, true", "4, false, false",
        "8, true, false"})
    void anyInterruption(int subBufferCount, boolean overwrite, boolean goodClock) throws Exception {
        final long seed = new Random().nextLong();
        System.out.println("CtfTimeTest.anyInterruption seed " + seed);
        final Random random = new Random(seed);
        final long[] time = {1_000L};
        final LongSupplier testClock = () -> time[0] += goodClock ? 1 + random.nextInt(10) : random.nextInt(41) - 20;
        final Ctf ctf = new Ctf(1, subBufferCount, false, testClock);
        final Interruptions writers = new Interruptions(ctf, random, testClock);
        final Packets packets = new Packets();
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .mode(overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE).callbacks(writers).build());
                Consumer consumer = channel.consumer(0)) {
            writers.writer = channel.writer(0);
            for (int i = 0; i < 20_000; i++) {
                writers.act();
                if (random.nextInt(8) == 0) {
                    drain(consumer, packets);
                }
            }
            writers.commitAll();
            drain(consumer, packets);
            channel.flush();
            drain(consumer, packets);
            assertThat(packets.events).isEqualTo(channel.statsSinceReset().delivered().records()).isGreaterThan(2_000L);
            assertThat(writers.overtaken).as("callbacks overtaken by later sub-buffers")
                    .isGreaterThanOrEqualTo(subBufferCount == 1 ? 0L : 100L);
            assertThat(packets.discarded).isLessThanOrEqualTo(channel.statsSinceReset().lost().records());
            if (goodClock) {
                assertThat(packets.lowered).isZero();
            }
        }
    }

    private static void drain(Consumer consumer, Packets packets) {
        for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
            packets.check(s);
            consumer.subBuffersConsumed(1);
        }
    }

    /** Many writers played by one thread: reservations held back, and actions in the middle of callbacks. */
    private static final class Interruptions implements Callbacks {
        private final Callbacks ctf;
        private final Random random;
        private final LongSupplier clock;
        private final Deque<long[]> held = new ArrayDeque<>();
        private SharedWriter writer;
        private int depth;
        private long latest;
        private long overtaken;

        Interruptions(Callbacks ctf, Random random, LongSupplier clock) {
            this.ctf = ctf;
            this.random = random;
            this.clock = clock;
        }

        void act() {
            final long before = clock.getAsLong();
            if (random.nextInt(4) == 0 && depth < 12) {
                depth++;
                act(); // another thread, between our clock and our reservation
                depth--;
            }
            final long position = writer.reserve(Packets.EVENT_SIZE);
            if (position < 0L) {
                commitAll();
                return;
            }
            held.add(new long[] {position, before});
            while (held.size() > 3 || !held.isEmpty() && random.nextInt(3) != 0) {
                commit(random.nextBoolean() ? held.pollFirst() : held.pollLast());
            }
            if (random.nextInt(20) == 0) {
                writer.buffer().flush();
            }
        }

        void commitAll() {
            while (!held.isEmpty()) {
                commit(held.pollFirst());
            }
        }

        private void commit(long[] reservation) {
            Packets.complete(writer, reservation[0], reservation[1]);
        }

        private void interrupt(long sequence) {
            latest = Math.max(latest, sequence);
            if (depth < 12 && random.nextInt(3) == 0) {
                depth++;
                for (int i = random.nextInt(12); i >= 0; i--) {
                    act();
                }
                depth--;
            }
            overtaken += latest > sequence ? 1L : 0L;
        }

        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            interrupt(sequence);
            ctf.onStart(buffer, sequence, subBuffer);
            interrupt(sequence);
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            interrupt(sequence);
            ctf.onEnd(buffer, sequence, subBuffer, padding, records);
            interrupt(sequence);
        }
    }

    /** Real threads, tiny sub-buffers, all on one buffer; some hold their reservation for a while. */
    @ParameterizedTest
    @CsvSource({"2, NO_OVERWRITE", "4, OVERWRITE", "16, NO_OVERWRITE"})
    @SuppressWarnings("try") // closed before its end
    void manyThreads(int subBufferCount, Mode mode) throws Exception {
        final Ctf ctf = new Ctf(1, subBufferCount);
        final Packets packets = new Packets();
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .mode(mode).build()); Consumer consumer = channel.consumer(0)) {
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(Thread.ofPlatform().start(() -> write(channel.writer(0))));
            }
            final Thread closer = Thread.ofPlatform().start(() -> closeAfter(channel, writers));
            while (consumer.poll(1_000_000L) != Readiness.HANG_UP) {
                drain(consumer, packets);
            }
            closer.join();
            assertThat(packets.events).isEqualTo(channel.statsSinceReset().delivered().records()).isPositive();
            assertThat(packets.lowered).isZero();
        }
    }

    private void write(SharedWriter writer) {
        for (int n = 0; n < 20_000; n++) {
            while (!writer.hasRoom(Packets.EVENT_SIZE)) {
                Thread.yield();
            }
            final long time = clock.getAsLong();
            final long position = writer.reserve(Packets.EVENT_SIZE);
            if (position >= 0L) {
                for (int spin = n % 100 == 0 ? ThreadLocalRandom.current().nextInt(1_000) : 0; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                Packets.complete(writer, position, time);
            }
        }
    }

    private static void closeAfter(Channel channel, List<Thread> writers) {
        try {
            for (final Thread writer : writers) {
                writer.join();
            }
            channel.close();
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    /** One writer for each buffer, exclusive or not: the times are those that it took. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void oneWriterKeepsItsTimes(boolean exclusive) throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        final Packets packets = new Packets();
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .exclusiveBuffers(exclusive ? 1 : 0).build()); Consumer consumer = channel.consumer(0);
                ExclusiveWriter owner = exclusive ? channel.exclusiveWriter(0) : null) {
            for (int n = 0; n < 10_000; n++) {
                final long time = clock.getAsLong();
                final RecordWriter writer = exclusive ? owner : channel.writer(0);
                Packets.complete(writer, writer.reserve(Packets.EVENT_SIZE), time);
                if (n % 7 == 0) {
                    drain(consumer, packets);
                }
            }
            assertThat(packets.events).isGreaterThan(9_900L);
            assertThat(packets.raised).isZero();
            assertThat(packets.lowered).isZero();
        }
    }

    /** The one case in which times are changed much: an opener is interrupted while its sub-buffer is filled. */
    @Test
    void anInterruptedOpenerRaisesItsSubBuffer() throws Exception {
        final long[] time = {100L};
        final Ctf ctf = new Ctf(1, 4, false, () -> time[0]);
        final boolean[] interrupted = {false};
        final SharedWriter[] writer = new SharedWriter[1];
        final Callbacks opener = new Callbacks() {
            @Override
            public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
                if (sequence == 1L && !interrupted[0]) {
                    interrupted[0] = true;
                    for (int i = 0; i < 6; i++) {
                        time[0] += 10L;
                        write(writer[0], time[0]);
                    }
                }
                ctf.onStart(buffer, sequence, subBuffer);
            }

            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                ctf.onEnd(buffer, sequence, subBuffer, padding, records);
            }
        };
        final Packets packets = new Packets();
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .callbacks(opener).build()); Consumer consumer = channel.consumer(0)) {
            writer[0] = channel.writer(0);
            final long held = writer[0].reserve(Packets.EVENT_SIZE); // else the delivery of 0 decides where 1 begins
            for (int i = 0; i < 5; i++) {
                write(writer[0], time[0]);
            }
            Packets.complete(writer[0], held, 100L);
            channel.flush();
            drain(consumer, packets);
            assertThat(packets.events).isEqualTo(12L);
            assertThat(packets.lowered).isZero();
            assertThat(packets.raisedMost).isEqualTo(50L);
        }
    }

    /** A time in the future is lowered to the present, or else all later events would be raised to it. */
    @Test
    void aTimeInTheFutureDoesNotLast() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        final Packets packets = new Packets();
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .build()); Consumer consumer = channel.consumer(0)) {
            write(channel.writer(0), Long.MAX_VALUE);
            channel.flush();
            for (int i = 0; i < 5; i++) {
                write(channel.writer(0), clock.getAsLong());
            }
            drain(consumer, packets);
            assertThat(packets.events).isEqualTo(6L);
            assertThat(packets.lowered).isOne();
            assertThat(packets.raised).isZero();
        }
    }

    @Test
    void servesOneChannelOnly() throws Exception {
        final Ctf ctf = new Ctf(1, 1);
        final ChannelConfig config = ctf.configure("cpu").subBufferSize(SUB_BUFFER)
                .mode(Mode.OVERWRITE).build();
        try (Channel first = Channel.open(config)) {
            for (int i = 0; i < 100; i++) {
                write(first.writer(0), 1L);
            }
        }
        final Channel second = Channel.open(config);
        assertThatThrownBy(() -> write(second.writer(0), 1L)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one channel only");
        assertThatThrownBy(second::close).isInstanceOf(IllegalStateException.class);
    }

    private static void write(SharedWriter writer, long time) {
        Packets.complete(writer, writer.reserve(Packets.EVENT_SIZE), time);
    }
}
