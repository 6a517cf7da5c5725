// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.SubBuffer;
import dev.jrelay.ctf.Ctf;
import dev.jrelay.ctf.CtfStream;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of a model and of recordings: when they come, what is read, and where stalls meet them. */
class TrafficTest {
    private static final double MILLIS = 1e6;

    @TempDir
    private Path folder;

    private TraceFiles read(String text) throws IOException {
        return TraceFiles.read(Files.writeString(folder.resolve("trace.txt"), text));
    }

    private static RecordedTraffic only(TraceFiles trace) {
        return trace.heaviest("test", 1, 1.0, MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "0 10\n0.001 20\n0.001 30\n0.004 40\n",
        "5ms 10\n6ms 20\n6ms 30\n9000us 40",
        "# time size\n2026-11-26T10:00:00Z 10\n2026-11-26T10:00:00.001Z 20\n\n2026-11-26T11:00:00.001+01:00 30\n"
            + "2026-11-26 10:00:00,004 40\n",
        "[7.000s] abcdef\n[7.001s] abcdefghijklmnopq\nx1234567890123456789012345678\n"
            + "[7.004s]45678901234567890123456789012"})
    void timesAreReadInManyForms(String text) throws IOException {
        final RecordedTraffic traffic = only(read(text));
        final Traffic.Arrivals arrivals = traffic.arrivals(1L);
        assertThat(traffic.count()).isEqualTo(4);
        assertThat(traffic.period()).isCloseTo(4.0 * MILLIS * 4.0 / 3.0, within(1.0));
        long bytes = 0L;
        for (int i = 0; i < 4; i++) {
            arrivals.next();
            bytes += arrivals.length();
        }
        assertThat(bytes).isBetween(100L, 115L);
        assertThat(traffic.messagesPerSecond()).isCloseTo(750.0, within(0.1));
    }

    @Test
    void aRunGoesThroughTheRecordingAgainAndAgain() throws IOException {
        final Traffic.Arrivals arrivals = only(read("0 1\n0.001 2\n0.003 3\n")).arrivals(9L);
        double before = -1.0;
        final int[] counts = new int[4];
        for (int i = 0; i < 30; i++) {
            arrivals.next();
            assertThat(arrivals.time()).isBetween(Math.max(0.0, before), before + 2.1 * MILLIS + 1.0);
            before = arrivals.time();
            counts[arrivals.length()]++;
        }
        assertThat(counts).containsExactly(0, 10, 10, 10);
    }

