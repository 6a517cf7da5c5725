// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The broker's disk, a small tmpfs, is full: the broker ends, gets room, starts again, and nothing is missing. */
@Timeout(600)
@EnabledIfSystemProperty(named = "kafka.disk", matches = "true", disabledReason = "mounts a tmpfs, which needs root")
class KafkaDiskTest {
    private static final int SUB_BUFFERS = 200;
    private static final int SIZE = 256 << 10;

    @TempDir
    private Path directory;

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
    }

    @Test
    void aFullDiskOfTheBrokerIsWaitedFor() throws Exception {
        final Path disk = Files.createDirectory(directory.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString());
        try (Broker broker = Broker.start(directory, disk.resolve("data"))) {
            final KafkaSettings settings = CollectorProcess.settings(broker.address(), "full");
            final long failures = writeAll(settings, () -> {
                if (!broker.isAlive()) {
                    run("mount", "-o", "remount,size=200m", disk.toString());
                    broker.start();
                }
            });
            assertThat(failures).as("the disk was full").isPositive();
            final AtomicLong next = new AtomicLong();
            final KafkaReader.Outcome outcome = KafkaReader.read(settings, found -> {
                assertThat(found.sequence()).isEqualTo(next.getAndIncrement());
                assertThat(found.bytes()).isEqualTo(content(found.sequence()));
            });
            assertThat(next).hasValue(SUB_BUFFERS);
            assertThat(outcome.streams().getFirst().gaps()).isEmpty();
            assertThat(outcome.streams().getFirst().duplicates()).isZero();
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    /** What makes room when it is needed. */
    private interface Room {
        void make() throws Exception;
    }

    private static byte[] content(long sequence) {
        final byte[] bytes = new byte[SIZE];
        new Random(sequence).nextBytes(bytes);
        return bytes;
    }

    private long writeAll(KafkaSettings settings, Room room) throws Exception {
        final Geometry geometry = new Geometry(SIZE, 8, 0, Mode.NO_OVERWRITE);
        final BufferStats nothing = new BufferStats(0L, 0L, 0L, Tally.ZERO, Tally.ZERO, 0L, Tally.ZERO, Tally.ZERO,
                Tally.ZERO, Map.of());
        long failures = 0L;
        try (KafkaSink sink = new KafkaSink(settings, note -> { })) {
            sink.prepare(directory, "cpu", geometry);
            sink.open(new Sink.Source(directory, "cpu", new ChannelId(1L, 1L), geometry, 1));
            for (long sequence = 0L; sequence < SUB_BUFFERS;) {
                try {
                    for (long ahead = sequence; ahead < sequence + 4L; ahead++) {
                        sink.write(new Sink.Taken(0, ahead, 1, MemorySegment.ofArray(content(ahead)), SIZE, true, ahead,
                                () -> nothing));
                    }
                    sink.commit(0);
                    sequence += 4L;
                } catch (IOException full) {
                    failures++;
                    room.make();
                }
            }
        }
        return failures;
    }
}
