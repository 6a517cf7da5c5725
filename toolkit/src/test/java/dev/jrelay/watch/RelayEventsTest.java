// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.BufferStats;
import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.RelayBuffer;
import dev.jrelay.ctf.Ctf;
import dev.jrelay.klog.Klog;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayEventsTest {
    @TempDir
    Path directory;

    private final List<String> passedOn = Collections.synchronizedList(new ArrayList<>());
    private final RelayEvents events = new RelayEvents("watched", new Callbacks() {
        @Override
        public boolean admit(RelayBuffer buffer, long sequence) {
            passedOn.add("admit");
            return true;
        }

        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            passedOn.add("start " + sequence);
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            passedOn.add("end " + sequence);
        }

        @Override
        public void bufMapped(RelayBuffer buffer, long pid) {
            passedOn.add("mapped");
        }

        @Override
        public void bufUnmapped(RelayBuffer buffer, long pid) {
            passedOn.add("unmapped");
        }
    });

    private ChannelConfig.Builder config() {
        return ChannelConfig.builder("watched").subBufferSize(64).subBufferCount(2).bufferCount(1).callbacks(events);
    }

    private static void write(Channel channel, int count) {
        for (int i = 0; i < count; i++) {
            channel.write(new byte[40], 0, 40);
        }
    }

    @Test
    @SuppressWarnings("try") // closed before its end
    void tellsSwitchesAndLossEpisodes() throws Exception {
        final List<RecordedEvent> recorded;
        try (Recording recording = new Recording(); Channel channel = Channel.open(config().build());
                Consumer consumer = channel.consumer(0)) {
            recording.enable("dev.jrelay.SubBufferSwitch");
            recording.enable("dev.jrelay.Loss");
            recording.start();
            write(channel, 2 + 5);
            channel.write(new byte[100], 0, 100);
            consumer.peek(0);
            consumer.peek(1);
            consumer.subBuffersConsumed(2);
            write(channel, 2 + 3);
            channel.close();
            write(channel, 1);
            events.report(channel);
            events.report(channel);
            recording.stop();
            recorded = read(recording);
        }
        assertThat(recorded).filteredOn(event -> event.getEventType().getName().equals("dev.jrelay.SubBufferSwitch"))
                .extracting(event -> event.getString("channel") + event.getInt("buffer") + " "
                        + event.getLong("sequence") + " " + event.getInt("records") + " " + event.getLong("bytes")
                        + " " + event.getLong("padding"))
                .containsExactly("watched0 0 1 40 24", "watched0 1 1 40 24", "watched0 2 1 40 24",
                        "watched0 3 1 40 24");
        assertThat(recorded).filteredOn(event -> event.getEventType().getName().equals("dev.jrelay.Loss"))
                .allSatisfy(event -> assertThat(event.getLong("within")).isPositive())
                .extracting(event -> event.getString("channel") + event.getInt("buffer") + " "
                        + event.getString("cause") + " " + event.getLong("records") + " " + event.getLong("bytes"))
                .containsExactly("watched0 FULL 5 200", "watched0 TOO_LARGE 1 100", "watched0 FULL 3 120",
                        "watched0 CLOSED 1 40");
    }

    private List<RecordedEvent> read(Recording recording) throws Exception {
        final Path file = directory.resolve("test.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.jrelay."))
                .sorted((a, b) -> a.getStartTime().compareTo(b.getStartTime())).toList();
    }

    /** Whoever reports, nothing is told twice or forgotten. */
    @Test
    void eventsAddUpToTheCounters() throws Exception {
        final BufferStats stats;
        final List<RecordedEvent> recorded;
        try (Recording recording = new Recording();
                Channel channel = Channel.open(config().mode(Mode.OVERWRITE).build())) {
            recording.enable("dev.jrelay.Loss");
            recording.start();
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                writers.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < 500; n++) {
                        write(channel, 1);
                        events.report(channel);
                    }
                }));
            }
            for (final Thread writer : writers) {
                writer.join();
            }
            events.report(channel);
            stats = channel.statsSinceReset();
            recording.stop();
            recorded = read(recording);
        }
        assertThat(sum(recorded, "OVERWRITTEN", "records")).isEqualTo(stats.overwritten().records()).isPositive();
        assertThat(sum(recorded, "OVERWRITTEN", "bytes")).isEqualTo(stats.overwritten().bytes());
        assertThat(sum(recorded, "STALLED", "records")).isEqualTo(stats.lost(Loss.STALLED).records());
    }

    /** A trace has its own callbacks; these go around them. */
    @Test
    void goesAroundTheCallbacksOfATrace() throws Exception {
        final Ctf ctf = new Ctf(1, 2);
        final List<RecordedEvent> recorded;
        try (Recording recording = new Recording();
                Channel channel = Channel.open(ctf.configure("cpu").callbacks(new RelayEvents("cpu", ctf)).build());
                Consumer consumer = channel.consumer(0)) {
            recording.enable("dev.jrelay.SubBufferSwitch");
            recording.start();
            final Klog klog = new Klog();
            klog.attach(channel);
            klog.print("event");
            channel.flush();
            assertThat(consumer.next().segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0L)).isEqualTo(0xC1FC_1FC1);
            recording.stop();
            recorded = read(recording);
        }
        assertThat(recorded).hasSize(1);
    }

    private static long sum(List<RecordedEvent> events, String cause, String field) {
        return events.stream().filter(event -> event.getEventType().getName().equals("dev.jrelay.Loss"))
                .filter(event -> event.getString("cause").equals(cause)).mapToLong(event -> event.getLong(field)).sum();
    }

    @Test
    void passesEverythingOn() throws Exception {
        try (Channel channel = Channel.open(config().build())) {
            write(channel, 1);
            channel.flush();
            events.bufMapped(channel.buffer(0), 1L);
            events.bufUnmapped(channel.buffer(0), 1L);
        }
        assertThat(passedOn).containsExactly("admit", "start 0", "end 0", "mapped", "unmapped");
    }
}
