// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.BufferStats;
import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.Loss;
import dev.jrelay.Readiness;
import dev.jrelay.RelayBuffer;
import dev.jrelay.Result;
import dev.jrelay.SubBuffer;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who writes where, and that nobody keeps what he no longer needs. */
@Timeout(60)
class ThreadWritersTest {
    private static final Duration NO_FLUSH = Duration.ZERO;
    private static final long LONG = 30_000_000_000L;

    private final Klog klog = new Klog();

    /** One shared buffer, 0, and exclusive ones behind it. */
    private static Channel open(int exclusive, int subBufferSize, int subBufferCount) throws Exception {
        return Channel.open(ChannelConfig.builder("log").subBufferSize(subBufferSize).subBufferCount(subBufferCount)
                .bufferCount(1 + exclusive).exclusiveBuffers(exclusive).build());
    }

    private static long attempted(Channel channel, int buffer) {
        return channel.buffer(buffer).statsSinceReset().attempted().records();
    }

    /** A thread that writes when it is told to. */
    private final class Writer implements AutoCloseable {
        private final CountDownLatch end = new CountDownLatch(1);
        private final Thread thread;

        Writer() throws InterruptedException {
            final CountDownLatch written = new CountDownLatch(1);
            thread = Thread.ofPlatform().start(() -> {
                klog.print("first");
                written.countDown();
                Writer.await(end);
                klog.print("last");
            });
            written.await();
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }

