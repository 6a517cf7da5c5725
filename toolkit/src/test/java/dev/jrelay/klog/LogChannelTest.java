// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Consumer;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.Result;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.LogOptions.Option;
import dev.jrelay.relayapp.Collector;
import dev.jrelay.relayapp.FileSink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LogChannelTest {
    /** What a pipe holds. */
    private static final int PIPE = 64 << 10;

    private final Told told = new Told();
    private final LogOptions options = new LogOptions().set(Option.NAME, "test");

    @TempDir
    private Path directory;

    /** What a framework would show. */
    private static final class Told implements LogChannel.Status {
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        @Override
        public void info(String text) {
            lines.add("INFO " + text);
        }

        @Override
        public void warn(String text) {
            lines.add("WARN " + text);
        }

        /** Waits for a line with this beginning. */
        String await(String beginning) throws InterruptedException {
            for (;;) {
                final String line = lines.poll(30L, TimeUnit.SECONDS);
                assertThat(line).as("awaiting " + beginning).isNotNull();
                if (line.startsWith(beginning)) {
                    return line;
                }
            }
        }
    }

    private Path file() {
        return directory.resolve("logs/test.log");
    }

    private LogChannel toFile() throws IOException {
        return LogChannel.open(options.set(Option.FILE, file().toString()), told);
    }

    private static void write(LogChannel log, String text) {
        assertThat(log.write(text.getBytes(UTF_8))).isNotNegative();
    }

    @Test
    void eventsAreInTheFileAfterAFlush() throws Exception {
        try (LogChannel log = toFile()) {
            write(log, "one\n");
            write(log, "two, without an end");
            log.flush();
            assertThat(Files.readString(file())).isEqualTo("one\ntwo, without an end\n");
        }
        assertThat(told.lines).containsExactly("INFO wrote 2 events to " + file() + ", lost 0");
    }

    @Test
    void eventsOfSilentThreadsAreInTheFileAfterTheDelay() throws Exception {
        options.set(Option.FLUSH_AFTER, "2ms");
        try (LogChannel log = toFile()) {
            write(log, "one\n");
            while (Files.size(file()) == 0L) {
                Thread.onSpinWait();
            }
            assertThat(Files.readString(file())).isEqualTo("one\n");
        }
    }

    @Test
    void aFileIsContinuedOrReplaced() throws Exception {
        for (final String append : List.of("true", "true", "false")) {
            try (LogChannel log = LogChannel.open(options.set(Option.APPEND, append).set(Option.FILE,
                    file().toString()), told)) {
                write(log, append + "\n");
            }
        }
        assertThat(Files.readString(file())).isEqualTo("false\n");
        try (LogChannel log = LogChannel.open(options.set(Option.APPEND, null), told)) {
            write(log, "more\n");
        }
        assertThat(Files.readString(file())).isEqualTo("false\nmore\n");
    }

    /** Threads with buffers of their own, and threads that share: the file has them in the order of their doing. */
    @Test
    void theFileIsInTheOrderOfTime() throws Exception {
        options.set(Option.EXCLUSIVE_BUFFERS, "2").set(Option.BUFFERS, "2");
        final int threads = 6;
        final int turns = 300;
        final AtomicLong turn = new AtomicLong();
        try (LogChannel log = toFile()) {
            final List<Thread> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                final int id = i;
                running.add(Thread.ofPlatform().start(() -> {
                    for (long mine = id; mine < (long) turns * threads; mine += threads) {
                        while (turn.get() != mine) {
                            Thread.yield();
                        }
                        log.write((mine + "\n").getBytes(UTF_8));
                        turn.set(mine + 1L);
                    }
                }));
            }
            for (final Thread thread : running) {
                thread.join();
            }
        }
        final List<String> expected = new ArrayList<>();
        for (int i = 0; i < turns * threads; i++) {
            expected.add(Integer.toString(i));
        }
        assertThat(Files.readAllLines(file())).isEqualTo(expected);
    }

    @Test
    void aLongEventIsCutAndSaidToBe() throws Exception {
        options.set(Option.MAX_EVENT, "16");
        try (LogChannel log = toFile()) {
            write(log, "fifteen bytes €, and more\n");
            write(log, "sixteen bytes..\n");
        }
        assertThat(Files.readString(file())).isEqualTo("fifteen bytes  [cut]\nsixteen bytes..\n");
        assertThat(told.lines).contains("WARN CUT 1 events: longer than maxEvent or a sub-buffer allows; 1 in all");
    }

    @Test
    void overloadIsCountedByCauseAndTold() throws Exception {
        options.set(Option.SUB_BUFFER_SIZE, "1k").set(Option.SUB_BUFFER_COUNT, "2").set(Option.BUFFERS, "1");
        long refused = 0L;
        final long events = 200_000L;
        final LogChannel log = toFile();
        for (long i = 0L; i < events; i++) {
            final long result = log.write("an event that is to be lost sometimes\n".getBytes(UTF_8));
            assertThat(result).isGreaterThanOrEqualTo(Result.FULL);
            refused += result == Result.FULL ? 1L : 0L;
        }
        log.close();
        assertThat(refused).isPositive();
        final BufferStats stats = log.channel().statsSinceReset();
        assertThat(stats.lost(Loss.FULL).records()).isEqualTo(refused);
        assertThat(Files.readAllLines(file())).hasSize((int) (events - refused));
        assertThat(told.lines.stream().filter(line -> line.startsWith("WARN LOST")).toList().getLast())
                .endsWith(String.format("the buffer was full; %,d in all", refused));
        assertThat(told.lines).last().asString()
                .isEqualTo(String.format("INFO wrote %,d events to %s, lost %,d", events - refused, file(), refused));
    }

    @Test
    void whatComesAfterTheEndIsLostAndCounted() throws Exception {
        final LogChannel log = toFile();
        log.close();
        log.close();
        assertThat(log.write(new byte[1])).isEqualTo(Result.CLOSED);
        assertThat(log.channel().statsSinceReset().lost(Loss.CLOSED).records()).isOne();
        log.flush();
    }

    @Test
    void aFullDiskIsToldAndNothingIsLostUncounted() throws Exception {
        try (LogChannel log = LogChannel.open(options.set(Option.FILE, "/dev/full"), told)) {
            write(log, "one\n");
            assertThat(told.await("WARN /dev/full cannot be written, events stay in the channel")).isNotNull();
        }
        assertThat(told.await("INFO wrote 0 events")).isEqualTo("INFO wrote 0 events to /dev/full, lost 1");
        assertThat(told.await("WARN LOST 1 events: /dev/full could not be written to the end")).isNotNull();
    }

    /** A write that does not return holds up no writer, and the end of the log only for a while. */
    @Test
    void aFileThatHangsHoldsUpNobody() throws Exception {
        options.set(Option.SUB_BUFFER_SIZE, "4k").set(Option.SUB_BUFFER_COUNT, "4");
        final Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        final int events = 10_000;
        final LogChannel log;
        try (FileChannel nobodyReads = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            nobodyReads.write(ByteBuffer.allocate(PIPE));
            log = LogChannel.open(options.set(Option.FILE, pipe.toString()), told);
            for (int i = 0; i < events; i++) {
                log.write("an event of about forty bytes, in a pipe\n".getBytes(UTF_8));
            }
            log.close();
            assertThat(nobodyReads.isOpen()).isTrue();
        }
        assertThat(log.channel().statsSinceReset().attempted().records()).isEqualTo(events);
        assertThat(log.channel().statsSinceReset().lost(Loss.FULL).records()).isPositive();
        assertThat(told.lines).anyMatch(line -> line.startsWith("WARN LOST") && line.contains("the buffer was full"))
                .last().asString().endsWith(" events: " + pipe + " could not be written to the end");
    }

    @Test
    void theCountersAreInJmx() throws Exception {
        final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        final ObjectName counts = new ObjectName("dev.jrelay:type=Log,name=test");
        try (LogChannel log = LogChannel.open(options.set(Option.FILE, file().toString()).set(Option.MAX_EVENT, "16"),
                told)) {
            write(log, "one\n");
            write(log, "one that is much too long\n");
            log.failed();
            log.flush();
            assertThat(server.getAttribute(new ObjectName("dev.jrelay:type=Channel,name=test"), "Losses")).isNotNull();
            assertThat(server.getAttribute(counts, "Failed")).isEqualTo(log.failedEvents()).isEqualTo(1L);
            assertThat(server.getAttribute(counts, "Cut")).isEqualTo(log.cutEvents()).isEqualTo(1L);
            try (LogChannel _ = LogChannel.open(new LogOptions().set(Option.NAME, "test").set(Option.FILE,
                    directory.resolve("other").toString()), told)) {
                assertThat(told.await("INFO not in JMX: channel test cannot be registered")).isNotNull();
            }
        }
        assertThat(server.isRegistered(counts)).isFalse();
    }

    @Test
    void aChannelInFilesIsReadByOthers() throws Exception {
        final Path files = directory.resolve("relay");
        try (LogChannel log = LogChannel.open(options.set(Option.DIRECTORY, files.toString()).set(Option.BUFFERS, "1")
                .set(Option.FLUSH_AFTER, "2ms"), told)) {
            final CountDownLatch written = new CountDownLatch(1);
            final Thread silent = Thread.ofPlatform().start(() -> {
                write(log, "own\n");
                written.countDown();
            });
            written.await();
            silent.join();
            try (MappedChannel mapped = MappedChannel.open(files, "test"); Consumer consumer = mapped.consumer(1)) {
                assertThat(consumer.poll(30_000_000_000L)).isEqualTo(Readiness.READABLE);
                final SubBuffer subBuffer = consumer.next();
                final KlogReader reader = new KlogReader().wrap(subBuffer, 0);
                assertThat(reader.next()).isTrue();
                assertThat(reader.text()).isEqualTo("own\n");
            }
            assertThatThrownBy(() -> LogChannel.open(options, told)).isInstanceOf(IOException.class)
                    .hasMessageContaining("relay recover " + files);
        }
        assertThat(files).isEmptyDirectory();
    }

    @Test
    void aFlightRecorderLosesNothingByOverwriting() throws Exception {
        options.set(Option.DIRECTORY, directory.resolve("relay").toString()).set(Option.MODE, "overwrite")
                .set(Option.SUB_BUFFER_SIZE, "256").set(Option.SUB_BUFFER_COUNT, "2");
        try (LogChannel log = LogChannel.open(options, told)) {
            for (int i = 0; i < 100; i++) {
                write(log, "event\n");
            }
        }
        assertThat(told.lines).containsExactly("INFO took 100 events, lost 0");
    }

    /** Each collector has a channel of its own, whose losses are told from the first on. */
    @Test
    void collectorsMakeItLog() throws Exception {
        final Path files = directory.resolve("app");
        try (LogChannel log = LogChannel.open(options.set(Option.DIRECTORY, files.toString())
                .set(Option.COLLECT, "true"), told)) {
            write(log, "nobody collects\n");
            assertThat(log.channel()).isNull();
            assertThat(collect(log, files, 3)).contains("collected").doesNotContain("nobody");
            assertThat(told.await("WARN LOST")).startsWith("WARN LOST 3 events").endsWith("3 in all");
            assertThat(told.await("INFO took")).isEqualTo("INFO took 1 events, lost 3");
            assertThat(collect(log, files, 1)).contains("collected");
            assertThat(told.await("WARN LOST")).startsWith("WARN LOST 1 events").endsWith("1 in all");
            assertThat(told.await("INFO took")).isEqualTo("INFO took 1 events, lost 1");
        }
    }

    /** Has an event collected, and others lost; returns what the collector found. */
    private String collect(LogChannel log, Path files, int lost) throws Exception {
        final Path output = directory.resolve("output" + lost);
        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch stop = new CountDownLatch(1);
        final Thread collector = Thread.ofPlatform().start(() -> {
            try {
                Collector.run(new Collector.Plan(files, "test", 4096, 4, Mode.NO_OVERWRITE, Duration.ZERO, false),
                        new FileSink(output, false), started::countDown, () -> stop.getCount() == 0L);
            } catch (IOException | InterruptedException failed) {
                throw new AssertionError(failed);
            }
        });
        started.await();
        write(log, "collected\n");
        log.channel().pause();
        for (int i = 0; i < lost; i++) {
            log.write(new byte[1]);
        }
        log.channel().resume();
        log.flush();
        stop.countDown();
        collector.join();
        assertThat(log.channel()).isNotNull();
        final StringBuilder texts = new StringBuilder();
        try (var outputs = Files.list(output)) {
            for (final Path cpu : outputs.filter(path -> path.getFileName().toString().startsWith("cpu")).toList()) {
                texts.append(new String(Files.readAllBytes(cpu), UTF_8).replaceAll("[^a-z ]", ""));
            }
        }
        return texts.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            APPEND            | yes       | append 'yes': must be true or false
            COLLECT           | true      | collect 'true': must come with a directory, and without a file
            SUB_BUFFER_SIZE   | many      | subBufferSize 'many': must be a number, or one with k, M, G or T
            SUB_BUFFER_SIZE   | 8         | subBufferSize '8': must be 40 to 256M
            SUB_BUFFER_SIZE   | 1025      | sub-buffer size 1025 bytes: must be a mul
            SUB_BUFFER_COUNT  | 3         | sub-buffer count 3: must be a power of two
            SUB_BUFFER_COUNT  | 0         | subBufferCount '0': must be a number from 1 to 1048576
            MODE              | overwrite | mode 'overwrite': must be no-overwrite for a channel that is written to
            BUFFERS           | x         | buffers 'x': must be a number from 1 to 4096
            EXCLUSIVE_BUFFERS | -1        | exclusiveBuffers '-1': must be a number from 0 to 40
            FLUSH_AFTER       | 5         | flushAfter '5': must be a number with ns, us, ms
            FLUSH_AFTER       | 0ms       | flushAfter '0ms': must be 1ms to 24h
            MAX_EVENT         | 8         | maxEvent '8': must be 16 to 256M
            """)
    void aWrongOptionIsNamed(Option option, String value, String message) {
        assertThatThrownBy(() -> LogChannel.open(options.set(Option.FILE, file().toString()).set(option, value), told))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(message);
        assertThat(file()).doesNotExist();
    }

    @Test
    void anyNameWillDo() throws Exception {
        final Path files = directory.resolve("relay");
        try (LogChannel _ = LogChannel.open(options.set(Option.NAME, "-a b" + "c".repeat(300))
                .set(Option.DIRECTORY, files.toString()), told)) {
            assertThat(ChannelFiles.find(files)).containsExactly("_a_b" + "c".repeat(196));
        }
    }

    @Test
    void eventsMustGoSomewhere() {
        assertThatThrownBy(() -> LogChannel.open(options, told)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("neither file nor directory: one of them must say where events go");
    }

    @Test
    void aFileThatCannotBeCreatedLeavesNothingBehind() throws Exception {
        assertThatThrownBy(() -> LogChannel.open(options.set(Option.FILE, directory.toString()), told))
                .isInstanceOf(IOException.class);
        try (LogChannel log = toFile()) {
            write(log, "one\n");
        }
        assertThat(told.lines).hasSize(1);
    }

    @Test
    void channelsOfClosedLogsAreFreed() throws Exception {
        final LogChannel log = toFile();
        final Channel channel = log.channel();
        final Thread other = Thread.ofPlatform().start(() -> write(log, "own\n"));
        other.join();
        log.close();
        assertThatThrownBy(() -> channel.snapshot(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed and its memory freed");
    }
}
