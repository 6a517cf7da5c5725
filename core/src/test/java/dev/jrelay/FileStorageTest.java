// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels in files: names, sizes, permissions, the control page, and nothing left behind. */
@Timeout(120)
class FileStorageTest {
    @TempDir
    private Path directory;

    private ChannelConfig.Builder config() {
        return ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(24).subBufferCount(4)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void filesHaveTheirNamesExactSizesAndNoReaderButTheOwner() throws IOException {
        try (Channel channel = Channel.open(config().build())) {
            assertThat(names()).containsExactly(".cpu.control", "cpu0", "cpu1");
            assertThat(Files.size(directory.resolve("cpu0"))).isEqualTo(96L);
            assertThat(Files.size(directory.resolve("cpu1"))).isEqualTo(96L);
            assertThat(Files.size(directory.resolve(".cpu.control")))
                    .isEqualTo(4096L + 2L * (1152L + 128L + 4L * 128L));
            for (final String name : names()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))))
                        .isEqualTo("rw-------");
            }
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
        assertThat(names()).as("removed at close").isEmpty();
    }

    @Test
    void dataFilesHoldTheClientsBytesAndNothingElse() throws IOException {
        try (Channel channel = Channel.open(config().keep(true).build())) {
            channel.writer(1).write(Rig.bytes("0123456789abcdefghi"), 0, 19);
            channel.writer(1).write(Rig.bytes("ABCDEFGH"), 0, 8);
        }
        assertThat(names()).as("kept").containsExactly(".cpu.control", "cpu0", "cpu1");
        assertThat(Files.readString(directory.resolve("cpu1"), StandardCharsets.ISO_8859_1))
                .isEqualTo("0123456789abcdefghi" + "\0".repeat(5) + "ABCDEFGH" + "\0".repeat(64));
        assertThat(Files.readString(directory.resolve("cpu0"), StandardCharsets.ISO_8859_1)).isEqualTo("\0".repeat(96));
    }

    @Test
    void blocksAreReallyAllocated() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/stat")));
        final int size = 1 << 20;
        try (Channel channel = Channel.open(config().subBufferSize(size).preTouch(false).build())) {
            final Child.Outcome stat = Child.run(List.of("/usr/bin/stat", "-c", "%b %B",
                    directory.resolve("cpu0").toString()));
            final String[] blocks = stat.output().trim().split(" ");
            assertThat(Long.parseLong(blocks[0]) * Long.parseLong(blocks[1])).isGreaterThanOrEqualTo(4L * size);
            assertThat(channel.writer(0).data().byteSize()).isEqualTo(4L * size);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu0", "cpu1", ".cpu.control"})
    void anExistingFileIsRefusedUntouchedAndNothingIsLeftBehind(String name) throws IOException {
        Files.writeString(directory.resolve(name), "precious");
        assertThatThrownBy(() -> Channel.open(config().build())).isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(name);
        assertThat(names()).containsExactly(name);
        assertThat(Files.readString(directory.resolve(name))).isEqualTo("precious");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSymbolicLinkIsRefusedWhereverItLeads(boolean dangling) throws IOException {
        final Path target = directory.resolveSibling("target-of-" + directory.getFileName());
        if (!dangling) {
            Files.writeString(target, "precious");
        }
        Files.createSymbolicLink(directory.resolve("cpu1"), target);
        assertThatThrownBy(() -> Channel.open(config().build())).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(names()).containsExactly("cpu1");
        assertThat(Files.exists(target)).isEqualTo(!dangling);
        assertThat(dangling || Files.readString(target).equals("precious")).isTrue();
        Files.deleteIfExists(target);
    }

    @Test
    void aDirectoryThatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> Channel.open(config().storage(Storage.files(directory.resolve("none"))).build()))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFullDiskIsAnErrorAtOpenAndNothingIsLeftBehind() throws IOException {
        final Path mountPoint = Files.createDirectory(directory.resolve("small"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")));
        assumeTrue(Child.run(List.of("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mountPoint.toString()))
                .status() == 0, "cannot mount here");
        try {
            assertThatThrownBy(() -> Channel.open(config().subBufferSize(3 << 16)
                    .storage(Storage.files(mountPoint)).build())).isInstanceOf(IOException.class)
                    .hasMessageContaining("cpu1").hasMessageContaining("cannot allocate 786432 bytes");
            try (Stream<Path> files = Files.list(mountPoint)) {
                assertThat(files).isEmpty();
            }
        } finally {
            assertThat(Child.run(List.of("/bin/umount", mountPoint.toString())).status()).isZero();
        }
    }

    @Test
    void aLackOfMemoryForTheZerosLeavesNothingBehind() throws IOException {
        final Child.Outcome outcome = Child.run(Child.command(List.of("-XX:MaxDirectMemorySize=64k"),
                OpenProgram.class, directory.toString()));
        assertThat(outcome.output()).as(outcome.errors()).isEqualTo("java.lang.OutOfMemoryError\n");
        assertThat(names()).isEmpty();
    }

    /** Opens a channel, and prints what it gets for it. */
    static final class OpenProgram {
        private OpenProgram() {
        }

        public static void main(String[] arguments) throws IOException {
            try (Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(1)
                    .storage(Storage.files(Path.of(arguments[0]))).build())) {
                System.out.println(channel.bufferCount());
            } catch (OutOfMemoryError lack) {
                System.out.println(lack.getClass().getName());
            }
        }
    }

    @Test
    void anInterruptedThreadOpensAndMapsAndStaysInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        try (Channel channel = Channel.open(config().build())) {
            assertThat(Thread.interrupted()).as("after open").isTrue();
            assertThat(channel.write(new byte[3], 0, 3)).isNotNegative();
            Thread.currentThread().interrupt();
            try (MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
                assertThat(Thread.interrupted()).as("after mapping").isTrue();
                assertThat(mapped.bufferCount()).isEqualTo(2);
            }
            Thread.currentThread().interrupt();
            MappedChannel.look(directory, "cpu").close();
            assertThat(Thread.currentThread().isInterrupted()).as("after looking").isTrue();
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(names()).isEmpty();
    }

    /** More than is written at once, and no multiple of it. */
    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) - 8, 1 << 20, (1 << 20) + 8, 3 << 19, (5 << 20) - 4096})
    void filesAreExactlyAsLongAsTheirBuffers(int size) throws IOException {
        try (Channel channel = Channel.open(config().subBufferSize(size).subBufferCount(1).build());
                MappedChannel mapped = MappedChannel.look(directory, "cpu")) {
            assertThat(Files.size(directory.resolve("cpu0"))).isEqualTo(size);
            assertThat(mapped.geometry()).isEqualTo(channel.geometry());
        }
    }

    /** By the memory that the process really has of the mapping. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyPageIsTouchedAtOpenIfThatIsWanted(boolean touch) throws IOException {
        final Path maps = Path.of("/proc/self/smaps");
        assumeTrue(Files.isReadable(maps), "no " + maps);
        final Path place = RelayDirectory.createTemporary("jrelay-touch", null); // disks map more than is asked for
        try (Channel channel = Channel.open(config().subBufferSize(1 << 20).preTouch(touch)
                .storage(Storage.files(place)).build())) {
            assertThat(channel.bufferCount()).isEqualTo(2);
            final List<String> lines = Files.readAllLines(maps);
            final int at = lines.indexOf(lines.stream().filter(line -> line.endsWith(place.resolve("cpu1")
                    .toString())).findFirst().orElseThrow());
            final String resident = lines.subList(at, lines.size()).stream().filter(line -> line.startsWith("Rss:"))
                    .findFirst().orElseThrow();
            assertThat(Integer.parseInt(resident.replaceAll("\\D+", ""))).isEqualTo(touch ? 4 << 10 : 0);
        } finally {
            RelayDirectory.remove(place);
        }
    }

    /** A file that takes a while, and an interrupt in the middle of it. */
    @Test
    void anInterruptInTheMiddleOfAnOpenStaysSet() throws Exception {
        for (int i = 0; i < 3; i++) {
            final AtomicReference<Boolean> stayed = new AtomicReference<>();
            final Crew crew = new Crew();
            final AtomicReference<Thread> opener = new AtomicReference<>();
            crew.worker(false, () -> {
                opener.set(Thread.currentThread());
                try (Channel channel = Channel.open(config().subBufferSize(1 << 24).preTouch(false).build())) {
                    stayed.set(Thread.interrupted());
                    assertThat(channel.bufferCount()).isEqualTo(2);
                }
            });
            while (!Files.exists(directory.resolve("cpu0")) && !crew.hasFailed()) {
                Thread.onSpinWait();
            }
            opener.get().interrupt();
            crew.join();
            assertThat(stayed.get()).isTrue();
            assertThat(names()).isEmpty();
        }
    }

    @Test
    void anInterruptAtAnyMomentDoesNotBreakAnOpen() throws Exception {
        final Crew crew = new Crew();
        final AtomicReference<Thread> opener = new AtomicReference<>();
        crew.worker(false, () -> {
            opener.set(Thread.currentThread());
            for (int i = 0; i < 300; i++) {
                try (Channel channel = Channel.open(config().subBufferSize(1 << 16).build());
                        MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
                    assertThat(mapped.bufferCount()).isEqualTo(channel.bufferCount());
                }
            }
        });
        crew.helper(() -> {
            if (opener.get() != null) {
                opener.get().interrupt();
            }
            // without pauses each attempt may be interrupted, for minutes
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(500_000L));
        });
        crew.join();
        assertThat(names()).isEmpty();
    }

    @Test
    void theControlPageIsLaidOutAsDocumented() throws IOException {
        final long now = System.currentTimeMillis();
        final ChannelConfig config = config().headerBytes(5).mode(Mode.OVERWRITE).exclusiveBuffers(1).keep(true)
                .build();
        try (Channel channel = Channel.open(config); ExclusiveWriter writer = channel.exclusiveWriter(1)) {
            writer.write(new byte[10], 0, 10);
            writer.write(new byte[11], 0, 11);
            writer.write(new byte[20], 0, 20);
            final ByteBuffer page = ByteBuffer.wrap(Files.readAllBytes(directory.resolve(".cpu.control")))
                    .order(ByteOrder.nativeOrder());
            final byte[] magic = new byte[8];
            page.get(0, magic);
            assertThat(Rig.string(magic)).isEqualTo("JRELAYFS");
            assertThat(page.getInt(8)).as("version").isEqualTo(2);
            assertThat(page.getInt(12)).as("order").isEqualTo(0x01020304);
            assertThat(page.getInt(16)).as("S").isEqualTo(24);
            assertThat(page.getInt(20)).as("n").isEqualTo(4);
            assertThat(page.getInt(24)).as("header").isEqualTo(5);
            assertThat(page.getInt(28)).as("mode").isEqualTo(1);
            assertThat(page.getInt(32)).as("N").isEqualTo(2);
            assertThat(page.getInt(36)).as("exclusive").isEqualTo(1);
            final int block = (int) page.getLong(40);
            assertThat(block).as("B").isEqualTo(1152 + 128 + 4 * 128);
            assertThat(page.getLong(48) & (1L << 22) - 1L).as("writer").isEqualTo(ProcessHandle.current().pid());
            assertThat(page.getLong(56)).as("opened").isBetween(now, now + 60_000L);
            assertThat(page.getLong(64)).as("beat interval").isZero();
            assertThat(System.nanoTime() - page.getLong(128)).as("beat").isBetween(0L, 60_000_000_000L);

            final int words = 4096 + block;
            assertThat(page.getLong(words)).as("tail").isEqualTo(1L << 61 | 1L << 5 | 5L);
            assertThat(page.getLong(words + 128)).as("consumed").isZero();
            assertThat(page.getLong(words + 512 + 16)).as("lost too large").isEqualTo(1L);
            assertThat(page.getLong(words + 512 + 24)).as("lost too large, bytes").isEqualTo(20L);
            assertThat(page.getLong(words + 1152)).as("delivered[0]").isEqualTo(1L);
            assertThat(page.getLong(words + 1152 + 8)).as("padding[0]").isEqualTo(9L);
            assertThat(page.getLong(words + 1152 + 16)).as("records[0]").isEqualTo(1L);
            assertThat(page.getLong(words + 1152 + 128 + 128)).as("commit[1]").isEqualTo(1L << 32 | 16L);
        }
    }

    @Test
    void tickRenewsTheHeartbeatAndThePageSaysWhenTheChannelWasClosed() throws IOException {
        final Path control = directory.resolve(".cpu.control");
        final Channel channel = Channel.open(config().keep(true).build());
        final long opened = ByteBuffer.wrap(Files.readAllBytes(control)).order(ByteOrder.nativeOrder()).getLong(128);
        do {
            channel.tick();
        } while (ByteBuffer.wrap(Files.readAllBytes(control)).order(ByteOrder.nativeOrder()).getLong(128) == opened);
        assertThat(ByteBuffer.wrap(Files.readAllBytes(control)).order(ByteOrder.nativeOrder()).getLong(4096 + 384))
                .isZero();
        channel.close();
        final ByteBuffer page = ByteBuffer.wrap(Files.readAllBytes(control)).order(ByteOrder.nativeOrder());
        assertThat(page.getLong(4096 + 384)).as("closed").isEqualTo(1L);
        assertThat(page.getLong(4096)).as("tail finalized").isNegative();
    }

    @Test
    void theChannelTicksByItself() throws IOException {
        try (Channel channel = Channel.open(config().tickInterval(Duration.ofMillis(1)).build());
                MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            // The age falls from one look to the next only when the heartbeat was renewed between them.
            long before = mapped.heartbeatAgeMillis();
            for (long age = before; age >= before; age = mapped.heartbeatAgeMillis()) {
                assertThat(age).as("nobody beats").isLessThan(60_000L);
                before = age;
                Thread.onSpinWait();
            }
            assertThat(channel.bufferCount()).isEqualTo(2);
        }
    }
}