    @Test
    void theArrivalCurveIsTheMostOfAnyWindow() throws IOException {
        final RecordedTraffic traffic = only(read("0 100\n0.010 100\n0.0101 100\n0.0102 100\n0.050 100\n"));
        assertThat(traffic.most(0.25 * MILLIS)).isEqualTo(300.0);
        assertThat(traffic.most(0.01 * MILLIS)).isEqualTo(100.0);
        assertThat(traffic.most(12.0 * MILLIS)).isEqualTo(400.0);
        assertThat(traffic.most(10.0 * traffic.period())).isGreaterThanOrEqualTo(5000.0);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "17"})
    void aStallBeginsWhereItMeetsMost(long seed) throws IOException {
        final RecordedTraffic traffic = only(read("0 100\n0.010 100\n0.0101 100\n0.0102 100\n0.050 100\n"));
        final double begin = traffic.worst(seed, 0.0, traffic.period(), MILLIS);
        final Traffic.Arrivals arrivals = traffic.arrivals(seed);
        int met = 0;
        for (arrivals.next(); arrivals.time() <= begin + MILLIS; arrivals.next()) {
            met += arrivals.time() >= begin - 1.0 ? 1 : 0;
        }
        assertThat(met).isEqualTo(3);
    }

    @Test
    void periodicBurstsThatMeetPeriodicStallsLoseMoreThanOthers() throws IOException {
        final Load load = SimulatorTest.load(new ModelTraffic(MessageSizes.parse("fixed:64"), 5e4, 10_000,
                100 * MILLIS), 1e9, "40ms/1s", 0.0);
        final Search search = new Search(load, null, new Search.Effort(4, 1e5, 10), 1L, step -> { });
        assertThat(search.loss(44 << 10, 16)).isBetween(0.005, 0.012).isGreaterThan(1.5 * search.independentLoss(
                new Search.Candidate(44 << 10, 16)));
    }

    @Test
    void streamsOfADirectoryAreBuffersAndTheHeaviestDecides() throws IOException {
        final Path trace = Files.createDirectory(folder.resolve("trace"));
        Files.writeString(trace.resolve("cpu0"), "0 10\n1 10\n");
        Files.writeString(trace.resolve("cpu1"), "0 10\n0.5 1000\n1 10\n");
        Files.writeString(trace.resolve("cpu2"), "0.25 10\n1 10\n");
        final TraceFiles files = TraceFiles.read(trace);
        assertThat(files.streams()).isEqualTo(3);
        assertThat(files.heaviest("all", 3, 1.0, MILLIS).count()).isEqualTo(3);
        assertThat(files.heaviest("all", 2, 1.0, MILLIS).count()).isEqualTo(3);
        assertThat(files.heaviest("all", 1, 1.0, MILLIS).count()).isEqualTo(7);
        assertThat(files.heaviest("all", 1, 10.0, MILLIS).messagesPerSecond())
                .isCloseTo(10.0 * files.heaviest("all", 1, 1.0, MILLIS).messagesPerSecond(), within(1e-6));
        Files.writeString(trace.resolve("cpu3"), "no time in here\n");
        assertThatIllegalArgumentException().isThrownBy(() -> TraceFiles.read(trace)).withMessageContaining("cpu3");
    }

    @Test
    void textWithoutTimesIsNoTrace() throws IOException {
        assertThat(read("hello\nworld\n")).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> read("0 10\n1 x\n"))
                .withMessageContaining("'1 x': must be TIME SIZE");
        final TraceFiles one = read("1 10\n");
        assertThatIllegalArgumentException().isThrownBy(() -> only(one)).withMessageContaining("two times or more");
    }

    @Test
    void compressedTextIsRead() throws IOException {
        final Path file = folder.resolve("trace.txt.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("0 10\n1 20\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(only(TraceFiles.read(file)).count()).isEqualTo(2);
    }

    @Test
    void klogRecordsAreReadFromACollectedFile() throws IOException {
        final Path file = folder.resolve("cpu0");
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1).build())) {
            log(channel, 5);
            try (Consumer consumer = channel.consumer(0)) {
                final byte[] bytes = new byte[1 << 16];
                final int length = consumer.stream().read(bytes, 0, bytes.length);
                Files.write(file, Arrays.copyOf(bytes, length));
            }
        }
        final RecordedTraffic traffic = only(TraceFiles.read(file));
        assertThat(traffic.count()).isEqualTo(5);
        assertThat(traffic.sizes().max()).isEqualTo(KlogRecord.size("request 0".length()));
    }

    @Test
    void packetsOfACtfTraceAreReadWithWhatTheySayIsMissing() throws IOException {
        final Path trace = Files.createDirectory(folder.resolve("ctf"));
        final Ctf ctf = new Ctf(1, 2);
        ctf.writeMetadata(trace);
        try (Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(256).build());
                CtfStream stream = new CtfStream(trace, "cpu0", 0)) {
            log(channel, 14);
            try (Consumer consumer = channel.consumer(0)) {
                for (SubBuffer each = consumer.next(); each != null; each = consumer.next()) {
                    stream.write(each);
                    consumer.subBuffersConsumed(1);
                }
            }
            stream.finish(channel.buffer(0).statsSinceOpen());
        }
        final TraceFiles files = TraceFiles.read(trace);
        assertThat(files.discarded()).isEqualTo(4L);
        assertThat(only(files).count()).isEqualTo(10);
        final byte[] bytes = Files.readAllBytes(trace.resolve("cpu0"));
        Files.write(trace.resolve("cpu0"), Arrays.copyOf(bytes, bytes.length - 1));
        assertThatIllegalArgumentException().isThrownBy(() -> TraceFiles.read(trace))
                .withMessageContaining("no whole packet at byte ");
    }

    private static void log(Channel channel, int count) {
        final Klog klog = new Klog();
        klog.attach(channel);
        for (int i = 0; i < count; i++) {
            klog.printf("request %d", i % 10);
        }
        channel.flush();
    }
}
