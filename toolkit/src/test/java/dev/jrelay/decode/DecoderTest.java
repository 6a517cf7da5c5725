// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.CpuSelector;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import dev.jrelay.ctf.CtfSink;
import dev.jrelay.decode.Decoded.Kind;
import dev.jrelay.klog.Klog;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.Drain;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.Rotation;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes out of collected files is what went into the channel, in the order of time; whatever the files hold. */
@Timeout(60)
class DecoderTest {
    private static final int EVENTS = 200;

    @TempDir
    private Path directory;
    private final List<String> written = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    private Path out() {
        return directory.resolve("out");
    }

    /** Writes events on two buffers by turns, and three records that are too large. */
    private void collect(DirectorySink sink) throws Exception {
        final CpuSelector byTurns = count -> turn.getAndIncrement() % count;
        sink.rotate(Rotation.parse("1000"));
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").bufferCount(2).subBufferCount(4)
                .subBufferSize(256).cpuSelector(byTurns).storage(Storage.files(directory)).build());
                MappedChannel mapped = MappedChannel.open(directory, "demo"); sink) {
            sink.prepare(directory, "demo", mapped.geometry());
            sink.open(new Sink.Source(directory, "demo", ChannelId.read(directory, "demo"), mapped.geometry(), 2));
            final Klog klog = new Klog();
            klog.attach(channel);
            try (Drain drain = Drain.start(mapped, sink, () -> false)) {
                for (int i = 0; i < EVENTS; i++) {
                    while (channel.buffer(0).isFull() || channel.buffer(1).isFull()) {
                        Thread.sleep(1L);
                    }
                    klog.print("event " + i);
                    written.add("event " + i);
                    if (i % 70 == 69) {
                        channel.writer(1).reserve(300); // too large
                    }
                }
                channel.flush();
                while (mapped.statsSinceOpen(0).backlog() + mapped.statsSinceOpen(1).backlog() > 0L) {
                    assertThat(drain.await(Duration.ofMillis(1L))).isFalse();
                }
            }
            sink.finish(List.of(mapped.statsSinceOpen(0), mapped.statsSinceOpen(1)));
        }
    }

    private static List<Decoded> all(Decoder open) throws IOException {
        final List<Decoded> all = new ArrayList<>();
        try (Decoder decoder = open) {
            for (Decoded next = decoder.next(); next != null; next = decoder.next()) {
                all.add(next);
            }
            assertThat(decoder.next()).as("stays at the end").isNull();
        }
        return all;
    }

    private List<Decoded> decode(Path... paths) throws IOException {
        return all(CollectedFiles.open(List.of(paths), null, Decoder.Format.AUTO));
    }

    private static List<String> texts(List<Decoded> all) {
        return all.stream().filter(each -> each.kind().isRecord()).map(Decoded::text).toList();
    }

    private static long count(List<Decoded> all, Kind kind) {
        return all.stream().filter(each -> each.kind() == kind).mapToLong(Decoded::count).sum();
    }

    @Test
    void klogRecordsOfAllCpusComeInTheOrderOfTime() throws Exception {
        collect(new FileSink(out(), false));
        assertThat(out().resolve("cpu1.2")).as("it has rotated").exists();
        final List<Decoded> all = decode(out());
        assertThat(texts(all)).isEqualTo(written);
        assertThat(all).extracting(Decoded::timeNanos).isSorted();
        assertThat(all).extracting(Decoded::cpu).containsOnly(0, 1);
        final List<String> second = new ArrayList<>();
        for (int i = 1; i < EVENTS; i += 2) {
            second.add(written.get(i));
        }
        final Filter filter = new Filter(Set.of(1), all.get(20).timeNanos(), all.get(40).timeNanos(),
                Pattern.compile("[13]$"));
        assertThat(all.stream().filter(filter::accepts).map(Decoded::text)).containsExactlyElementsOf(
                second.stream().filter(text -> text.matches("event [23][0-9]") && text.matches(".*[13]")).toList());
        assertThat(all.stream().filter(Filter.ALL::accepts)).hasSize(EVENTS);
    }

    @Test
    void aTraceTellsWhatWasLostAndWhere() throws Exception {
        collect(new CtfSink(out(), false));
        final List<Decoded> all = decode(out());
        assertThat(texts(all)).isEqualTo(written);
        assertThat(all.stream().filter(each -> each.kind().isRecord())).extracting(Decoded::timeNanos).isSorted();
        assertThat(count(all, Kind.LOST)).isEqualTo(EVENTS / 70);
        assertThat(all.stream().filter(each -> each.kind() == Kind.LOST)).extracting(Decoded::cpu).containsOnly(1);
        assertThat(count(all, Kind.MISSING)).isZero();
        Files.delete(out().resolve("cpu1.1"));
        final List<Decoded> rest = decode(out());
        assertThat(count(rest, Kind.MISSING)).isPositive();
        assertThat(count(rest, Kind.LOST)).isEqualTo(EVENTS / 70);
        Files.delete(out().resolve("cpu1"));
        assertThat(count(decode(out()), Kind.MISSING)).as("the oldest ones were put away").isZero();
        assertThat(texts(decode(out().resolve("cpu0")))).isNotEmpty();
    }

    @Test
    void linesHaveNoTimesAndComeCpuByCpu() throws IOException {
        Files.writeString(directory.resolve("demo0"), "one\n\ntwo\n");
        Files.writeString(directory.resolve("demo0.1"), "three");
        Files.writeString(directory.resolve("demo10"), "four\n");
        Files.writeString(directory.resolve("demo2"), "");
        Files.writeString(directory.resolve(".collector"), "hidden");
        final List<Decoded> all = decode(directory);
        assertThat(texts(all)).containsExactly("one", "", "two", "three", "four");
        assertThat(all).extracting(Decoded::timeNanos).containsOnly(Decoded.NO_TIME);
        assertThat(all.getLast().cpu()).isEqualTo(10);
        assertThat(texts(all(CollectedFiles.open(List.of(directory), "demo1", Decoder.Format.AUTO))))
                .as("another channel's buffer 0").containsExactly("four");
        Files.writeString(directory.resolve("x0"), "");
        assertThatThrownBy(() -> decode(directory)).hasMessageContaining("files of several channels: demo, x");
    }

    @Test
    void whatIsNotThereOrNoFileIsSaid() throws Exception {
        assertThatThrownBy(() -> decode(directory)).hasMessage(directory
                + ": holds no files such as cpu0 of what was collected");
        assertThatThrownBy(() -> decode(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> decode(Path.of("/dev/null"))).hasMessage("/dev/null: not a regular file");
    }

    @Test
    void damageIsCountedAndWhatIsBehindItIsRead() throws Exception {
        collect(new FileSink(out(), false));
        final Path file = out().resolve("cpu0");
        final byte[] bytes = Files.readAllBytes(file);
        System.arraycopy("no record at all".getBytes(UTF_8), 0, bytes, 320, 16);
        Files.write(file, bytes);
        Files.write(file, new byte[24], StandardOpenOption.APPEND); // aborted
        final List<Decoded> all = decode(out());
        assertThat(texts(all)).hasSizeBetween(EVENTS - 2, EVENTS - 1);
        assertThat(count(all, Kind.DAMAGED)).isBetween(16L, 80L);
    }

    @Test
    void aTraceThatIsCutOrOfAnotherIdentityIsSaidSo() throws Exception {
        collect(new CtfSink(out(), false));
        final Path file = out().resolve("cpu0");
        final byte[] bytes = Files.readAllBytes(file);
        for (int i = 1; Files.deleteIfExists(out().resolve("cpu0." + i)); i++) {
            // only the first one is wanted
        }
        final int whole = texts(decode(file)).size();
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 9));
        final List<Decoded> cut = decode(file);
        assertThat(texts(cut)).hasSizeLessThan(whole).isNotEmpty();
        assertThat(count(cut, Kind.DAMAGED)).isPositive();
        bytes[100] ^= 1; // in the uuid of the second packet
        Files.write(file, bytes);
        assertThatThrownBy(() -> decode(file)).isInstanceOf(IOException.class)
                .hasMessageContaining(file + ": no packet of trace ").hasMessageContaining(" at byte 88");
        Files.delete(out().resolve("metadata"));
        assertThatThrownBy(() -> decode(file)).hasMessageContaining("metadata is not beside it");
    }

    /** Bytes changed at random: an error that says so, or something to be read; nothing else, and not for ever. */
    @Test
    void noBytesHurt() throws Exception {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        collect(new CtfSink(out(), false));
        final Path file = out().resolve("cpu0");
        final byte[] trace = Files.readAllBytes(file);
        for (int round = 0; round < 300; round++) {
            final byte[] bytes = trace.clone();
            for (int change = random.nextInt(1, 9); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            Files.write(file, bytes);
            for (final Decoder.Format format : Decoder.Format.values()) {
                try {
                    assertThat(all(CollectedFiles.open(List.of(file), null, format)).size()).as("seed " + seed)
                            .isLessThan(bytes.length + 2);
                } catch (IOException said) {
                    assertThat(said).as("seed " + seed).hasMessageContaining("cpu0");
                }
            }
        }
    }
}
