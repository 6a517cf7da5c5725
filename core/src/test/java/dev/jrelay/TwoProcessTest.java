// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel in files between two JVMs: this one and a child that runs a program at the end of this file. */
@Timeout(120)
class TwoProcessTest {
    private static final int WRITERS = 3;
    private static final int RECORDS = 20_000;

    @TempDir
    private Path directory;

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    private ChannelConfig.Builder config(int bufferCount) {
        return ChannelConfig.builder("two").bufferCount(bufferCount).subBufferSize(1000).subBufferCount(8)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).callbacks(new Callbacks() {
                    @Override
                    public void bufMapped(RelayBuffer buffer, long pid) {
                        calls.add("mapped " + buffer.index() + " " + pid);
                    }

                    @Override
                    public void bufUnmapped(RelayBuffer buffer, long pid) {
                        calls.add("unmapped " + buffer.index() + " " + pid);
                    }
                });
    }

    /** Writes records 0 to {@link #RECORDS} - 1, each again until it is accepted. */
    private static long write(RecordWriter writer, int id, Child reader) {
        final byte[] record = new byte[200];
        long bytes = 0L;
        for (int number = 0; number < RECORDS;) {
            final int length = 16 + (number * 31 + id) % 180;
            Records.build(record, length, id, number);
            if (writer.hasRoom(length) && writer.write(record, 0, length) >= 0L) {
                number++;
                bytes += length;
            } else {
                assertThat(reader.isAlive()).isTrue();
                Thread.yield();
            }
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChildConsumesToTheLastByteWhatThreadsWriteHere(boolean exclusive) throws Exception {
        final int buffers = exclusive ? WRITERS : 2;
        final AtomicLong bytes = new AtomicLong();
        final Channel channel = Channel.open(config(buffers).exclusiveBuffers(exclusive ? buffers : 0).build());
        try (Child child = Child.start(DrainProgram.class, directory.toString(), "two")) {
            assertThat(child.line()).isEqualTo("mapped " + buffers + " x 8 x 1000, writer "
                    + ProcessHandle.current().pid() + " alive true");
            channel.tick();
            final List<String> expected = new ArrayList<>();
            for (int i = 0; i < buffers; i++) {
                expected.add("mapped " + i + " " + child.pid());
            }
            assertThat(calls).isEqualTo(expected);
            final Crew crew = new Crew();
            for (int i = 1; i <= WRITERS; i++) {
                final int id = i;
                crew.worker(false, () -> {
                    try (ExclusiveWriter own = exclusive ? channel.exclusiveWriter(id - 1) : null) {
                        bytes.addAndGet(write(exclusive ? own : channel.writer(id % 2), id, child));
                    }
                });
            }
            crew.helper(channel::flush);
            crew.join();
            try (MappedChannel look = MappedChannel.look(directory, "two")) { // the channel lets go of its mapping
                channel.close();
                assertThat(child.line())
                        .isEqualTo("drained " + WRITERS * RECORDS + " records " + bytes.get() + " bytes");
                assertThat(child.await()).isZero();
                BufferStats sum = look.statsSinceOpen(0);
                for (int i = 1; i < buffers; i++) {
                    sum = sum.plus(look.statsSinceOpen(i));
                }
                assertThat(sum.delivered().records()).isEqualTo((long) WRITERS * RECORDS);
                assertThat(sum.delivered().bytes()).isEqualTo(bytes.get());
                assertThat(sum.pending()).isEqualTo(Tally.ZERO);
            }
            channel.tick();
            assertThat(calls).as("after close nobody is told").isEqualTo(expected);
        }
    }

    @Test
    void aSecondConsumerIsRefusedWhicheverProcessItIsIn() throws Exception {
        try (Channel channel = Channel.open(config(1).build()); Consumer consumer = channel.consumer(0);
                Child child = Child.start(DrainProgram.class, directory.toString(), "two")) {
            assertThat(consumer.next()).isNull();
            child.line();
            assertThat(child.line()).isEqualTo("refused: buffer two0 has a consumer already, in process "
                    + ProcessHandle.current().pid() + ": a buffer has one at a time");
            assertThat(child.await()).isEqualTo(1);
        }
    }

    @Test
    void aKilledConsumersPlaceIsTakenOverWithoutLossOrDuplicates() throws Exception {
        final Path taken = Files.createDirectory(directory.resolve("taken"));
        try (Channel channel = Channel.open(config(1).build());
                Child child = Child.start(KeepProgram.class, directory.toString(), "two", taken.toString())) {
            final Crew crew = new Crew();
            crew.worker(false, () -> {
                while (channel.buffer(0).statsSinceReset().consumed() < 100L
                        || !calls.contains("mapped 0 " + child.pid())) {
                    Thread.yield(); // stats and tick share a lock: let the other worker's tick see the mapping
                }
                child.kill();
                channel.tick();
            });
            final Records records = new Records(true);
            crew.worker(false, () -> {
                while (child.isAlive() || !calls.contains("unmapped 0 " + child.pid())) {
                    if (child.isAlive()) {
                        channel.tick();
                    }
                    Thread.yield();
                }
                try (Consumer successor = channel.consumer(0)) {
                    final long first = channel.buffer(0).statsSinceReset().consumed();
                    for (long sequence = 0L; sequence < first; sequence++) {
                        records.check(ByteBuffer.wrap(Files.readAllBytes(taken.resolve(Long.toString(sequence)))));
                    }
                    while (successor.poll(Long.MAX_VALUE) == Readiness.READABLE) {
                        final SubBuffer next = successor.next();
                        records.check(next.bytes());
                        assertThat(successor.subBuffersConsumed(1)).isEqualTo(1);
                        if (records.count() == RECORDS) {
                            break;
                        }
                    }
                }
            });
            crew.worker(false, () -> {
                final byte[] record = new byte[100];
                for (int number = 0; number < RECORDS && !crew.hasFailed();) {
                    Records.build(record, 100, 1, number);
                    number += channel.writer(0).hasRoom(100) && channel.writer(0).write(record, 0, 100) >= 0L ? 1 : 0;
                }
            });
            crew.join();
            assertThat(records.count()).isEqualTo(RECORDS);
            assertThat(calls).containsExactly("mapped 0 " + child.pid(), "unmapped 0 " + child.pid());
        }
    }

    @Test
    void whatAKilledWriterHadWrittenCanBeReadToItsCommittedEnd() throws Exception {
        try (Child child = Child.start(WriteProgram.class, directory.toString(), "two")) {
            assertThat(child.line()).isEqualTo("written");
            try (MappedChannel mapped = MappedChannel.open(directory, "two"); Consumer consumer = mapped.consumer(0)) {
                assertThat(mapped.isWriterAlive()).isTrue();
                assertThat(mapped.writerPid()).isEqualTo(child.pid());
                child.kill();
                assertThat(mapped.isWriterAlive()).isFalse();
                final ByteBuffer content = ByteBuffer.allocate(1 << 16);
                assertThat(consumer.stream().read(content)).isEqualTo(50 * 40);
                assertThat(consumer.stream().read(content)).as("no end: it was never closed").isZero();
                final Records records = new Records(true);
                records.check(content.flip());
                assertThat(records.count()).isEqualTo(50L);
            }
        }
    }

    /** Drains all buffers of a channel until it is closed. */
    static final class DrainProgram {
        private DrainProgram() {
        }

        public static void main(String[] arguments) throws IOException {
            try (MappedChannel channel = MappedChannel.open(Path.of(arguments[0]), arguments[1])) {
                System.out.println("mapped " + channel.bufferCount() + " x "
                        + channel.geometry().subBufferCount() + " x "
                        + channel.geometry().subBufferSize() + ", writer " + channel.writerPid() + " alive "
                        + channel.isWriterAlive());
                drain(channel);
            } catch (IllegalStateException refused) {
                System.out.println("refused: " + refused.getMessage());
                System.exit(1);
            }
        }

        private static void drain(MappedChannel channel) {
            final Consumer[] consumers = new Consumer[channel.bufferCount()];
            final Records[] records = new Records[consumers.length];
            for (int i = 0; i < consumers.length; i++) {
                consumers[i] = channel.consumer(i);
                records[i] = new Records(true);
            }
            long count = 0L;
            long bytes = 0L;
            for (int ended = 0; ended < consumers.length;) {
                ended = 0;
                for (int i = 0; i < consumers.length; i++) {
                    final Readiness found = consumers[i].poll(100_000L);
                    if (found == Readiness.READABLE) {
                        records[i].check(consumers[i].next().bytes());
                        consumers[i].subBuffersConsumed(1);
                    }
                    ended += found == Readiness.HANG_UP ? 1 : 0;
                }
            }
            for (int i = 0; i < consumers.length; i++) {
                count += records[i].count();
                bytes += records[i].bytes();
                consumers[i].close();
            }
            System.out.println("drained " + count + " records " + bytes + " bytes");
        }
    }

    /** Keeps each sub-buffer in a file of its own before it reports it as consumed. */
    static final class KeepProgram {
        private KeepProgram() {
        }

        public static void main(String[] arguments) throws IOException {
            try (MappedChannel channel = MappedChannel.open(Path.of(arguments[0]), arguments[1]);
                    Consumer consumer = channel.consumer(0)) {
                while (consumer.poll(Long.MAX_VALUE) == Readiness.READABLE) {
                    final SubBuffer next = consumer.next();
                    final byte[] content = new byte[next.length()];
                    next.bytes().get(content);
                    Files.write(Path.of(arguments[2], Long.toString(next.sequence())), content);
                    consumer.subBuffersConsumed(1);
                }
            }
        }
    }

    /** Writes 50 records and waits to be killed. */
    static final class WriteProgram {
        private WriteProgram() {
        }

        public static void main(String[] arguments) throws IOException {
            try (Channel channel = Channel.open(ChannelConfig.builder(arguments[1]).bufferCount(1).subBufferSize(1000)
                    .subBufferCount(8).storage(Storage.files(Path.of(arguments[0]))).build())) {
                final byte[] record = new byte[40];
                for (int number = 0; number < 50; number++) {
                    Records.build(record, 40, 1, number);
                    channel.writer(0).write(record, 0, 40);
                }
                System.out.println("written");
                System.in.read();
            }
        }
    }
}
