// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening a channel's files, as another process does. */
@Timeout(120)
class MappedChannelTest {
    private static final long NOBODY = 0x7fff_fff0L << 32 | 1L; // above the largest pid of Linux

    @TempDir
    private Path directory;

    private final List<String> calls = new ArrayList<>();
    private Channel channel;

    @BeforeEach
    void open() throws IOException {
        open(Variant.SHARED_NO_OVERWRITE);
    }

    private void open(Variant variant) throws IOException {
        final Callbacks callbacks = new Callbacks() {
            @Override
            public void bufMapped(RelayBuffer buffer, long pid) {
                calls.add("mapped " + buffer.index() + " " + pid);
            }

            @Override
            public void bufUnmapped(RelayBuffer buffer, long pid) {
                calls.add("unmapped " + buffer.index() + " " + pid);
            }
        };
        if (channel != null) {
            channel.close();
        }
        channel = Channel.open(ChannelConfig.builder("cpu").mode(variant.mode).bufferCount(2)
                .exclusiveBuffers(variant.exclusive ? 2 : 0).subBufferSize(24).subBufferCount(4).headerBytes(2)
                .callbacks(callbacks)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).build());
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
    }

    private void write(int index, String... records) {
        for (final String record : records) {
            assertThat(channel.writer(index).write(Rig.bytes(record), 0, record.length())).isNotNegative();
        }
    }

    private void damage(String file, long at, long value, int bytes) throws IOException {
        try (FileChannel target = FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
            final ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
            target.write(bytes == 4 ? buffer.putInt(0, (int) value).limit(4) : buffer.putLong(0, value), at);
        }
    }

    /** The channel goes on with its own copy of the control file: one that is cut off under it would fail its close. */
    private void replaceControl() throws IOException {
        final Path control = directory.resolve(".cpu.control");
        final byte[] content = Files.readAllBytes(control);
        Files.delete(control);
        Files.write(control, content);
    }

    private void assertRefused(String... message) {
        assertThatThrownBy(() -> MappedChannel.open(directory, "cpu").close()).isInstanceOf(IOException.class)
                .hasMessageContainingAll(message);
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void showsTheGeometryAndTheWriter(Variant variant) throws IOException {
        open(variant);
        try (MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            assertThat(mapped.bufferCount()).isEqualTo(2);
            assertThat(mapped.geometry().subBufferSize()).isEqualTo(24);
            assertThat(mapped.geometry().subBufferCount()).isEqualTo(4);
            assertThat(mapped.geometry().headerBytes()).isEqualTo(2);
            assertThat(mapped.geometry().mode()).isEqualTo(variant.mode);
            assertThat(mapped.writerPid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(mapped.writerLife()).isEqualTo(Life.ALIVE);
            assertThat(mapped.heartbeatAgeMillis()).isBetween(0L, 60_000L);
        }
    }

    @Test
    void consumesPollsReadsAndSnapshotsLikeAConsumerInTheWritersProcess() throws IOException {
        try (MappedChannel mapped = MappedChannel.open(directory, "cpu"); Consumer consumer = mapped.consumer(1)) {
            assertThat(consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            assertThat(consumer.poll(2_000_000L)).isEqualTo(Readiness.TIMED_OUT);
            write(1, "0123456789", "abcdefghijklm", "ABC");
            assertThat(mapped.snapshot(1).subBuffers()).extracting(Rig::text)
                    .containsExactly("\0\0" + "0123456789", "\0\0" + "abcdefghijklmABC");
            assertThat(consumer.poll(Long.MAX_VALUE)).isEqualTo(Readiness.READABLE);
            assertThat(Rig.text(consumer.next())).isEqualTo("\0\0" + "0123456789");
            assertThat(consumer.subBuffersConsumed(1)).isEqualTo(1);
            final ByteBuffer target = ByteBuffer.allocate(100);
            assertThat(consumer.stream().read(target)).isEqualTo(18);
            assertThat(mapped.statsSinceOpen(1).delivered().records()).isEqualTo(1L);
            assertThat(channel.buffer(1).statsSinceReset().delivered().records()).isEqualTo(1L);
            channel.close();
            assertThat(consumer.poll(Long.MAX_VALUE)).isEqualTo(Readiness.READABLE);
            assertThat(consumer.stream().read(target)).isEqualTo(-1);
            assertThat(consumer.poll(Long.MAX_VALUE)).isEqualTo(Readiness.HANG_UP);
            assertThat(mapped.statsSinceOpen(1).attempted().records()).as("after the files are gone").isEqualTo(3L);
        }
    }

    @Test
    void aPollThatLooksInPausesIsReleasedByDataAndByClose() throws Exception {
        try (MappedChannel mapped = MappedChannel.open(directory, "cpu"); Consumer consumer = mapped.consumer(0)) {
            final List<Readiness> found = new ArrayList<>();
            final Thread poller = Thread.ofPlatform().start(() -> {
                found.add(consumer.poll(Long.MAX_VALUE));
                consumer.next();
                consumer.subBuffersConsumed(1);
                found.add(consumer.poll(Long.MAX_VALUE));
            });
            write(0, "0123456789abcdefghijkl");
            while (channel.buffer(0).statsSinceReset().consumed() == 0L) {
                Thread.onSpinWait();
            }
            channel.close();
            poller.join();
            assertThat(found).containsExactly(Readiness.READABLE, Readiness.HANG_UP);
        }
    }

    @Test
    void twoConsumersOfOneBufferAreRefusedAcrossHandles() throws IOException {
        try (MappedChannel mapped = MappedChannel.open(directory, "cpu")) {
            try (Consumer here = channel.consumer(0); Consumer other = mapped.consumer(1)) {
                assertThatThrownBy(() -> mapped.consumer(0)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cpu0").hasMessageContaining("has a consumer already");
                assertThatThrownBy(() -> channel.consumer(1)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("cpu1");
                assertThat(here.next()).isNull();
                assertThat(other.next()).isNull();
            }
            mapped.consumer(0).close();
            channel.consumer(1).close();
        }
    }

    @Test
    void theClaimOfADeadProcessIsVoid() throws IOException {
        channel.buffer(0).words.casConsumer(0L, NOBODY);
        channel.consumer(0).close();
        channel.buffer(0).words.casConsumer(0L, NOBODY);
        // Same pid, other start: that process is dead, and its pid was given to another one.
        channel.buffer(1).words.casConsumer(0L, ProcessId.self() ^ 1L << 22);
        try (MappedChannel mapped = MappedChannel.open(directory, "cpu"); Consumer zero = mapped.consumer(0);
                Consumer one = mapped.consumer(1)) {
            assertThat(zero.next()).isNull();
            assertThat(one.next()).isNull();
        }
    }

    @Test
    void mappingAndUnmappingReachTheCallbacksAtTheNextTick() throws IOException {
        final long pid = ProcessHandle.current().pid();
        final MappedChannel mapped = MappedChannel.open(directory, "cpu");
        assertThat(calls).isEmpty();
        for (int i = 0; i < 2; i++) {
            channel.tick();
            assertThat(calls).as("at the first tick only").containsExactly("mapped 0 " + pid, "mapped 1 " + pid);
        }
        calls.clear();
        mapped.close();
        for (int i = 0; i < 2; i++) {
            channel.tick();
            assertThat(calls).containsExactly("unmapped 0 " + pid, "unmapped 1 " + pid);
        }
    }

    @Test
    void aConsumerKeepsTheMappingWhenTheChannelIsClosedHere() throws IOException {
        final MappedChannel mapped = MappedChannel.open(directory, "cpu");
        final Consumer consumer = mapped.consumer(0);
        channel.tick();
        mapped.close();
        mapped.close();
        channel.tick();
        assertThat(calls).as("still mapped").hasSize(2);
        assertThatThrownBy(() -> mapped.consumer(1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed here");
        assertThatThrownBy(() -> mapped.snapshot(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> mapped.statsSinceOpen(0)).isInstanceOf(IllegalStateException.class);
        write(0, "0123456789abcdefghijkl");
        final SubBuffer view = consumer.next();
        assertThat(view.length()).isEqualTo(24);
        consumer.close();
        assertThatThrownBy(() -> Rig.text(view)).isInstanceOf(IllegalStateException.class);
        channel.tick();
        assertThat(calls).hasSize(4);
    }

    /** Its heart may beat just then: for many buffers, so that it takes a while. */
    @Test
    void whatIsClosedIsLetGoOfAtOnce() throws IOException {
        final int buffers = 64;
        try (Channel wide = Channel.open(ChannelConfig.builder("wide").bufferCount(buffers).subBufferSize(64)
                .subBufferCount(2).storage(Storage.files(directory)).tickInterval(Duration.ZERO).build())) {
            final ControlWords first = wide.buffer(0).words;
            for (int i = 0; i < 20; i++) {
                try (MappedChannel mapped = MappedChannel.open(directory, "wide")) {
                    assertThat(mapped.bufferCount()).isEqualTo(buffers);
                    first.mappedBeatOpaque(0, 1L);
                    final long start = System.nanoTime();
                    while (first.mappedBeatOpaque(0) == 1L && System.nanoTime() - start < 2_000_000L) {
                        Thread.onSpinWait();
                    }
                }
                assertThat(IntStream.range(0, buffers).filter(at -> wide.buffer(at).words.mappedOpaque(0) != 0L))
                        .as("still mapped").isEmpty();
            }
        }
    }

    @Test
    void eightMappingsAreTheLimitAndDeadOnesDoNotCount() throws IOException {
        final List<MappedChannel> open = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            open.add(MappedChannel.open(directory, "cpu"));
        }
        assertThatThrownBy(() -> MappedChannel.open(directory, "cpu").close()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cpu0").hasMessageContaining("8 times");
        open.removeLast().close();
        open.add(MappedChannel.open(directory, "cpu"));
        for (final MappedChannel mapped : open) {
            mapped.close();
        }
        channel.buffer(1).words.casMapped(0, 0L, NOBODY);
        channel.tick();
        assertThat(calls).as("came and went between two ticks").isEmpty();
        assertThat(channel.buffer(1).words.mappedOpaque(0)).isZero();
    }

    @Test
    void aChannelThatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> MappedChannel.open(directory, "gpu").close()).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0L, 95L, 97L, 1L << 20})
    void aDataFileThatIsNotExactlyAsLongAsStatedIsRefused(long size) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve("cpu1"), StandardOpenOption.WRITE)) {
            file.truncate(Math.min(size, 96L));
            if (size > 96L) {
                file.write(ByteBuffer.allocate(1), size - 1L);
            }
        }
        assertRefused("cpu1", String.valueOf(size), "must be 96");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 bytes: too short", "100, 100 bytes: too short", "4095, 4095 bytes: too short",
        "4096, size 4096: must be 7680", "7000, size 7000: must be 7680", "65536, size 65536: must be 7680"})
    void aControlFileOfAnotherLengthIsRefused(long size, String message) throws IOException {
        replaceControl();
        try (FileChannel file = FileChannel.open(directory.resolve(".cpu.control"), StandardOpenOption.WRITE)) {
            file.truncate(size);
            if (file.size() < size) {
                file.write(ByteBuffer.allocate(1), size - 1L);
            }
        }
        assertRefused(".cpu.control", message);
    }

    @ParameterizedTest
    @CsvSource({"0,0,8,magic", "0,5999122378,8,magic", "8,3,4,layout version 3: must be 2", "8,0,4,layout version",
        "12,67305985,4,byte order", "16,0,4,sub-buffer size 0", "16,-8,4,sub-buffer size -8", "16,23,4,size 23",
        "16,2147483640,4,size 2147483640", "16,32,4,must be 128", "20,0,4,count 0", "20,3,4,count 3",
        "20,-2147483648,4,count -2147483648", "20,8,4,size", "24,24,4,header bytes 24", "24,-1,4,header bytes -1",
        "28,2,4,mode 2", "28,-1,4,mode -1", "32,0,4,buffer count 0", "32,-1,4,buffer count -1",
        "32,4097,4,buffer count 4097", "32,3,4,size", "36,3,4,3 exclusive buffers", "36,-1,4,-1 exclusive buffers"})
    void aControlPageThatIsNotWhatItShouldBeIsRefused(long at, long value, int bytes, String message)
            throws IOException {
        damage(".cpu.control", at, value, bytes);
        assertRefused("cpu", message);
    }

    @Test
    void aPageWithMoreSubBuffersThanAnIntCountsIsRefused() throws IOException {
        damage(".cpu.control", 20L, 1L << 20, 4);
        damage(".cpu.control", 32L, 1L << 12, 4);
        assertRefused("cpu", "1048576 sub-buffers in 4096 buffers: must be 4194304 or less together");
    }

    @Test
    void aPageWithAsManySubBuffersAsThereMayBeIsRefusedForTheFilesLengthOnly() throws IOException {
        damage(".cpu.control", 20L, 1L << 20, 4);
        damage(".cpu.control", 32L, 4L, 4);
        assertRefused("cpu", "size 7680: must be " + (4096L + 4L * (1152L + (32L + 128L << 20))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu1", ".cpu.control"})
    void aSymbolicLinkIsRefused(String name) throws IOException {
        Files.move(directory.resolve(name), directory.resolve("moved"));
        Files.createSymbolicLink(directory.resolve(name), directory.resolve("moved"));
        assertThatThrownBy(() -> MappedChannel.open(directory, "cpu").close()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu1", ".cpu.control"})
    void whatIsNoRegularFileIsRefusedWithoutWaiting(String name) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")));
        Files.delete(directory.resolve(name));
        assertThat(Child.run(List.of("/usr/bin/mkfifo", directory.resolve(name).toString())).status()).isZero();
        assertTimeoutPreemptively(Duration.ofSeconds(20L), () -> assertRefused(name));
        Files.delete(directory.resolve(name));
        Files.createDirectory(directory.resolve(name));
        assertRefused(name);
        Files.delete(directory.resolve(name));
    }
}
