// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with two writers, each with a buffer of its own, is killed at a random moment. Each writer keeps a book
 * in another mapped file: the number of the last record whose write has returned. What is recovered, with what is
 * stated as missing and as overwritten, must be the book exactly, or one more: the record whose write was returning.
 *
 * <p>{@code -Dkills=300} kills more often.
 */
class RecoveryKillTest {
    private static final int KILLS = Integer.getInteger("kills", 40);
    private static final int SIZE = 1024;
    private static final int COUNT = 8;
    private static final int CPUS = 2;

    @TempDir
    Path directory;

    @Test
    void exactlyWhatWasWrittenIsRecovered() throws Exception {
        final long seed = new Random().nextLong();
        System.out.println("RecoveryKillTest seed " + seed + ", " + KILLS + " kills");
        final Random random = new Random(seed);
        long unstable = 0L;
        long partial = 0L;
        for (int kill = 0; kill < KILLS; kill++) {
            final Path run = Files.createDirectory(directory.resolve("run" + kill));
            writeAndKill(run, 1L + random.nextInt(20_000));
            final List<Recovery.Found> found = new Recovery(run, "cpu", false, false).run(run.resolve("out"), false);
            for (final Recovery.Found f : found) {
                check(run, f, "kill " + kill + " of seed " + seed + ", " + f);
                unstable += f.unstable();
                partial += f.partialBytes() > 0L ? 1L : 0L;
            }
            assertThat(new Recovery(run, "cpu", false, false).run(run.resolve("out"), true)).as("again")
                    .isEqualTo(found);
            delete(run);
        }
        System.out.println("RecoveryKillTest: " + KILLS + " kills, " + partial + " stable beginnings, " + unstable
                + " unstable sub-buffers");
    }

    private static void writeAndKill(Path run, long records) throws Exception {
        final Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto", "-cp",
                System.getProperty("java.class.path"), Writer.class.getName(), run.toString())
                .redirectErrorStream(true).start();
        try {
            assertThat(writer.getInputStream().read()).as("it has opened the channel").isEqualTo('o');
            final MemorySegment book = Writer.map(run.resolve("book"));
            while ((long) Writer.LONG.getVolatile(book, 0L) < records && writer.isAlive()) {
                Thread.onSpinWait();
            }
            writer.destroyForcibly();
            assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            writer.destroyForcibly();
        }
    }

    private static void check(Path run, Recovery.Found found, String what) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(found.file())).order(ByteOrder.nativeOrder());
        assertThat((long) bytes.limit()).as(what).isEqualTo(found.bytes());
        long first = -1L;
        long next = -1L;
        while (bytes.hasRemaining()) {
            final long number = bytes.getLong(bytes.position());
            if (next < 0L) {
                first = number;
            } else {
                assertThat(number).as(what).isEqualTo(next);
            }
            final byte[] record = new byte[Writer.length(number)];
            bytes.get(record);
            assertThat(record).as(what).isEqualTo(Writer.record(number, found.cpu()));
            next = number + 1L;
        }
        final long before;
        try (MappedChannel channel = MappedChannel.open(run, "cpu")) {
            before = channel.statsSinceOpen(found.cpu()).overwritten().records();
        }
        final long written = (long) Writer.LONG.getVolatile(Writer.map(run.resolve("book")), 8L * found.cpu());
        if (found.records() > 0L && before > 0L) {
            // a writer killed between taking a sub-buffer over and counting its records leaves these uncounted
            assertThat(first - before).as(what + ": records before the first").isBetween(0L, (long) SIZE / 8L);
        }
        final long all = (first < 0L ? before : first) + found.records() + found.missingRecords();
        assertThat(all).as(what + ", written " + written + ", overwritten " + before)
                .isBetween(written, written + 1L);
    }

    private static void delete(Path run) throws IOException {
        try (Stream<Path> files = Files.walk(run).sorted(java.util.Comparator.reverseOrder())) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** Writes until it is killed: flight recorder, so that it never waits. */
    static final class Writer {
        static final java.lang.invoke.VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

        private Writer() {
        }

        static int length(long number) {
            return 8 + (int) (number * 37L % 90L) / 8 * 8;
        }

        static byte[] record(long number, int cpu) {
            final byte[] record = new byte[length(number)];
            ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()).putLong(number);
            for (int i = 8; i < record.length; i++) {
                record[i] = (byte) (number * 31L + cpu + i);
            }
            return record;
        }

        static MemorySegment map(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0L, 8L * CPUS, Arena.ofAuto());
            }
        }

        public static void main(String[] args) throws Exception {
            final Path run = Path.of(args[0]);
            final MemorySegment book = map(run.resolve("book"));
            final Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(SIZE).subBufferCount(COUNT)
                    .bufferCount(CPUS).mode(Mode.OVERWRITE).storage(Storage.files(run)).build());
            for (int i = 0; i < CPUS; i++) {
                final int cpu = i;
                Thread.ofPlatform().start(() -> {
                    for (long number = 0L; ; number++) {
                        final byte[] record = record(number, cpu);
                        if (channel.writer(cpu).write(record, 0, record.length) < 0L) {
                            throw new AssertionError("a write failed");
                        }
                        LONG.setVolatile(book, 8L * cpu, number + 1L);
                    }
                });
            }
            System.out.println("open");
            System.out.flush();
        }
    }
}
