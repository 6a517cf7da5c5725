// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a channel in files, as a consumer that has mapped them sees it, and what is left afterwards: nothing. */
@Timeout(120)
class ClosingTest {
    private static final long STUCK_NANOS = 20_000_000_000L;
    private static final int CLOSES = 1500;
    private static final int RECORD = 8;

    @TempDir
    private Path directory;

    private ChannelConfig.Builder config(Variant variant, int size, int count) {
        return ChannelConfig.builder("end").mode(variant.mode).exclusiveBuffers(variant.exclusive ? 1 : 0)
                .bufferCount(1).subBufferSize(size).subBufferCount(count).storage(Storage.files(directory))
                .tickInterval(Duration.ZERO);
    }

    private static void write(RecordWriter writer, String record) {
        assertThat(writer.write(Rig.bytes(record), 0, record.length())).isNotNegative();
    }

    private static void flush(RecordWriter writer) {
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.flush();
        } else {
            writer.buffer().flush();
        }
    }

    private static List<String> drain(Consumer consumer) {
        final List<String> texts = new ArrayList<>();
        for (SubBuffer next = consumer.next(); next != null; next = consumer.next()) {
            texts.add(Rig.text(next));
            assertThat(consumer.subBuffersConsumed(1)).isEqualTo(1);
        }
        return texts;
    }

    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,true", "SHARED_NO_OVERWRITE,false", "SHARED_OVERWRITE,true",
        "SHARED_OVERWRITE,false", "EXCLUSIVE_NO_OVERWRITE,true", "EXCLUSIVE_NO_OVERWRITE,false",
        "EXCLUSIVE_OVERWRITE,true", "EXCLUSIVE_OVERWRITE,false"})
    void whatIsReservedAtTheEndReachesAnotherProcessAsItIsFilledOrAborted(Variant variant, boolean aborts)
            throws IOException {
        final AtomicReference<String> ended = new AtomicReference<>();
        final Callbacks callbacks = new Callbacks() {
            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                ended.set(sequence + " " + padding + " " + records);
            }
        };
        final Channel channel = Channel.open(config(variant, 32, 1).callbacks(callbacks).build());
        try (MappedChannel mapped = MappedChannel.open(directory, "end"); Consumer consumer = mapped.consumer(0)) {
            final RecordWriter writer = variant.writer(channel, 0);
            write(writer, "rec-0001");
            write(writer, "rec-0002");
            flush(writer);
            assertThat(drain(consumer)).containsExactly("rec-0001rec-0002");
            write(writer, "rec-0003");
            final long position = writer.reserve(8);
            channel.close();
            assertThat(consumer.next()).isNull();
            assertThat(consumer.poll(0L)).isEqualTo(Readiness.TIMED_OUT);
            writer.data().asSlice(writer.dataOffset(position), 8L).copyFrom(MemorySegment.ofArray(
                    Rig.bytes("rec-0004")));
            if (aborts) {
                writer.abort(position, 8);
            } else {
                writer.commit(position, 8);
            }
            if (variant.exclusive) {
                assertThat(writer.write(new byte[3], 0, 3)).isEqualTo(Result.CLOSED);
            }
            assertThat(ended.get()).isEqualTo(aborts ? "1 16 1" : "1 16 2");
            assertThat(drain(consumer)).containsExactly("rec-0003" + (aborts ? "\0".repeat(8) : "rec-0004"));
            assertThat(consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
            assertThat(mapped.statsSinceOpen(0).delivered().bytes()).isEqualTo(32L);
            assertThat(writer.data().scope().isAlive()).as("nobody here needs it any more").isFalse();
        }
        assertThat(directory).isEmptyDirectory();
    }

    /**
     * Writers that race the end of many short channels: the consumer in another mapping gets exactly the records that
     * were accepted, in the order of each writer, byte for byte; none twice, none that was answered CLOSED.
     */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_NO_OVERWRITE", "EXCLUSIVE_NO_OVERWRITE"})
    void aCloseThatRacesWritersDeliversWhatWasAcceptedAndNothingElse(Variant variant) throws Exception {
        final int writers = variant.exclusive ? 1 : 2;
        final SplittableRandom random = new SplittableRandom(26);
        for (int round = 0; round < CLOSES; round++) {
            final Channel channel = Channel.open(config(variant, 32, 2).preTouch(false).build());
            final List<List<String>> accepted = new ArrayList<>();
            final Crew crew = new Crew();
            for (int i = 0; i < writers; i++) {
                final RecordWriter writer = variant.writer(channel, 0);
                final List<String> mine = new ArrayList<>();
                accepted.add(mine);
                final String name = (char) ('a' + i) + String.format("%03x", round);
                crew.worker(false, () -> writeToTheEnd(writer, name, mine));
            }
            crew.helper(channel::tick);
            try (MappedChannel mapped = MappedChannel.open(directory, "end"); Consumer consumer = mapped.consumer(0)) {
                final StringBuilder content = new StringBuilder();
                for (int takes = random.nextInt(6); takes > 0; takes--) {
                    assertThat(consumer.poll(STUCK_NANOS)).isEqualTo(Readiness.READABLE);
                    drain(consumer).forEach(content::append);
                }
                channel.close();
                crew.join();
                drain(consumer).forEach(content::append);
                assertThat(consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
                assertDelivered(content.toString(), accepted);
                assertThat(mapped.statsSinceOpen(0).delivered().records()).isEqualTo(content.length() / RECORD);
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    /** By turns in one step and in three. */
    private static void writeToTheEnd(RecordWriter writer, String name, List<String> accepted) {
        long result = 0L;
        for (int number = 0; result != Result.CLOSED; number++) {
            final String record = name + String.format("%04x", number & 0xffff);
            if (number % 2 == 0) {
                result = writer.write(Rig.bytes(record), 0, RECORD);
            } else {
                result = writer.reserve(RECORD);
                if (result >= 0L) {
                    writer.data().asSlice(writer.dataOffset(result), RECORD)
                            .copyFrom(MemorySegment.ofArray(Rig.bytes(record)));
                    writer.commit(result, RECORD);
                }
            }
            if (result >= 0L) {
                accepted.add(record);
            }
        }
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.close();
        }
    }

    private static void assertDelivered(String content, List<List<String>> accepted) {
        final List<List<String>> delivered = new ArrayList<>();
        accepted.forEach(ignored -> delivered.add(new ArrayList<>()));
        for (int at = 0; at < content.length(); at += RECORD) {
            final String record = content.substring(at, at + RECORD);
            assertThat(record.charAt(0)).isBetween('a', (char) ('a' + accepted.size() - 1));
            delivered.get(record.charAt(0) - 'a').add(record);
        }
        assertThat(delivered).isEqualTo(accepted);
    }

    private static void awaitFreed(MemorySegment memory) {
        final long start = System.nanoTime();
        while (memory.scope().isAlive()) {
            assertThat(System.nanoTime() - start).as("still allocated").isLessThan(STUCK_NANOS);
            Thread.onSpinWait();
        }
    }

    /** A thread that is inside a system call which reads {@code memory}, until {@link #finish} lets it end. */
    private static final class BlockedWrite {
        private final Pipe pipe = Pipe.open();
        private final Crew crew = new Crew();
        private final int size;

        BlockedWrite(ByteBuffer memory) throws IOException {
            size = memory.remaining();
            crew.worker(false, () -> {
                pipe.sink().write(memory); // far more than a pipe holds
                pipe.sink().close();
            });
            assertThat(pipe.source().read(ByteBuffer.allocate(1))).as("it has begun").isEqualTo(1);
        }

        void finish() throws Exception {
            assertThat(Channels.newInputStream(pipe.source()).readAllBytes()).hasSize(size - 1);
            pipe.source().close();
            crew.join();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*HEAP")
    void aCloseDuringASystemCallIntoTheMemoryFreesItAfterwards(Variant variant) throws Exception {
        final Channel channel = Channel.open(variant.config(1 << 20, 1, 0).build());
        final RecordWriter writer = variant.writer(channel, 0);
        write(writer, "abc");
        final BlockedWrite blocked = new BlockedWrite(writer.data().asByteBuffer());
        channel.close();
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.close();
        }
        assertThat(writer.data().scope().isAlive()).as("the system call needs it").isTrue();
        assertThat(writer.write(new byte[3], 0, 3)).isEqualTo(Result.CLOSED);
        assertThat(channel.statsSinceReset().attempted()).isEqualTo(new Tally(0L, 2L, 6L));
        blocked.finish();
        awaitFreed(writer.data());
    }

    @Test
    void aMappedChannelThatIsClosedDuringASystemCallIntoItIsFreedAfterwards() throws Exception {
        try (Channel channel = Channel.open(config(Variant.SHARED_NO_OVERWRITE, 1 << 20, 1).build())) {
            final MappedChannel mapped = MappedChannel.open(directory, "end");
            final Consumer consumer = mapped.consumer(0);
            channel.write(new byte[1 << 20], 0, 1 << 20);
            final SubBuffer next = consumer.next();
            final BlockedWrite blocked = new BlockedWrite(next.bytes());
            consumer.close();
            mapped.close();
            assertThat(next.segment().scope().isAlive()).isTrue();
            final Thread freeing = Threads.resting("relay-free");
            blocked.finish();
            awaitFreed(next.segment());
            freeing.join(Duration.ofNanos(STUCK_NANOS));
            assertThat(freeing.isAlive()).as("it does not end").isFalse();
        }
    }

    @Test
    void channelsThatAreClosedGiveTheirRoomBackAtOnce() throws IOException {
        final Path small = Files.createDirectory(directory.resolve("small"));
        assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "no mount command");
        assumeTrue(Child.run(List.of("/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", small.toString()))
                .status() == 0, "cannot mount a file system here: needs root");
        try {
            for (int i = 0; i < 60; i++) {
                // 160 bytes of control words for each sub-buffer: the control page is the larger part
                try (Channel channel = Channel.open(config(Variant.SHARED_NO_OVERWRITE, 64, 1 << 14)
                        .storage(Storage.files(small)).build())) {
                    channel.write(new byte[10], 0, 10);
                }
            }
            final byte[] all = new byte[12 << 20];
            Arrays.fill(all, (byte) 1);
            Files.write(small.resolve("room"), all);
        } finally {
            assertThat(Child.run(List.of("/bin/umount", small.toString())).status()).as("nothing is mapped").isZero();
        }
    }
}
