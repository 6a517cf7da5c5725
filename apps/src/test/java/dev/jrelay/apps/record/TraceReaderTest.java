// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.RotatedFiles;
import dev.jrelay.relayapp.Rotation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The check of a trace: it passes what was written, and finds what is planted. */
@Timeout(60)
class TraceReaderTest {
    private static final Geometry GEOMETRY = new Geometry(128, 4, 0, Mode.NO_OVERWRITE);
    private static final int HEADER = 88;
    private static final int LINES = 40;

    @TempDir
    private Path directory;
    private final RecordHash.Key key = RecordHash.Key.random();
    private final Ledger ledger = new Ledger();
    private final LossLog losses = new LossLog();
    private final Deliveries deliveries = new Deliveries();
    private final CountDownLatch ready = new CountDownLatch(1);
    private long lost;
    private OutputCheck check;

    private final PrintStream reports = new PrintStream(OutputStream.nullOutputStream()) {
        @Override
        public void println(String line) {
            final String[] words = line.split(" ");
            if (words[0].equals("run")) {
                deliveries.add(Long.parseLong(words[2]), Long.parseLong(words[3]));
            }
            ready.countDown();
        }
    };

    /** Relays lines, and one that is too large at the end. */
    @BeforeEach
    @SuppressWarnings("try") // closed before its end
    void relay() throws Exception {
        final Path out = Files.createDirectory(directory.resolve("out"));
        final RecordPlan plan = new RecordPlan(null, out, new RecordFormat.Lines(), 1, 1, GEOMETRY, Duration.ZERO,
                true, null, Rotation.parse("600"), true, false);
        final DirectorySink sink = plan.kind().sink(out);
        sink.rotate(plan.rotation());
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        final Channel channel = Channel.open(ChannelConfig.builder(RecordPlan.BASE_NAME)
                .subBufferSize(GEOMETRY.subBufferSize()).subBufferCount(GEOMETRY.subBufferCount()).bufferCount(1)
                .storage(Storage.files(Files.createDirectory(directory.resolve("channel")))).build());
        try (channel) {
            Thread.ofPlatform().start(() -> {
                try {
                    ended.complete(new RecordDrain(directory.resolve("channel"), sink, reports, () -> false)
                            .run(false));
                } catch (IOException | RuntimeException failed) {
                    ended.completeExceptionally(failed);
                }
            });
            ready.await();
            final StreamWriter writer = new StreamWriter(channel.writer(0), ledger, losses, plan, key, () -> { });
            for (int i = 0; i < LINES; i++) {
                final byte[] line = ("line " + "x".repeat(i % 9) + i + "\n").getBytes(US_ASCII);
                writer.write(line, 0, line.length);
            }
            writer.write(new byte[200], 0, 200);
            writer.flush();
            close(channel);
            assertThat(ended.get()).isTrue();
        }
        lost = losses.lost().records();
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }

    private List<Path> files() throws IOException {
        return RotatedFiles.find(directory.resolve("out"), "cpu", 0);
    }

    private String check() throws IOException {
        return check(files());
    }

    private String check(List<Path> files) throws IOException {
        check = new OutputCheck(new TraceReader(files, 0, GEOMETRY.subBufferSize()), ledger, deliveries, lost,
                GEOMETRY, key);
        return check.run();
    }

    @Test
    void passesWhatWasWritten() throws IOException {
        assertThat(files()).hasSizeGreaterThan(3);
        assertThat(lost).isOne();
        assertThat(check()).isNull();
        assertThat(check.records()).isEqualTo(LINES);
        assertThat(check.missingRecords()).isZero();
        assertThat(ledger.inputBytes()).isLessThan(check.bytes()).isPositive();
    }

    /** Of each event all but its time, which the check only knows not to go back. */
    @Test
    void findsAnyChangedByteOfAnEvent() throws IOException {
        final Path file = files().get(1);
        final byte[] whole = Files.readAllBytes(file);
        final ByteBuffer words = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        int changes = 0;
        for (int packet = 0; packet < whole.length; packet += (int) words.getLong(packet + 56) / 8) {
            final int end = packet + (int) words.getLong(packet + 56) / 8;
            int size;
            for (int event = packet + HEADER; event < end; event += size) {
                size = 20 + words.getInt(event + 16) + 7 & -8;
                for (int i = 0; i < size; i++) {
                    if (i < 8 || i >= 16) {
                        final byte[] changed = whole.clone();
                        changed[event + i] ^= 4;
                        Files.write(file, changed);
                        assertThat(check()).as("byte %d of the event at %d", i, event).isNotNull();
                        changes++;
                    }
                }
            }
        }
        assertThat(changes).isGreaterThan(100);
    }

    @Test
    void findsATimeThatGoesBack() throws IOException {
        final Path file = files().get(1);
        final ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(HEADER + 8, words.getLong(HEADER + 8) - 1_000_000_000_000L);
        Files.write(file, words.array());
        assertThat(check()).contains("times of the trace go back");
    }

    @Test
    void findsPacketsThatAreMissingDoubledExchangedOrCut() throws IOException {
        final Path file = files().get(1);
        final byte[] whole = Files.readAllBytes(file);
        final int first = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(56) / 8;
        Files.write(file, join(whole, first, whole.length));
        assertThat(check()).as("missing").contains("packet", "is there");
        Files.write(file, join(whole, 0, first, 0, whole.length));
        assertThat(check()).as("doubled").contains("packet", "is there");
        Files.write(file, join(whole, first, whole.length, 0, first));
        assertThat(check()).as("exchanged").contains("packet", "is there");
        Files.write(file, join(whole, 0, whole.length - 1));
        assertThat(check()).as("cut").contains("bytes of a packet are there");
        Files.write(file, whole);
        assertThat(check()).isNull();
    }

    private static byte[] join(byte[] bytes, int... ranges) {
        final ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < ranges.length; i += 2) {
            joined.write(bytes, ranges[i], ranges[i + 1] - ranges[i]);
        }
        return joined.toByteArray();
    }

    @Test
    void findsFilesThatAreMissingDoubledOrEmpty() throws IOException {
        final List<Path> files = new ArrayList<>(files());
        final List<Path> without = new ArrayList<>(files);
        without.remove(2);
        assertThat(check(without)).as("missing").contains("packet", "is there");
        assertThat(check(files.subList(0, files.size() - 1))).as("the last one is missing").isNotNull();
        final List<Path> twice = new ArrayList<>(files);
        twice.add(files.getLast());
        assertThat(check(twice)).as("doubled").contains("behind the last sub-buffer");
        files.add(1, Files.createFile(directory.resolve("empty")));
        assertThat(check(files)).as("empty").contains("0 bytes of a packet");
    }

    @Test
    void findsALossThatTheTraceDoesNotTell() throws IOException {
        lost++;
        assertThat(check()).contains("records lost in the trace: 1, but lost: 2");
    }
}
