// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Mode;
import dev.jrelay.SubBuffer;
import dev.jrelay.relayapp.Rotation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The books of a whole run, on a small channel in memory: they must balance, and each planted error must show. */
class CheckTest {
    private static final byte[] LINE = "0123456789\n".getBytes(StandardCharsets.UTF_8);
    private static final int SIZE = 64;
    private static final int COUNT = 4;

    @TempDir
    private Path directory;
    private final RecordHash.Key key = RecordHash.Key.random();
    private final Ledger ledger = new Ledger();
    private final LossLog losses = new LossLog();
    private final Deliveries deliveries = new Deliveries();
    private Channel channel;
    private RecordPlan plan;
    private StreamWriter writer;
    private int firstLosses;

    private void open(Mode mode) throws IOException {
        channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(SIZE).subBufferCount(COUNT).mode(mode)
                .bufferCount(1).build());
        plan = new RecordPlan(null, directory, new RecordFormat.Lines(), 1, 1, channel.geometry(), Duration.ZERO,
                false, null, Rotation.NEVER, false, false);
        writer = writer();
    }

    private StreamWriter writer() {
        return new StreamWriter(channel.writer(0), ledger, losses, plan, key, () -> firstLosses++);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    private void write(int lines) throws InterruptedException {
        for (int i = 0; i < lines; i++) {
            writer.write(LINE, 0, LINE.length);
        }
    }

    private void drain() throws IOException {
        try (Consumer consumer = channel.consumer(0); FileChannel file = FileChannel.open(directory.resolve("cpu0"),
                StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                file.write(s.bytes());
                deliveries.add(s.sequence(), 1L);
                consumer.subBuffersConsumed(1);
            }
        }
    }

    private String check(long linesRead) throws IOException, InterruptedException {
        return checkBytes(linesRead * LINE.length);
    }

    private String checkBytes(long bytesRead) throws IOException, InterruptedException {
        writer.flush();
        channel.flush();
        drain();
        losses.endEpisode();
        final List<Report.Cpu> cpus = List.of(new Report.Cpu(0, channel.buffer(0).statsSinceOpen(), losses,
                deliveries.longestGap(), deliveries.passed(), List.of(directory.resolve("cpu0"))));
        return new Check(plan, key, new Ledger[] {ledger}, cpus).run(buffer -> deliveries, bytesRead);
    }

    @Test
    void balancesWithoutLoss() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(7);
        assertThat(check(7)).isNull();
    }

    @Test
    void balancesWithSeveralWritersInOneSubBuffer() throws Exception {
        open(Mode.NO_OVERWRITE);
        final StreamWriter other = writer();
        for (int i = 0; i < 9; i++) {
            other.write(LINE, i, LINE.length - i);
            writer.write(LINE, 9 - i, LINE.length - 9 + i);
        }
        other.flush();
        assertThat(checkBytes(9 * 13)).isNull();
    }

    @Test
    void balancesWithDroppedRecords() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(30); // 4 sub-buffers of 5 lines
        assertThat(losses.lost().records()).isEqualTo(10);
        drain();
        write(6);
        assertThat(losses.episodes()).isEqualTo(1);
        assertThat(losses.longestEpisodeBytes()).isEqualTo(10L * LINE.length);
        assertThat(firstLosses).isEqualTo(1);
        assertThat(check(36)).isNull();
    }

    @Test
    void balancesWithOverwrittenRecords() throws Exception {
        open(Mode.OVERWRITE);
        write(12);
        drain();
        write(40);
        assertThat(check(52)).isNull();
        assertThat(channel.buffer(0).statsSinceReset().overwritten().records()).isPositive();
        assertThat(deliveries.longestGap()).isPositive();
    }

    @Test
    void findsALossThatNobodyReported() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(20);
        channel.writer(0).write(LINE, 0, LINE.length); // lost, and not in the writers' books
        assertThat(check(20)).isEqualTo("cpu 0: FULL records in the kernel: 1, but lost or repeated: 0");
    }

    @Test
    void findsARecordThatNobodyWrote() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(3);
        channel.writer(0).write(LINE, 0, LINE.length);
        assertThat(check(3)).contains("11 bytes behind the last sub-buffer");
    }

    @Test
    void findsBytesThatWereNeverWritten() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(5);
        assertThat(check(6)).isEqualTo("bytes read: 66, but bytes accepted or lost: 55");
    }

    @Test
    void findsASubBufferThatWasConsumedButNotWritten() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(12);
        try (Consumer consumer = channel.consumer(0)) {
            consumer.next();
            consumer.subBuffersConsumed(1);
        }
        assertThat(check(12)).isEqualTo("cpu 0: records in the file: 7, but delivered: 12");
    }

    @Test
    void findsDataThatWasResetAway() throws Exception {
        open(Mode.NO_OVERWRITE);
        write(12);
        channel.reset();
        write(3);
        assertThat(check(15)).isEqualTo("cpu 0: records overwritten or skipped: 12, but expected: 0");
    }
}
