// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A peer truncates a file that is mapped here: every call is answered with an error at worst. A read-modify-write that
 * touches lost memory first would end the JVM, as long as it is interpreted; so each call is made in a JVM that never
 * made it before.
 */
@Timeout(300)
class TruncationTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"-Xint,.cut.control,0", "-Xint,.cut.control,4096", "-Xint,.cut.control,8192", "-Xint,cut0,0",
        "-Xshare:auto,.cut.control,0", "-Xshare:auto,.cut.control,4096", "-Xshare:auto,cut0,0"})
    void noCallEndsTheJvm(String option, String file, long size) {
        final Child.Outcome outcome = Child.run(Child.command(List.of(option), CutProgram.class, directory.toString(),
                file, Long.toString(size)));
        assertThat(outcome.status()).as("after %s%s", outcome.output(), outcome.errors()).isZero();
        assertThat(outcome.output()).endsWith("done\n").contains("InternalError");
    }

    /** Makes each call on a channel of its own, whose file it truncates before the last step. */
    static final class CutProgram {
        private final Path directory;
        private final String file;
        private final long size;
        private final Map<String, Step> steps = new LinkedHashMap<>();

        private CutProgram(Path directory, String file, long size) {
            this.directory = directory;
            this.file = file;
            this.size = size;
        }

        /** Prepares what it needs, cuts, and goes on. */
        private interface Step {
            void run() throws IOException;
        }

        private interface Use<T> {
            void run(T used) throws IOException;
        }

        public static void main(String[] arguments) throws IOException {
            final CutProgram program = new CutProgram(Path.of(arguments[0]), arguments[1],
                    Long.parseLong(arguments[2]));
            program.prepare();
            for (final Map.Entry<String, Step> step : program.steps.entrySet()) {
                System.out.print(step.getKey());
                System.out.flush();
                try {
                    step.getValue().run();
                    System.out.println(" OK");
                } catch (InternalError | IllegalStateException lost) {
                    System.out.println(" " + lost.getClass().getSimpleName());
                }
                ChannelFiles.remove(program.directory, "cut");
            }
            System.out.println("done");
        }

        private void cut() throws IOException {
            try (FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE)) {
                channel.truncate(size);
            }
        }

        /** A shared buffer of many sub-buffers, whose control words take several pages, and an exclusive one. */
        private Channel open() throws IOException {
            final Channel channel = Channel.open(ChannelConfig.builder("cut").bufferCount(2).exclusiveBuffers(1)
                    .subBufferSize(64).subBufferCount(128).storage(Storage.files(directory)).keep(true)
                    .tickInterval(Duration.ZERO).build());
            for (int i = 0; i < 100; i++) { // the words of the next sub-buffers are far from the first ones
                channel.write(new byte[64], 0, 64);
            }
            return channel;
        }

        private void channel(String name, Use<Channel> use) {
            steps.put("channel." + name, () -> {
                final Channel channel = open();
                cut();
                use.run(channel);
            });
        }

        private void shared(String name, Use<SharedWriter> use) {
            steps.put("writer." + name, () -> {
                final SharedWriter writer = open().writer();
                cut();
                use.run(writer);
            });
        }

        private void exclusive(String name, Use<ExclusiveWriter> use) {
            steps.put("exclusive." + name, () -> {
                final ExclusiveWriter writer = open().exclusiveWriter(1);
                writer.write(new byte[10], 0, 10);
                cut();
                use.run(writer);
            });
        }

        private void reserved(String name, Use<Runnable> use) {
            for (final int length : new int[] {10, 64}) {
                steps.put("reserved." + name + length, () -> {
                    final SharedWriter writer = open().writer();
                    final long position = writer.reserve(length);
                    cut();
                    use.run(name.equals("commit") ? () -> writer.commit(position, length)
                            : () -> writer.abort(position, length));
                });
                steps.put("reserved.exclusive." + name + length, () -> {
                    final ExclusiveWriter writer = open().exclusiveWriter(1);
                    final long position = writer.reserve(length);
                    cut();
                    use.run(name.equals("commit") ? () -> writer.commit(position, length)
                            : () -> writer.abort(position, length));
                });
            }
        }

        private void mapped(String name, Use<MappedChannel> use) {
            steps.put("mapped." + name, () -> {
                open();
                final MappedChannel mapped = MappedChannel.open(directory, "cut");
                cut();
                use.run(mapped);
            });
        }

        private void consumer(String name, Use<Consumer> use) {
            steps.put("consumer." + name, () -> {
                open();
                final Consumer consumer = MappedChannel.open(directory, "cut").consumer(0);
                consumer.next();
                cut();
                use.run(consumer);
            });
            steps.put("consumer.here." + name, () -> {
                final Consumer consumer = open().consumer(0);
                consumer.next();
                cut();
                use.run(consumer);
            });
        }

        private void prepare() {
            channel("write", channel -> channel.write(new byte[10], 0, 10));
            channel("flush", Channel::flush);
            channel("reset", Channel::reset);
            channel("pause", Channel::pause);
            channel("resume", Channel::resume);
            channel("tick", Channel::tick);
            channel("stats", Channel::statsSinceReset);
            channel("consumer", channel -> channel.consumer(0));
            channel("snapshot", channel -> channel.snapshot(0));
            channel("exclusiveWriter", channel -> channel.exclusiveWriter(1));
            channel("tryExclusiveWriter", Channel::tryExclusiveWriter);
            channel("close", Channel::close);
            channel("buffer.flush", channel -> channel.buffer(0).flush());
            channel("buffer.isFull", channel -> channel.buffer(0).isFull());
            channel("buffer.stats", channel -> channel.buffer(1).statsSinceOpen());
            channel("buffer.subBuffer", channel -> channel.buffer(0).subBuffer(3L).get(
                    ValueLayout.JAVA_BYTE, 0L));
            shared("write", writer -> writer.write(new byte[10], 0, 10));
            shared("write segment", writer -> writer.write(MemorySegment.ofArray(new byte[10]), 0L, 10));
            shared("write direct", writer -> writer.write(ByteBuffer.allocateDirect(10)));
            shared("write too large", writer -> writer.write(new byte[100], 0, 100));
            shared("reserve", writer -> writer.reserve(10));
            shared("reserve all", writer -> writer.reserve(64));
            shared("hasRoom", writer -> writer.hasRoom(10));
            exclusive("write", writer -> writer.write(new byte[10], 0, 10));
            exclusive("write more", writer -> writer.write(new byte[60], 0, 60));
            exclusive("write direct", writer -> writer.write(ByteBuffer.allocateDirect(10)));
            exclusive("write too large", writer -> writer.write(new byte[100], 0, 100));
            exclusive("reserve", writer -> writer.reserve(10));
            exclusive("flush", ExclusiveWriter::flush);
            exclusive("hasRoom", writer -> writer.hasRoom(60));
            exclusive("close", ExclusiveWriter::close);
            reserved("commit", Runnable::run);
            reserved("abort", Runnable::run);
            mapped("consumer", mapped -> mapped.consumer(0));
            mapped("snapshot", mapped -> mapped.snapshot(0));
            mapped("stats", mapped -> mapped.statsSinceOpen(0));
            mapped("writer", mapped -> mapped.isWriterAlive());
            mapped("pid", MappedChannel::writerPid);
            mapped("heartbeat", MappedChannel::heartbeatAgeMillis);
            mapped("geometry", MappedChannel::geometry);
            mapped("close", MappedChannel::close);
            consumer("next", consumer -> consumer.next().bytes().get());
            consumer("peek", consumer -> consumer.peek(1));
            consumer("subBuffersConsumed", consumer -> consumer.subBuffersConsumed(1));
            consumer("read array", consumer -> consumer.stream().read(new byte[99], 0, 99));
            consumer("read segment", consumer -> consumer.stream().read(MemorySegment.ofArray(new byte[9]), 0L, 9L));
            consumer("read buffer", consumer -> consumer.stream().read(ByteBuffer.allocateDirect(99)));
            consumer("heldSequence", Consumer::heldSequence);
            consumer("pass", Consumer::pass);
            consumer("isDrained", Consumer::isDrained);
            consumer("poll", consumer -> consumer.poll(0L));
            consumer("poll a while", consumer -> consumer.poll(1_000L));
            consumer("snapshot", Consumer::snapshot);
            consumer("close", Consumer::close);
        }
    }
}
