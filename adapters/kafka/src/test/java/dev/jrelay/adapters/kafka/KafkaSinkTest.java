// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Geometry;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.ctf.CtfSink;
import dev.jrelay.klog.Klog;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.Drain;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One broker, one sub-buffer at a time: what a sink refuses, what a twin and a deleted topic do, what comes back. */
@Timeout(600)
class KafkaSinkTest {
    private static final Geometry GEOMETRY = new Geometry(4096, 4, 0, Mode.NO_OVERWRITE);

    @TempDir
    private static Path brokerDirectory;
    private static Broker broker;

    @TempDir
    private Path directory;
    private final List<String> notes = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.start(brokerDirectory, brokerDirectory.resolve("data"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private KafkaSettings settings(String topic) {
        return CollectorProcess.settings(broker.address(), topic);
    }

    private KafkaSink open(KafkaSettings settings, long start, int buffers) throws IOException {
        final KafkaSink sink = new KafkaSink(settings, notes::add);
        sink.prepare(directory, "cpu", GEOMETRY);
        sink.open(new Sink.Source(directory, "cpu", new ChannelId(1L, start), GEOMETRY, buffers));
        return sink;
    }

    private static Sink.Taken taken(int buffer, long sequence, BufferStats stats) {
        final byte[] bytes = ("sub-buffer " + sequence + "\n").getBytes(US_ASCII);
        return new Sink.Taken(buffer, sequence, 1, MemorySegment.ofArray(bytes), bytes.length, true, 1L + sequence,
                () -> stats);
    }

    private static BufferStats stats(long produced, long overwritten) {
        return new BufferStats(produced, produced, 0L, zero(), zero(), 0L,
                new dev.jrelay.Tally(overwritten, 10L * overwritten, 0L), zero(), zero(),
                Map.of(Loss.FULL, new dev.jrelay.Tally(0L, 3L, 30L)));
    }

    private static dev.jrelay.Tally zero() {
        return dev.jrelay.Tally.ZERO;
    }

    private static void put(Sink sink, int buffer, long... sequences) throws IOException {
        for (final long sequence : sequences) {
            sink.write(taken(buffer, sequence, stats(sequence, 0L)));
        }
        sink.commit(buffer);
    }

    private List<Found> read(KafkaSettings settings, List<KafkaReader.Result> results) throws IOException {
        final List<Found> found = new ArrayList<>();
        results.addAll(KafkaReader.read(settings, found::add).streams());
        return found;
    }

    @Test
    void aTwinTakesThePlaceOfTheFirstWhichNeverWritesAgain() throws Exception {
        final KafkaSettings settings = settings("twins");
        try (KafkaSink first = open(settings, 1L, 2)) {
            put(first, 0, 0L, 1L);
            first.write(taken(0, 2L, stats(2L, 0L)));
            try (KafkaSink twin = open(settings, 1L, 2)) {
                assertThat(twin.resume(0)).isEqualTo(2L);
                assertThat(twin.resume(1)).isZero();
                assertThatThrownBy(() -> put(first, 0, 3L)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has taken the place of this one");
                assertThatThrownBy(() -> put(first, 0, 2L)).isInstanceOf(IllegalStateException.class);
                put(twin, 0, 2L, 3L);
                put(twin, 1, 0L);
                twin.finish(List.of(stats(4L, 0L), stats(1L, 0L)));
            }
        }
        final List<KafkaReader.Result> results = new ArrayList<>();
        assertThat(read(settings, results)).extracting(Found::sequence).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 0L);
        assertThat(results).allMatch(KafkaReader.Result::isEnded).allMatch(result -> result.gaps().isEmpty()
                && result.duplicates() == 0L && result.losses().lost(Loss.FULL).records() == 3L);
    }

    @Test
    void aCommitOfOneBufferTakesAlongWhatAnotherHasSent() throws Exception {
        final KafkaSettings settings = settings("together");
        try (KafkaSink sink = open(settings, 1L, 2)) {
            sink.write(taken(1, 0L, stats(0L, 0L)));
            put(sink, 0, 0L);
            assertThat(sink.progress().safe()).containsExactly(1L, 1L);
            sink.commit(1);
            put(sink, 1, 0L, 1L); // the same again, as after a failure: it is there
            assertThat(sink.progress().commits()).isEqualTo(2L);
        }
        final List<KafkaReader.Result> results = new ArrayList<>();
        assertThat(read(settings, results)).hasSize(3);
        assertThat(results).allMatch(result -> !result.isEnded() && result.duplicates() == 0L);
    }

    @Test
    void whatIsMissingIsReportedWithItsCountedCause() throws Exception {
        final KafkaSettings settings = settings("gaps");
        try (KafkaSink sink = open(settings, 1L, 1)) {
            put(sink, 0, 0L);
            sink.write(taken(0, 5L, stats(5L, 3L)));
            sink.commit(0);
            sink.finish(List.of(stats(8L, 5L)));
        }
        try (KafkaSink next = open(settings, 2L, 1)) { // another channel of that name, in the same partition
            assertThat(next.resume(0)).isZero();
            put(next, 0, 0L);
        }
        final List<KafkaReader.Result> results = new ArrayList<>();
        assertThat(read(settings, results)).hasSize(3);
        assertThat(results.getFirst().gaps()).extracting(Gap::toString).containsExactly(
                "test-host:" + directory + "/cpu, cpu 0: sub-buffers 1 to 4 are missing: 3 overwritten (30 records), "
                        + "1 passed, or no longer in the topic",
                "test-host:" + directory + "/cpu, cpu 0: sub-buffers 6 to 7 are missing: 2 overwritten (20 records)");
        assertThat(results.get(1).gaps()).isEmpty();
    }

    @Test
    void aTopicThatIsDeletedIsMadeAgainAndWhatItHeldIsReported() throws Exception {
        final KafkaSettings settings = settings("deleted");
        try (KafkaSink sink = open(settings, 1L, 1)) {
            put(sink, 0, 0L, 1L, 2L);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
                admin.deleteTopics(List.of("deleted")).all().get();
            }
            for (boolean done = false; !done;) {
                try {
                    put(sink, 0, 3L);
                    done = true;
                } catch (IOException again) {
                    Thread.sleep(50L); // as the loop does
                }
            }
        }
        assertThat(notes).contains("topic deleted created, 1 partitions; it was there before, and the 3 sub-buffers "
                + "committed then are gone with it");
        final List<KafkaReader.Result> results = new ArrayList<>();
        assertThat(read(settings, results)).extracting(Found::sequence).containsExactly(3L);
        assertThat(results.getFirst().gaps()).extracting(Gap::toString).singleElement().asString()
                .endsWith("sub-buffers 0 to 2 are missing: 3 not in the topic any more, or passed");
    }

    @Test
    void whatCanNeverBeSentIsRefusedAtTheStart() throws Exception {
        final Geometry large = new Geometry(1 << 21, 4, 0, Mode.NO_OVERWRITE);
        final Map<String, Object> small = new java.util.HashMap<>(settings("sizes").client());
        small.put("max.request.size", "1048576");
        assertThatThrownBy(() -> new KafkaSink(new KafkaSettings("sizes", "h", 0, small, Map.of()), notes::add)
                .prepare(directory, "cpu", large)).isInstanceOf(IOException.class)
                .hasMessageContaining("need max.request.size=2105344 or more, it is 1048576");
        try (KafkaSink sink = open(settings("sizes"), 1L, 2)) {
            put(sink, 0, 0L);
        }
        assertThatThrownBy(() -> new KafkaSink(settings("sizes"), notes::add).prepare(directory, "cpu", large))
                .hasMessageContaining("need max.message.bytes=2105344 or more, topic sizes has 1048588");
        assertThatThrownBy(() -> open(settings("sizes"), 1L, 3)).hasMessageContaining(
                "topic sizes has 2 partitions, 3 are needed");
        final KafkaSettings other = new KafkaSettings("sizes", "other-host", 0, settings("sizes").client(), Map.of());
        assertThatThrownBy(() -> open(other, 1L, 1)).hasMessageContaining("holds sub-buffers of test-host:");
        assertThatThrownBy(() -> new KafkaSettings("t", "h", 0, Map.of("acks", "1"), Map.of()))
                .hasMessageContaining("acks=1: must be");
        final KafkaSettings nobody = CollectorProcess.settings("127.0.0.1:1", "sizes");
        assertThatThrownBy(() -> new KafkaSink(nobody, notes::add).prepare(directory, "cpu", GEOMETRY))
                .isInstanceOf(IOException.class).hasMessageContaining("127.0.0.1:1");
    }

    /** Hands the same to two sinks, with the same counters. */
    private record Both(Sink one, Sink other) implements Sink {
        @Override
        public boolean prepare(Path channel, String base, Geometry geometry) throws IOException {
            return one.prepare(channel, base, geometry) | other.prepare(channel, base, geometry);
        }

        @Override
        public void open(Source source) throws IOException {
            one.open(source);
            other.open(source);
        }

        @Override
        public long resume(int buffer) throws IOException {
            return Math.min(one.resume(buffer), other.resume(buffer));
        }

        @Override
        public void write(Taken taken) throws IOException {
            final BufferStats stats = taken.counters().get();
            final Taken same = new Taken(taken.buffer(), taken.sequence(), taken.records(), taken.memory(),
                    taken.length(), taken.isWhole(), taken.timeMillis(), () -> stats);
            one.write(same);
            other.write(same);
        }

        @Override
        public void commit(int buffer) throws IOException {
            one.commit(buffer);
            other.commit(buffer);
        }

        @Override
        public void finish(List<BufferStats> counters) throws IOException {
            one.finish(counters);
            other.finish(counters);
        }

        @Override
        public String target(int buffer) {
            return one.target(buffer);
        }

        @Override
        public void close() throws IOException {
            one.close();
            other.close();
        }
    }

    /** Collects klog records of two CPUs, with losses, into a topic and into local files; then the topic into files. */
    private void comparesEqual(String topic, java.util.function.Function<Path, Sink> sinks) throws Exception {
        final Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(4096).subBufferCount(4)
                .bufferCount(2).storage(Storage.files(directory)).build());
        try (channel; MappedChannel mapped = MappedChannel.open(directory, "cpu");
                Sink both = new Both(new KafkaSink(settings(topic), notes::add),
                        sinks.apply(directory.resolve("local")))) {
            both.prepare(directory, "cpu", mapped.geometry());
            both.open(new Sink.Source(directory, "cpu", ChannelId.read(directory, "cpu"), mapped.geometry(), 2));
            final Klog klog = new Klog();
            klog.attach(channel);
            try (Drain drain = Drain.start(mapped, both, () -> false)) {
                for (int i = 0; i < 3_000; i++) {
                    klog.print("event " + i);
                }
                channel.write(new byte[5_000], 0, 5_000);
                close(channel);
                assertThat(drain.await(Duration.ofMinutes(1L))).isTrue();
                both.finish(List.of(mapped.statsSinceOpen(0), mapped.statsSinceOpen(1)));
            }
        }
        final KafkaReader.Outcome outcome = Replay.run(settings(topic), directory.resolve("replayed"), sinks::apply);
        assertThat(outcome.streams()).allMatch(result -> result.gaps().isEmpty() && result.isEnded());
        assertThat(outcome.streams().stream().mapToLong(result -> result.losses().lost(Loss.TOO_LARGE).records()).sum())
                .isOne();
        try (Stream<Path> all = Files.walk(directory.resolve("replayed"))) {
            final List<Path> files = all.filter(Files::isRegularFile).toList();
            assertThat(files).hasSizeGreaterThanOrEqualTo(2);
            for (final Path file : files) {
                assertThat(file).satisfies(replayed -> assertThat(Files.mismatch(replayed,
                        directory.resolve("local").resolve(replayed.getFileName()))).isEqualTo(-1L));
            }
        }
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }

    @Test
    void theFilesAreThoseOfALocalCollector() throws Exception {
        comparesEqual("files", output -> new FileSink(output, false));
    }

    @Test
    void theTraceIsThatOfALocalCollector() throws Exception {
        comparesEqual("trace", output -> new CtfSink(output, false));
    }
}
