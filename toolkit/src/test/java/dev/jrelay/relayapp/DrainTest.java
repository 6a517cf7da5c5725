// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Geometry;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop with a sink that fails at random, and is killed after a commit. */
@Timeout(60)
class DrainTest {
    private static final int RECORDS = 2_000;

    @TempDir
    private Path directory;
    private final Random random = new Random(20_261_127L);

    /** Keeps what is committed; before that, a write is as if it had not been. */
    private final class Flaky implements Sink {
        private final List<Long> sequences = new ArrayList<>();
        private final StringBuilder content = new StringBuilder();
        private final List<Long> newSequences = new ArrayList<>();
        private final StringBuilder newContent = new StringBuilder();
        private int largestBatch;

        @Override
        public boolean prepare(Path channel, String base, Geometry geometry) {
            return false;
        }

        @Override
        public void open(Source source) {
            // in memory
        }

        @Override
        public long resume(int buffer) {
            return sequences.isEmpty() ? 0L : sequences.getLast() + 1L;
        }

        @Override
        public int batch() {
            return 3;
        }

        @Override
        public void write(Taken taken) throws IOException {
            mayFail();
            newSequences.add(taken.sequence());
            newContent.append(US_ASCII.decode(taken.bytes()));
        }

        private void mayFail() throws IOException {
            if (random.nextInt(4) == 0) {
                newSequences.clear();
                newContent.setLength(0);
                throw new IOException("not now");
            }
        }

        @Override
        public void commit(int buffer) throws IOException {
            mayFail();
            largestBatch = Math.max(largestBatch, newSequences.size());
            sequences.addAll(newSequences);
            content.append(newContent);
            newSequences.clear();
            newContent.setLength(0);
        }

        @Override
        public void finish(List<BufferStats> counters) {
            // nothing
        }

        @Override
        public String target(int buffer) {
            return "memory";
        }

        @Override
        public void close() {
            // nothing
        }
    }

    /** Tries again for ever. */
    private static final class Patient implements Drain.Watch {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public boolean tryAgain(int buffer, IOException failure) {
            return true;
        }
    }

    private Channel open() throws IOException {
        return Channel.open(ChannelConfig.builder("cpu").subBufferSize(64).subBufferCount(8).bufferCount(1)
                .storage(Storage.files(directory)).build());
    }

    private static byte[] line(int number) {
        return ("line " + number + "\n").getBytes(US_ASCII);
    }

    private static String write(Channel channel, int from, int to) throws InterruptedException {
        final StringBuilder written = new StringBuilder();
        for (int i = from; i < to; i++) {
            while (channel.write(line(i), 0, line(i).length) < 0L) {
                Thread.sleep(1L);
            }
            written.append(new String(line(i), US_ASCII));
        }
        return written.toString();
    }

    @Test
    @SuppressWarnings("try") // closed before its end
    void handsOverEachSubBufferOnceHoweverOftenTheSinkFails() throws Exception {
        final Flaky sink = new Flaky();
        final Channel channel = open();
        try (channel; MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            final String written;
            try (Drain drain = Drain.start(mapped, sink, new Patient())) {
                written = write(channel, 0, RECORDS);
                close(channel);
                assertThat(drain.await(Duration.ofSeconds(30L))).isTrue();
                assertThat(drain.end(0)).isEqualTo(Drain.End.CLOSED);
            }
            assertThat(sink.content).asString().isEqualTo(written);
            assertThat(sink.sequences).doesNotHaveDuplicates().isSorted()
                    .hasSize((int) mapped.statsSinceOpen(0).delivered().subBuffers());
            assertThat(sink.largestBatch).isEqualTo(3);
        }
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }

    @Test
    @SuppressWarnings("try") // closed before its end
    void leavesOutWhatIsSafe() throws Exception {
        final Flaky sink = new Flaky();
        final Channel channel = open();
        try (channel; MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            write(channel, 0, 30);
            sink.sequences.addAll(List.of(0L, 1L)); // the one before was killed between the commit and the consumption
            try (Drain drain = Drain.start(mapped, sink, new Patient())) {
                close(channel);
                assertThat(drain.await(Duration.ofSeconds(30L))).isTrue();
            }
            assertThat(sink.sequences).startsWith(0L, 1L, 2L, 3L).doesNotHaveDuplicates();
            assertThat(mapped.statsSinceOpen(0).delivered().records()).isEqualTo(30L);
        }
    }

    /** A peer's truncation ends a thread by an error of the JVM; whoever waits must not take that for the end. */
    @Test
    void aTruncatedDataFileIsToldAsAFailure() throws Exception {
        final List<Exception> failures = new CopyOnWriteArrayList<>();
        final Drain.Watch watch = new Drain.Watch() {
            @Override
            public boolean isGone() {
                return false;
            }

            @Override
            public boolean tryAgain(int buffer, IOException failure) {
                return true;
            }

            @Override
            public void failed(int buffer, long handedOver, Exception failure) {
                failures.add(failure);
            }
        };
        try (Channel channel = open(); MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            write(channel, 0, 30);
            Files.write(directory.resolve("cpu0"), new byte[0]);
            try (Drain drain = Drain.start(mapped, new Flaky(), watch)) {
                assertThat(drain.await(Duration.ofSeconds(30L))).isTrue();
                assertThat(drain.end(0)).isEqualTo(Drain.End.FAILED);
            }
        }
        assertThat(failures).singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("truncated"));
    }
}
