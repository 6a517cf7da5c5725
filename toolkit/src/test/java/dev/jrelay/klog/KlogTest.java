// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Loss;
import dev.jrelay.Result;
import dev.jrelay.SubBuffer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KlogTest {
    private final Klog klog = new Klog(64, () -> 7L);

    @Test
    void doesNothingWithoutChannel() {
        assertThat(klog.printf("%s", new Object() {
            @Override
            public String toString() {
                throw new AssertionError("asked");
            }
        })).isZero();
        assertThat(klog.line().add("x").add(1L).add(2.0).end()).isZero();
        assertThat(klog.raw(new byte[1], 0, 1)).isZero();
        klog.flush();
        assertThat(klog.isAttached()).isFalse();
        assertThat(klog.truncatedCount()).isZero();
    }

    @Test
    void formatsEveryType() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            klog.line().add("a").add('b').add('é').add(true).add(-12).add(3.5).add((Object) null).add((String) null)
                    .addHex(-1L).addHex(0x10).end();
            klog.line().add("€ 😀 ").add("\ud83d").add('\ude00').end();
            klog.line().add(Long.MIN_VALUE).add(' ').add(Long.MAX_VALUE).add(' ').add(0).add(' ').add(10).end();
            klog.line().add(Double.MIN_VALUE).add(' ').add(Float.NaN).add(' ').add(1e300).end();
            klog.printf("%d%% of %s, %x %c%c|%q %", 50, "all", 255, 'c', 0x1F600);
            klog.printf("%d %d", 1);
            klog.printf("x=%d y=%s", "one", 2);
            klog.printf("%x %c %s", -1, -1, true);
            klog.print("");
            klog.raw(new byte[] {1, 2, 3}, 1, 2);
            klog.raw(MemorySegment.ofArray("seg".getBytes(UTF_8)), 0L, 3);
            assertThat(Records.drain(channel)).containsExactly(
                    "0:abétrue-123.5nullnullffffffffffffffff10",
                    "0:€ 😀 ??",
                    "0:-9223372036854775808 9223372036854775807 0 10",
                    "0:4.9E-324 NaN 1.0E300",
                    "0:50% of all, ff c😀|%q %",
                    "0:1 %d",
                    "0:x=one y=2",
                    "0:ffffffff ? true",
                    "0:",
                    "1:\2\3",
                    "1:seg");
        }
    }

    @Test
    void survivesToStringThatThrows() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            final Klog large = new Klog();
            large.attach(channel);
            large.printf("<%s>", new Object() {
                @Override
                public String toString() {
                    throw new IllegalStateException("no");
                }
            });
            assertThat(Records.drain(channel)).singleElement().asString()
                    .contains("toString of dev.jrelay.klog.KlogTest").endsWith("IllegalStateException)>");
        }
    }

    @Test
    void marksAndCountsTruncation() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            klog.print("x".repeat(64));
            klog.print("x".repeat(65));
            klog.print("x".repeat(63) + "é" + "tail");
            klog.line().add("x".repeat(62)).add(12345).add("more").end();
            assertThat(Records.drain(channel)).containsExactly("0:" + "x".repeat(64), "2:" + "x".repeat(64),
                    "2:" + "x".repeat(63), "2:" + "x".repeat(62) + "12");
            assertThat(klog.truncatedCount()).isEqualTo(3L);
        }
    }

    @Test
    void cutsTextToWhatASubBufferHolds() throws Exception {
        try (Channel channel = Records.open(64, 4)) {
            final Klog large = new Klog();
            large.attach(channel);
            large.print("é".repeat(30));
            assertThat(large.raw(new byte[45], 0, 45)).isEqualTo(Result.TOO_LARGE);
            assertThat(large.raw(new byte[44], 0, 44)).isNotNegative();
            assertThat(Records.drain(channel)).first().isEqualTo("2:" + "é".repeat(22));
            assertThat(channel.statsSinceReset().lost(Loss.TOO_LARGE).records()).isOne();
        }
    }

    @Test
    void returnsWhyTheChannelDidNotTakeARecord() throws Exception {
        final Channel channel = Records.open(64, 2);
        klog.attach(channel);
        assertThat(klog.print("1".repeat(40))).isNotNegative();
        assertThat(klog.print("2".repeat(40))).isNotNegative();
        assertThat(klog.print("3")).isEqualTo(Result.FULL);
        channel.close();
        assertThat(klog.print("4")).isEqualTo(Result.CLOSED);
        assertThat(klog.detach()).isSameAs(channel);
        assertThat(klog.print("5")).isZero();
    }

    /** What a plain collector makes of a klog channel. */
    @Test
    void isReadFromAFile() throws Exception {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (Channel channel = Records.open(128, 64); Consumer consumer = channel.consumer(0)) {
            klog.attach(channel);
            for (int i = 0; i < 50; i++) {
                klog.printf("line %d of the file", i);
                channel.writer(0).abort(channel.writer(0).reserve(40), 40);
            }
            channel.flush();
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                final byte[] bytes = new byte[s.bytes().remaining()];
                s.bytes().get(bytes);
                file.writeBytes(bytes);
                consumer.subBuffersConsumed(1);
            }
        }
        final KlogReader reader = new KlogReader().wrapStream(MemorySegment.ofArray(file.toByteArray()));
        for (int i = 0; i < 50; i++) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.text()).isEqualTo("line " + i + " of the file");
        }
        assertThat(reader.next()).isFalse();
        assertThat(reader.zeroBytes()).isEqualTo(50L * 40L);
        assertThat(reader.damagedBytes()).isZero();
    }

    @Test
    void noticesRecordsOfAnotherFormat() throws Exception {
        try (Channel channel = Records.open(4096, 4)) {
            klog.attach(channel);
            channel.write(new byte[3], 0, 3);
            assertThatThrownBy(() -> KlogRecord.write(channel.writer(), KlogRecord.RAW, 7L, new byte[4], 0, 4))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("position 3 ");
            assertThat(klog.print("x")).isEqualTo(Klog.FAILED);
            assertThat(klog.failureCount()).isOne();
            assertThat(channel.statsSinceReset().aborted().records()).isEqualTo(2L);
        }
    }

    @Test
    void refusesChannelsThatCannotHoldRecords() throws Exception {
        final var odd = ChannelConfig.builder("odd").subBufferSize(64).bufferCount(1).headerBytes(4).build();
        final var small = ChannelConfig.builder("small").subBufferSize(16).bufferCount(1).build();
        try (Channel first = Channel.open(odd); Channel second = Channel.open(small)) {
            assertThatThrownBy(() -> klog.attach(first)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("4 header bytes");
            assertThatThrownBy(() -> klog.attach(second)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(klog.isAttached()).isFalse();
    }

    /** Every call went to one channel: it is a record there, or counted there as lost; or nothing was attached. */
    @Test
    void attachesAndDetachesWhileWritersRun() throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicLong accepted = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final Klog shared = new Klog();
        final Thread[] writers = new Thread[3];
        for (int i = 0; i < writers.length; i++) {
            final long writer = i;
            writers[i] = Thread.ofPlatform().start(() -> {
                for (long n = 0L; !stop.get(); n++) {
                    final long result = shared.printf("writer %d number %d", writer, n);
                    (result > 0L ? accepted : refused).getAndAdd(result == 0L ? 0L : 1L);
                }
            });
        }
        final List<Channel> channels = new ArrayList<>();
        long received = 0L;
        for (int round = 0; round < 50; round++) {
            final Channel channel = Channel.open(ChannelConfig.builder("klog").subBufferSize(1024).subBufferCount(16)
                    .bufferCount(1).headerBytes(8).build()); // so that 0 is no position
            channels.add(channel);
            try (Consumer consumer = channel.consumer(0)) {
                shared.attach(channel);
                while (channel.statsSinceReset().attempted().records() < 20L) {
                    Thread.onSpinWait();
                }
                if (round % 2 == 0) {
                    shared.detach();
                }
                channel.close();
                received += Records.drain(consumer, 8).size();
            }
        }
        stop.set(true);
        for (final Thread writer : writers) {
            writer.join();
        }
        assertThat(received).isEqualTo(accepted.get()).isPositive();
        assertThat(channels.stream().mapToLong(channel -> channel.statsSinceReset().lost().records()).sum())
                .isEqualTo(refused.get());
    }
}
