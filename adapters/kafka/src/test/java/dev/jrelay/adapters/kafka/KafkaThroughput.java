// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.MappedChannel;
import dev.jrelay.SharedWriter;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.Drain;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast one buffer is drained into files, and into a topic of a broker beside it; and what a record costs its writer
 * meanwhile. Not a test: {@code KafkaThroughput DIRECTORY MEGABYTES-PER-SECOND,… SECONDS ROUNDS}; a rate of 0 is as
 * fast as the ring takes it. The files and the broker's data are in DIRECTORY; the channel in /dev/shm.
 */
final class KafkaThroughput {
    private static final int RECORD = 100;
    private static final int BURST = 500;
    private static final double MEGA = 1e6;

    private final Path directory;
    private final String brokers;

    private KafkaThroughput(Path directory, String brokers) {
        this.directory = directory;
        this.brokers = brokers;
    }

    public static void main(String[] arguments) throws Exception {
        final Path directory = Files.createDirectories(Path.of(arguments[0]));
        final int seconds = Integer.parseInt(arguments[2]);
        final int rounds = Integer.parseInt(arguments[3]);
        try (Broker broker = Broker.start(directory, directory.resolve("data"))) {
            final KafkaThroughput run = new KafkaThroughput(directory, broker.address());
            run.measure(false, 0, 2, -1); // warm up
            run.measure(true, 0, 2, -2);
            System.out.println("sink   offered MB/s  drained MB/s  lost %  ns/record  p99");
            for (final String rate : arguments[1].split(",")) {
                for (int round = 0; round < rounds; round++) {
                    System.out.println(run.measure(false, Integer.parseInt(rate), seconds, round));
                    System.out.println(run.measure(true, Integer.parseInt(rate), seconds, round));
                }
            }
        }
        System.exit(0);
    }

    private String measure(boolean kafka, int rate, int seconds, int round) throws Exception {
        final Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "kafka-throughput");
        final Path files = directory.resolve("files");
        final String name = "rate-" + rate + "-" + (round < 0 ? "warm" : round) + "-" + System.nanoTime();
        final KafkaSettings settings = new KafkaSettings(name, "here", 0, Map.of("bootstrap.servers", brokers),
                Map.of("retention.bytes", "50000000", "segment.bytes", "50000000"));
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(256 << 10).subBufferCount(64)
                .bufferCount(1).storage(Storage.files(shared)).build());
                MappedChannel mapped = MappedChannel.open(shared, "cpu");
                Sink sink = kafka ? new KafkaSink(settings, note -> { }) : new FileSink(files, true)) {
            sink.prepare(shared, "cpu", mapped.geometry());
            sink.open(new Sink.Source(shared, "cpu", ChannelId.read(shared, "cpu"), mapped.geometry(), 1));
            final long before;
            final long start;
            final long[] costs;
            final long nanos;
            try (Drain drain = Drain.start(mapped, sink, new Steady())) {
                write(channel.writer(0), rate, 1); // to be in step
                before = mapped.statsSinceOpen(0).delivered().bytes();
                start = System.nanoTime();
                costs = write(channel.writer(0), rate, seconds);
                nanos = System.nanoTime() - start;
                if (drain.await(Duration.ofMillis(1L))) {
                    throw new IOException("the sink failed");
                }
            }
            final var stats = mapped.statsSinceOpen(0);
            Arrays.sort(costs);
            return String.format(Locale.ROOT, "%-6s %12d  %12.1f  %6.2f  %9.1f  %5.0f", kafka ? "kafka" : "file", rate,
                    (stats.delivered().bytes() - before) / MEGA / (nanos / 1e9),
                    rate == 0 ? 0.0 : 100.0 * stats.lost().records() / stats.attempted().records(),
                    costs[costs.length / 2] / (double) BURST, costs[costs.length * 99 / 100] / (double) BURST);
        } finally {
            Files.deleteIfExists(shared);
            for (final String left : List.of("cpu0", ".collector")) {
                Files.deleteIfExists(files.resolve(left));
            }
        }
    }

    /** Writes in bursts at a rate, or as fast as there is room; returns the bursts' times that lost nothing, ns. */
    private static long[] write(SharedWriter writer, int rate, int seconds) {
        final byte[] record = new byte[RECORD];
        final long[] costs = new long[1 << 20];
        int count = 0;
        final long period = rate == 0 ? 0L : (long) (BURST * RECORD * 1e9 / (rate * MEGA));
        final long start = System.nanoTime();
        long next = start;
        for (long now = start; now - start < seconds * 1_000_000_000L; now = System.nanoTime()) {
            if (now - next < 0L) {
                LockSupport.parkNanos(next - now);
                continue;
            }
            next += period;
            boolean whole = true;
            for (int i = 0; i < BURST; i++) {
                whole &= writer.write(record, 0, RECORD) >= 0L;
            }
            if (whole && count < costs.length) {
                costs[count++] = System.nanoTime() - now;
            } else if (!whole && rate == 0) {
                LockSupport.parkNanos(100_000L);
            }
        }
        return Arrays.copyOf(costs, Math.max(1, count));
    }

    /** The writers live, and a sink that fails is an error. */
    private static final class Steady implements Drain.Watch {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public boolean tryAgain(int buffer, IOException failure) throws IOException {
            System.err.println(failure.getMessage());
            throw failure;
        }
    }
}
