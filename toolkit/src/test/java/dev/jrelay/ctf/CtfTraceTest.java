// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogClock;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small traces, as babeltrace2 reads them. */
class CtfTraceTest {
    @TempDir
    Path trace;

    private final List<String> events = new ArrayList<>();
    private final Klog klog = new Klog(64, KlogClock.system());

    private Babeltrace read() throws Exception {
        return Babeltrace.read(trace,
                (cpu, time, name, length, value) -> events.add(name + " " + length + " " + value));
    }

    @Test
    void showsEveryKindOfEvent() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(4096).build());
                Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            klog.print("plain, größer, €");
            klog.print("");
            klog.raw(new byte[] {1, (byte) 0xff}, 0, 2);
            klog.print("x".repeat(65));
            channel.writer(0).abort(channel.writer(0).reserve(40), 40);
            channel.writer(0).abort(channel.writer(0).reserve(24), 24);
            klog.print("behind the gap");
            channel.writer(0).abort(channel.writer(0).reserve(32), 32);
            channel.flush();
            stream.write(consumer.next());
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        final Babeltrace result = read();
        assertThat(events).containsExactly(
                "klog 20 \"plain, größer, €\"",
                "klog 0 \"\"",
                "raw 2 [ [0] = 0x1, [1] = 0xFF ]",
                "klog_truncated 64 \"" + "x".repeat(64) + "\"",
                "aborted 44 [ " + zeros(44) + " ]",
                "klog 14 \"behind the gap\"",
                "aborted 12 [ " + zeros(12) + " ]");
        assertThat(result.errors).isEmpty();
    }

    private static String zeros(int count) {
        final List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add("[" + i + "] = 0x0");
        }
        return String.join(", ", all);
    }

    /** Losses before the first packet, between two, and after the last one. */
    @Test
    @SuppressWarnings("try") // closed before its end
    void reportsEveryLoss() throws Exception {
        final Ctf ctf = new Ctf(1, 2);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(128).build());
                Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            klog.raw(new byte[200], 0, 200);
            klog.raw(new byte[200], 0, 200);
            for (int i = 0; i < 7; i++) {
                klog.print("event " + i); // fits once into a sub-buffer
            }
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                stream.write(s);
                consumer.subBuffersConsumed(1);
            }
            klog.print("after loss");
            channel.pause();
            klog.print("paused");
            channel.close();
            klog.print("closed");
            stream.write(consumer.next());
            consumer.subBuffersConsumed(1);
            stream.finish(channel.buffer(0).statsSinceOpen());
            assertThat(channel.buffer(0).statsSinceReset().lost().records()).isEqualTo(2L + 5L + 2L);
        }
        final Babeltrace result = read();
        assertThat(result.lostEvents).containsOnly(Map.entry(0, 9L));
        assertThat(result.lostPackets).isEmpty();
        assertThat(events).containsExactly("klog 7 \"event 0\"", "klog 7 \"event 1\"", "klog 10 \"after loss\"");
        assertThat(result.errors).contains("discarded 2 events", "discarded 6 events", "discarded 1 event ");
    }

    /** Packets overwritten before the first one that is read, and between two. */
    @Test
    void reportsEveryOverwrittenPacket() throws Exception {
        final Ctf ctf = new Ctf(1, 2);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(128)
                .mode(Mode.OVERWRITE).build());
                Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 7; i++) {
                    klog.print("event " + round + i);
                }
                channel.flush();
                for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                    stream.write(s);
                    consumer.subBuffersConsumed(1);
                }
            }
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        final Babeltrace result = read();
        assertThat(events).containsExactly("klog 8 \"event 05\"", "klog 8 \"event 06\"", "klog 8 \"event 15\"",
                "klog 8 \"event 16\"");
        assertThat(result.lostPackets).containsOnly(Map.entry(0, 10L));
        assertThat(result.errors).contains("discarded 5 packets");
        assertThat(result.lostEvents).isEmpty();
    }

    @Test
    void reportsThatEverythingIsLost() throws Exception {
        final Ctf ctf = new Ctf(1, 2);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(128).build());
                CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            klog.raw(new byte[200], 0, 200);
            klog.print("reset");
            channel.reset();
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        final Babeltrace result = read();
        assertThat(events).isEmpty();
        assertThat(result.lostEvents).containsOnly(Map.entry(0, 1L));
        assertThat(result.lostPackets).containsOnly(Map.entry(0, 1L));
    }

    /** A collector that knows nothing of CTF. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isReadableAsAPlainCollectorWritesIt(boolean whole) throws Exception {
        final Ctf ctf = new Ctf(2, 4, whole, KlogClock.system());
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256)
                .cpuSelector(count -> 1).build()); Consumer consumer = channel.consumer(1);
                FileChannel file = FileChannel.open(Files.createFile(trace.resolve("cpu1")), WRITE)) {
            Files.createFile(trace.resolve("cpu0"));
            klog.attach(channel);
            channel.writer(1).data().fill((byte) 0xAA);
            for (int i = 0; i < 100; i++) {
                klog.print("event " + i);
                if (i % 10 == 9) {
                    channel.flush();
                    for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                        file.write(whole ? s.segment().asByteBuffer() : s.bytes());
                        consumer.subBuffersConsumed(1);
                    }
                }
            }
            assertThat(channel.buffer(1).statsSinceReset().delivered().records()).isEqualTo(100L);
        }
        final Babeltrace result = read();
        assertThat(events).hasSize(100).element(99).isEqualTo("klog 8 \"event 99\"");
        assertThat(result.events).containsOnly(Map.entry(1, 100L));
        assertThat(result.errors).isEmpty();
    }

    /** A sub-buffer that nobody lives to complete reads as an empty packet. */
    @Test
    void readsWhatACrashLeaves() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256).build())) {
            klog.attach(channel);
            klog.print("lost with its sub-buffer");
            final long held = channel.writer(0).reserve(32);
            channel.flush();
            Files.write(trace.resolve("cpu0"), channel.buffer(0).subBuffer(0L).toArray(ValueLayout.JAVA_BYTE));
            channel.writer(0).abort(held, 32);
        }
        assertThat(read().errors).isEmpty();
        assertThat(events).isEmpty();
    }

    /** The last sub-buffer of a snapshot is the committed beginning of the current one. */
    @Test
    void readsSnapshots() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256)
                .mode(Mode.OVERWRITE).build()); CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            for (int i = 0; i < 23; i++) {
                klog.print("event " + i);
            }
            for (final SubBuffer s : channel.snapshot(0).subBuffers()) {
                stream.write(s);
            }
        }
        final Babeltrace result = read();
        assertThat(events).hasSize(18).first().isEqualTo("klog 7 \"event 5\"");
        assertThat(events).last().isEqualTo("klog 8 \"event 22\"");
        assertThat(result.lostPackets).containsOnly(Map.entry(0, 1L));
    }

    /** A collector in another process: it has the mapped files, and copies the metadata. */
    @Test
    void isCollectedFromMappedFiles(@TempDir Path channelDirectory) throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(channelDirectory);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256)
                .storage(Storage.files(channelDirectory)).build());
                MappedChannel mapped = MappedChannel.open(channelDirectory, "cpu");
                Consumer consumer = mapped.consumer(0)) {
            klog.attach(channel);
            Files.copy(channelDirectory.resolve("metadata"), trace.resolve("metadata"));
            try (CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
                for (int i = 0; i < 20; i++) {
                    klog.print("event " + i);
                }
                klog.print("lost");
                channel.flush();
                for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                    stream.write(s);
                    consumer.subBuffersConsumed(1);
                }
                stream.finish(mapped.statsSinceOpen(0));
            }
        }
        final Babeltrace result = read();
        assertThat(events).hasSize(20).last().isEqualTo("klog 8 \"event 19\"");
        assertThat(result.lostEvents).containsOnly(Map.entry(0, 1L));
    }

    /** The disk is full in the middle of a packet; after some room was made, it goes on with the same packet. */
    @Test
    void aFullDiskLeavesWholePackets() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(trace);
        final FullDisk disk = new FullDisk(FileChannel.open(trace.resolve("cpu0"), CREATE_NEW, WRITE), 500L);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256).build());
                Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(ctf.uuid(), 0, disk)) {
            klog.attach(channel);
            for (int i = 0; i < 15; i++) {
                klog.print("event " + i);
            }
            channel.flush();
            stream.write(consumer.next());
            consumer.subBuffersConsumed(1);
            assertThatThrownBy(() -> stream.write(consumer.next())).hasMessage("No space left on device");
            assertThat(Files.size(trace.resolve("cpu0"))).isEqualTo(88L + 88L + 5L * 32L);
            assertThat(read().errors).isEmpty();
            assertThat(events).hasSize(5);
            disk.limit = Long.MAX_VALUE;
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                stream.write(s);
                consumer.subBuffersConsumed(1);
            }
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        events.clear();
        assertThat(read().errors).isEmpty();
        assertThat(events).hasSize(15);
    }

    @Test
    void countsRecordsOfAnotherFormatAsDiscarded() throws Exception {
        final Ctf ctf = new Ctf(1, 4);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256).build());
                Consumer consumer = channel.consumer(0); CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            klog.attach(channel);
            klog.print("good");
            channel.write("not a klog record, whatever else it may be".getBytes(US_ASCII), 0, 40);
            klog.print("behind it");
            channel.flush();
            stream.write(consumer.next());
            assertThatThrownBy(() -> stream.write(consumer.next())).isInstanceOf(IOException.class)
                    .hasMessageContaining("sub-buffer 0 is no packet of trace " + ctf.uuid());
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        final Babeltrace result = read();
        assertThat(events).containsExactly("klog 4 \"good\"");
        assertThat(result.lostEvents).containsOnly(Map.entry(0, 2L));
    }
}