        @Override
        public void close() {
            end.countDown();
            try {
                thread.join();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }

    @Test
    void eachPlatformThreadHasABufferWhileThereAreAny() throws Exception {
        try (Channel channel = open(2, 4096, 4)) {
            klog.attach(channel);
            try (Writer _ = new Writer(); Writer _ = new Writer(); Writer _ = new Writer()) {
                assertThat(List.of(attempted(channel, 0), attempted(channel, 1), attempted(channel, 2)))
                        .containsExactly(1L, 1L, 1L);
            }
            assertThat(List.of(attempted(channel, 0), attempted(channel, 1), attempted(channel, 2)))
                    .containsExactly(2L, 2L, 2L);
            klog.detach();
        }
    }

    @Test
    void virtualThreadsShare() throws Exception {
        try (Channel channel = open(2, 4096, 4)) {
            klog.attach(channel);
            Thread.ofVirtual().start(() -> klog.print("virtual")).join();
            assertThat(attempted(channel, 0)).isOne();
            klog.detach();
        }
    }

    @Test
    void theBufferOfAThreadThatHasEndedGoesToAYoungerOne() throws Exception {
        try (Channel channel = open(1, 4096, 4)) {
            klog.attach(channel);
            for (int i = 1; i <= 5; i++) {
                new Writer().close();
                assertThat(attempted(channel, 1)).isEqualTo(2L * i);
            }
            assertThat(attempted(channel, 0)).isZero();
            klog.detach();
        }
    }

    @Test
    void whoHasSharedGoesOnSharing() throws Exception {
        try (Channel channel = open(1, 4096, 4)) {
            klog.attach(channel);
            final Writer owner = new Writer();
            final Writer sharing = new Writer();
            owner.close();
            sharing.close();
            assertThat(attempted(channel, 0)).isEqualTo(2L);
            new Writer().close();
            assertThat(attempted(channel, 1)).as("a younger thread").isEqualTo(4L);
            klog.detach();
        }
    }

    @Test
    void theRecordsOfAThreadThatHasEndedAreDelivered() throws Exception {
        try (Channel channel = open(1, 4096, 4); Consumer consumer = channel.consumer(1)) {
            klog.attach(channel);
            new Writer().close();
            assertThat(consumer.poll(LONG)).isEqualTo(Readiness.READABLE);
            klog.detach();
        }
    }

    @Test
    void whatASilentThreadHasWrittenIsDelivered() throws Exception {
        try (Channel channel = open(1, 4096, 4); Consumer consumer = channel.consumer(1)) {
            klog.attach(channel, Duration.ofMillis(2L));
            try (Writer _ = new Writer()) {
                assertThat(consumer.poll(LONG)).isEqualTo(Readiness.READABLE);
            }
            klog.detach();
        }
    }

    @Test
    void aFlushReachesSilentThreads() throws Exception {
        try (Channel channel = open(1, 4096, 4); Consumer consumer = channel.consumer(1)) {
            klog.attach(channel);
            try (Writer _ = new Writer()) {
                assertThat(consumer.next()).isNull();
                klog.flush();
                assertThat(consumer.next().records()).isOne();
            }
            klog.detach();
        }
    }

    @Test
    void aNegativeDelayIsRefused() throws Exception {
        try (Channel channel = open(1, 4096, 4)) {
            assertThatThrownBy(() -> klog.attach(channel, Duration.ofMillis(-1L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("flush after PT-0.001S: must be 0 or more");
        }
    }

    @Test
    void detachingGivesTheBuffersOfLivingThreadsBack() throws Exception {
        try (Channel channel = open(1, 4096, 4)) {
            klog.attach(channel);
            try (Writer _ = new Writer()) {
                klog.detach();
                channel.exclusiveWriter(1).close();
            }
        }
    }

    @Test
    void aClosedChannelEndsThoughItsWritersLive() throws Exception {
        final Channel channel = open(1, 4096, 4);
        try (Consumer consumer = channel.consumer(1); Writer _ = new Writer()) {
            klog.attach(channel);
            try (Writer _ = new Writer()) {
                channel.close();
                klog.share();
                assertThat(Records.drain(consumer, 0)).containsExactly("0:first");
                assertThat(klog.print("late")).isEqualTo(Result.CLOSED);
            }
        }
        assertThat(channel.statsSinceReset().lost(Loss.CLOSED).records()).as("of this thread and two others")
                .isEqualTo(3L);
        klog.detach();
    }

    /** Callbacks that log are the thread's own second write; it goes to the shared buffer. */
    @Test
    void aCallbackMayLog() throws Exception {
        final AtomicBoolean logged = new AtomicBoolean();
        try (Channel channel = Channel.open(ChannelConfig.builder("log").subBufferSize(4096).bufferCount(2)
                .exclusiveBuffers(1).callbacks(new Callbacks() {
                    @Override
                    public void onStart(RelayBuffer buffer, long sequence,
                            MemorySegment subBuffer) {
                        if (logged.compareAndSet(false, true)) {
                            klog.print("opened");
                        }
                    }
                }).build())) {
            klog.attach(channel);
            new Writer().close();
            assertThat(List.of(attempted(channel, 0), attempted(channel, 1))).containsExactly(1L, 2L);
            klog.detach();
        }
    }

    /** Threads come and go by the thousands, while others flush: nobody keeps a buffer, nothing is lost or twice. */
    @Test
    void threadsComeAndGo() throws Exception {
        final int threads = 4000;
        final int records = 25;
        final Map<Integer, List<Entry>> byThread = new TreeMap<>();
        final ConcurrentLinkedQueue<Entry> found = new ConcurrentLinkedQueue<>();
        final int exclusive = 3;
        final Channel channel = open(exclusive, 1024, 1024);
        klog.attach(channel, Duration.ofMillis(2L));
        final AtomicBoolean done = new AtomicBoolean();
        final Thread flusher = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                klog.flush();
            }
        });
        final List<Thread> drains = new ArrayList<>();
        for (int i = 0; i <= exclusive; i++) {
            final Consumer consumer = channel.consumer(i);
            final int buffer = i;
            drains.add(Thread.ofPlatform().start(() -> drain(consumer, buffer, found)));
        }
        final AtomicLong next = new AtomicLong();
        final List<Thread> running = new ArrayList<>();
        for (int lane = 0; lane < 4; lane++) {
            running.add(Thread.ofPlatform().start(() -> comeAndGo(next, threads, records)));
        }
        for (final Thread lane : running) {
            lane.join();
        }
        done.set(true);
        flusher.join();
        klog.detach();
        for (int i = 1; i <= exclusive; i++) {
            final ExclusiveWriter free = channel.exclusiveWriter(i);
            free.close();
        }
        channel.close();
        for (final Thread drain : drains) {
            drain.join();
        }
        found.forEach(entry -> byThread.computeIfAbsent(entry.thread, id -> new ArrayList<>()).add(entry));
        final BufferStats stats = channel.statsSinceReset();
        assertThat(stats.attempted().records()).isEqualTo((long) threads * records);
        assertThat(stats.delivered().records() + stats.lost().records()).isEqualTo((long) threads * records);
        assertThat(stats.lost().records()).isEqualTo(stats.lost(Loss.FULL).records());
        assertThat(found).hasSize((int) stats.delivered().records());
        byThread.values().forEach(entries -> {
            entries.sort(Comparator.comparingLong(Entry::timestamp));
            assertThat(entries).isSortedAccordingTo(Comparator.comparingInt(Entry::number));
        });
        assertThat(found).as("buffers in use").extracting(Entry::buffer).contains(1, 2, 3);
    }

    private void comeAndGo(AtomicLong next, int threads, int records) {
        for (long id = next.getAndIncrement(); id < threads; id = next.getAndIncrement()) {
            final long thread = id;
            try {
                Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < records; i++) {
                        klog.line().add(thread).add(' ').add(i).end();
                    }
                }).join();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }

    /** A record found by a consumer. */
    private record Entry(int buffer, long timestamp, int thread, int number) {
    }

    private static void drain(Consumer consumer, int buffer, ConcurrentLinkedQueue<Entry> found) {
        final KlogReader reader = new KlogReader();
        while (consumer.poll(LONG) != Readiness.HANG_UP) {
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                for (reader.wrap(s, 0); reader.next();) {
                    final String[] words = reader.text().split(" ");
                    found.add(new Entry(buffer, reader.timestamp(), Integer.parseInt(words[0]),
                            Integer.parseInt(words[1])));
                }
                consumer.subBuffersConsumed(1);
            }
        }
        consumer.close();
    }
}
