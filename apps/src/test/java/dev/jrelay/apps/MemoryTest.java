// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on much more data than they have memory. */
@Timeout(300)
class MemoryTest {
    private static final String LITTLE = "JAVA_TOOL_OPTIONS='-Xmx24m -XX:+UseSerialGC' exec \"$@\"";

    @TempDir
    private Path directory;

    private static RelayProcess.Outcome run(String... arguments) {
        try (RelayProcess relay = RelayProcess.start(LITTLE, Path.of("/dev/null"), arguments)) {
            return relay.await();
        }
    }

    @Test
    void tailKeepsTheLinesThatItIsAskedFor() throws IOException {
        final Path file = Files.writeString(directory.resolve("lines"), "1234567\n".repeat(5_000_000)
                + "x".repeat(3 << 20) + "\nlast\n");
        final RelayProcess.Outcome outcome = run("tail", "-n", "2", file.toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).endsWith("\nlast\n").hasSizeLessThan(2 << 20);
    }

    @Test
    void snapshotTailAndRecoverCopyARingThatIsLargerThanTheirMemory() throws IOException {
        final int size = 1 << 20;
        try (Channel channel = Channel.open(ChannelConfig.builder("ring").bufferCount(1).subBufferSize(size)
                .subBufferCount(64).mode(Mode.OVERWRITE).keep(true).storage(Storage.files(directory)).build())) {
            final byte[] line = ("0123456789abcde\n").repeat(size / 16).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                assertThat(channel.writer(0).write(line, 0, size)).isNotNegative();
            }
            final Path output = directory.resolve("out");
            final RelayProcess.Outcome dump = run("snapshot", directory.toString(), "-o", output.toString());
            assertThat(dump.code()).as(dump.err()).isZero();
            assertThat(Files.size(output.resolve("ring0"))).isEqualTo(64L * size);
            final RelayProcess.Outcome tail = run("tail", "-n", "1", directory.toString());
            assertThat(tail.out()).as(tail.err()).isEqualTo("0123456789abcde\n");
            try (RelayProcess follow = RelayProcess.start(LITTLE, Path.of("/dev/null"), "tail", "-f", "-n", "1",
                    directory.toString())) {
                follow.awaitOut("0123456789abcde\n");
                final byte[] end = "the end\n".getBytes(StandardCharsets.US_ASCII);
                assertThat(channel.writer(0).write(end, 0, end.length)).isNotNegative();
                follow.awaitOut("the end\n");
            }
        }
        try (FileChannel page = FileChannel.open(directory.resolve(".ring.control"), StandardOpenOption.WRITE)) {
            page.write(ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, 0x7fff_fff0L << 32 | 1L), 48L);
        }
        final RelayProcess.Outcome recovered = run("recover", directory.toString(), "-o",
                directory.resolve("saved").toString());
        assertThat(recovered.code()).as(recovered.toString()).isZero();
        assertThat(Files.size(directory.resolve("saved/ring0"))).isGreaterThan(60L * size);
    }

    /** Nor is time needed for it: a sparse terabyte of which only the end is read. */
    @ParameterizedTest
    @ValueSource(strings = {"--text", "--hex"})
    void tailReadsOfAHugeFileOnlyItsEnd(String format) throws IOException {
        final Path file = directory.resolve("huge");
        try (FileChannel huge = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            huge.write(ByteBuffer.wrap("\nlast but one\nlast\n".getBytes(StandardCharsets.US_ASCII)), 1L << 40);
        }
        final RelayProcess.Outcome outcome = run("tail", "-n", "2", format, file.toString());
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo(format.equals("--text") ? "last but one\nlast\n"
                : "0a 6c 61 73 74 20 62 75 74 20 6f 6e 65 0a 6c 61\n73 74 0a\n");
    }

    /** Shown, its zeros take four times as many characters. */
    @ParameterizedTest
    @ValueSource(strings = {"tail -n 1", "decode"})
    void aLongLineOfControlCharactersNeedsLittleMore(String command) throws IOException {
        final Path file = Files.write(directory.resolve("zeros"), new byte[1 << 20]);
        final RelayProcess.Outcome outcome = run((command + " " + file).split(" "));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).hasSizeGreaterThan(4 << 20).contains("\\x00\\x00");
    }

    /** One sub-buffer at a time, whatever the number of CPUs. */
    @Test
    void tailNeedsMemoryForOneSubBuffer() throws IOException {
        try (Channel channel = Channel.open(ChannelConfig.builder("ring").bufferCount(8).subBufferSize(8 << 20)
                .subBufferCount(1).storage(Storage.files(directory)).build())) {
            channel.writer(7).write("a line\n".getBytes(StandardCharsets.US_ASCII), 0, 7);
            final RelayProcess.Outcome outcome = run("tail", directory.toString());
            assertThat(outcome.out()).as(outcome.err()).isEqualTo("cpu7: a line\n");
        }
    }

    /** A packet of which only the beginning is filled, and that is said to be as large as the file, which is sparse. */
    @Test
    void decodeNeedsMemoryForWhatAPacketHolds() throws IOException {
        final Path trace = directory.resolve("trace");
        final Path input = Files.writeString(directory.resolve("input"), "a line\n");
        assertThat(RelayProcess.run("record", "-i", input.toString(), "-o", trace.toString(), "--channel-dir",
                directory.resolve("ch").toString(), "--ctf", "-b", "4k", "-c", "1").code()).isZero();
        final int size = 256 << 20;
        try (FileChannel file = FileChannel.open(trace.resolve("cpu0"), StandardOpenOption.WRITE)) {
            final ByteBuffer bits = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, 8L * size);
            file.write(bits, 56L);
            file.write(ByteBuffer.allocate(1), size - 1L);
        }
        final RelayProcess.Outcome outcome = run("decode", trace.toString());
        assertThat(outcome.code()).as(outcome.toString()).isZero();
    }

    /** As its help says, which counts sub-buffers. */
    @Test
    void recoverNeedsALittleForEachSubBuffer() throws Exception {
        final Path dead = directory.resolve("dead");
        try (RelayProcess writer = RelayProcess.start(null, null, "create", dead.toString(), "--lines", "-c", "1",
                "-b", "256", "-n", "32k", "--keep")) {
            writer.awaitOut("Ctrl-C");
            writer.stdin().write(("x".repeat(255) + "\n").repeat(30_000).getBytes(StandardCharsets.US_ASCII));
            writer.stdin().close();
            assertThat(writer.await().code()).isZero();
        }
        final RelayProcess.Outcome outcome = run("recover", dead.toString(), "-o", directory.resolve("out").toString());
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(directory.resolve("out/cpu0")).hasSize(30_000L * 256L);
    }

    /** 4 KiB on the disk that claim 64 buffers of a million sub-buffers each. */
    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void sparseFilesOfAHostilePeerAreRefusedOrCheap(int buffers) throws IOException {
        final int count = 1 << 20;
        try (Channel small = Channel.open(ChannelConfig.builder("big").bufferCount(buffers).subBufferSize(8)
                .subBufferCount(2).keep(true).storage(Storage.files(directory)).build())) {
            assertThat(small.bufferCount()).isEqualTo(buffers);
        }
        final Path control = directory.resolve(".big.control");
        final long block = 1152L + 160L * count;
        try (FileChannel file = FileChannel.open(control, StandardOpenOption.WRITE)) {
            final ByteBuffer words = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
            file.write(words.clear().putInt(count).flip(), 20L);
            file.write(words.clear().putLong(block).flip(), 40L);
            file.truncate(4096L).write(words.clear().putLong(0L).flip(), 4096L + buffers * block - 8L);
        }
        for (int i = 0; i < buffers; i++) {
            try (FileChannel file = FileChannel.open(directory.resolve("big" + i), StandardOpenOption.WRITE)) {
                file.truncate(0L).write(ByteBuffer.allocate(1), 8L * count - 1L);
            }
        }
        final String[][] commands = {{"stat", directory.toString()}, {"tail", directory.toString()},
            {"snapshot", directory.toString(), "-o", directory.resolve("dump").toString()},
            {"recover", directory.toString(), "-o", directory.resolve("saved").toString(), "--assume-dead"}};
        for (final String[] command : commands) {
            final RelayProcess.Outcome outcome = run(command);
            assertThat(outcome.err()).as(command[0]).doesNotContain("OutOfMemoryError")
                    .doesNotContain("not enough memory");
            if (buffers == 64) {
                assertThat(outcome.code()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).contains("1048576 sub-buffers in 64 buffers: must be 4194304 or less");
            }
        }
    }

    @Test
    void aLineMuchLongerThanMemoryIsCountedAndNotKept() throws Exception {
        try (RelayProcess create = RelayProcess.start(LITTLE, null, "create", directory.resolve("ch").toString(),
                "--lines", "-c", "1", "-b", "1k", "--json")) {
            final byte[] piece = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                create.stdin().write(piece);
            }
            create.stdin().write("\nshort\nbegun".getBytes(StandardCharsets.US_ASCII));
            create.stdin().flush();
            create.stdin().close();
            final RelayProcess.Outcome outcome = create.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(outcome.out()).contains("\"tooLarge\":{\"subBuffers\":0,\"records\":1,\"bytes\":67108865}")
                    .contains("\"pending\":{\"subBuffers\":1,\"records\":2,\"bytes\":11}");
        }
    }

    /** The second of two buffers would not fit into what its heap leaves for copies. */
    @Test
    void aConsumerHasRoomForItsCopies() throws IOException {
        final Path input = directory.resolve("input");
        Files.writeString(input, "0123456789abcde\n".repeat(100_000));
        final RelayProcess.Outcome outcome = RelayProcess.run("record", "-i", input.toString(), "-o",
                directory.resolve("out").toString(), "--channel-dir", directory.resolve("ch").toString(), "--overwrite",
                "-b", "40M", "-n", "1", "-w", "2", "-c", "2");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
    }

    /** A piece of input for each of them would be a gigabyte. */
    @Test
    void manyWritersShareAFewPiecesOfInput() throws IOException {
        final Path input = Files.writeString(directory.resolve("input"), "0123456789abcde\n".repeat(10_000));
        try (RelayProcess record = RelayProcess.start("JAVA_TOOL_OPTIONS=-Xmx200m exec \"$@\"", Path.of("/dev/null"),
                "record", "-i", input.toString(), "-o", directory.resolve("out").toString(), "--channel-dir",
                directory.resolve("ch").toString(), "-w", "1024", "-c", "1")) {
            final RelayProcess.Outcome outcome = record.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
        }
    }
}
