// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import dev.jrelay.klog.Klog;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.Drain;
import dev.jrelay.relayapp.RotatedFiles;
import dev.jrelay.relayapp.Rotation;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A trace that one collector begins and another one ends, as babeltrace2 reads it. */
@Timeout(60)
class CtfSinkTest {
    @TempDir
    private Path directory;
    private final Klog klog = new Klog();
    private ChannelId id;

    private ChannelConfig config(boolean packets) {
        return (packets ? new Ctf(1, 4).configure("cpu") : ChannelConfig.builder("cpu").bufferCount(1)
                .subBufferCount(4)).subBufferSize(256).storage(Storage.files(directory)).build();
    }

    private CtfSink open(MappedChannel channel, String rotate) throws IOException {
        final CtfSink sink = new CtfSink(directory.resolve("trace"), false);
        sink.rotate(Rotation.parse(rotate));
        sink.prepare(directory, "cpu", channel.geometry());
        sink.open(new Sink.Source(directory, "cpu", id, channel.geometry(), 1));
        return sink;
    }

    private void print(Channel channel, int from, int to) throws InterruptedException {
        for (int i = from; i < to; i++) {
            while (channel.buffer(0).isFull()) {
                Thread.sleep(1L);
            }
            klog.print("event " + i);
        }
        channel.flush();
    }

    @ParameterizedTest
    @CsvSource({"true, 64M", "false, 64M", "true, 300", "false, 1"})
    @SuppressWarnings("try") // closed before its end
    void aSecondCollectorGoesOnWithTheTraceOfTheFirst(boolean packets, String rotate) throws Exception {
        final Channel channel = Channel.open(config(packets));
        try (channel; MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            id = ChannelId.read(directory, "cpu");
            klog.attach(channel);
            channel.write(new byte[300], 0, 300); // too large
            try (CtfSink sink = open(mapped, rotate); Drain drain = Drain.start(mapped, sink, () -> false)) {
                print(channel, 0, 20);
                while (mapped.statsSinceOpen(0).backlog() > 0L) {
                    assertThat(drain.await(Duration.ofMillis(1L))).isFalse();
                }
            } // not finished, as if it were killed
            final List<Path> files = RotatedFiles.find(directory.resolve("trace"), "cpu", 0);
            assertThat(files.size() > 2).isEqualTo(!rotate.equals("64M"));
            Files.write(files.getLast(), new byte[100], StandardOpenOption.APPEND); // in the middle
            try (CtfSink sink = open(mapped, rotate); Drain drain = Drain.start(mapped, sink, () -> false)) {
                print(channel, 20, 40);
                channel.write(new byte[300], 0, 300);
                close(channel);
                assertThat(drain.await(Duration.ofSeconds(30L))).isTrue();
                assertThat(drain.end(0)).isEqualTo(Drain.End.CLOSED);
                sink.finish(List.of(mapped.statsSinceOpen(0)));
            }
            assertThatThrownBy(() -> open(mapped, rotate).close()).hasMessageContaining("metadata: exists already");
        }
        final List<String> events = new ArrayList<>();
        final Babeltrace result = Babeltrace.read(directory.resolve("trace"),
                (cpu, time, name, length, value) -> events.add(value));
        assertThat(result.errors).doesNotContain("ERROR");
        assertThat(result.lostEvents.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(2L);
        assertThat(result.lostPackets).isEmpty();
        assertThat(events).hasSize(40);
        for (int i = 0; i < 40; i++) {
            assertThat(events.get(i)).isEqualTo("\"event " + i + "\"");
        }
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }
}
