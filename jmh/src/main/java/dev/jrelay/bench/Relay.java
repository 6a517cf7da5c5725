// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.RecordWriter;
import dev.jrelay.Storage;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.LogChannel;
import dev.jrelay.klog.LogOptions;
import dev.jrelay.klog.LogOptions.Option;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The kernel itself: channels with shared or exclusive buffers, in both modes, in each {@link Place}. */
final class Relay {
    static final String SHARED = "relay-shared";
    static final String EXCLUSIVE = "relay-exclusive";
    /** What is added to the name of a flight recorder. */
    static final String OVERWRITE = "-overwrite";

    static final List<Peer> PEERS = List.of(
            Peer.own(EXCLUSIVE, "jrelay exclusive")
                    .as(Subject.class, setting -> new RelaySubject(true, Mode.NO_OVERWRITE, setting),
                            Group.ONE_WRITER, Group.OWN_BUFFERS, Group.IN_PLACE, Group.STREAM)
                    .as(Pipe.class, setting -> new MappedBuffer(true, setting), Group.TO_PROCESS)
                    .as(FileLogger.class, setting -> new ToFile(true, setting), Group.TO_FILE),
            Peer.own(EXCLUSIVE + OVERWRITE, "jrelay exclusive, overwrite")
                    .as(Subject.class, setting -> new RelaySubject(true, Mode.OVERWRITE, setting),
                            Group.ONE_WRITER, Group.OWN_BUFFERS, Group.IN_PLACE, Group.OVERWRITE)
                    .as(Timed.class, setting -> new Recorder(true, setting), Group.TIMED),
            Peer.own(SHARED, "jrelay shared")
                    .as(Subject.class, setting -> new RelaySubject(false, Mode.NO_OVERWRITE, setting),
                            Group.MANY_WRITERS, Group.ONE_BUFFER, Group.OWN_BUFFERS, Group.IN_PLACE, Group.STREAM)
                    .as(Pipe.class, setting -> new MappedBuffer(false, setting), Group.TO_PROCESS)
                    .as(FileLogger.class, setting -> new ToFile(false, setting), Group.TO_FILE),
            Peer.own(SHARED + OVERWRITE, "jrelay shared, overwrite")
                    .as(Subject.class, setting -> new RelaySubject(false, Mode.OVERWRITE, setting),
                            Group.MANY_WRITERS, Group.ONE_BUFFER, Group.OWN_BUFFERS, Group.IN_PLACE, Group.OVERWRITE)
                    .as(Timed.class, setting -> new Recorder(false, setting), Group.TIMED),
            Peer.own("channel-recorder", "jrelay alone, overwrite")
                    .as(LoggingFramework.class, setting -> new LogAlone(), Group.LOGGING));

    private Relay() {
    }

    private static void close(RecordWriter writer) {
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.close(); // nobody else can close its sub-buffer
        }
    }

    /** Events in place, in overwrite mode, since other flight recorders do the same. */
    private static final class Recorder extends Timed {
        private final Place place;
        private final Channel channel;
        private final RecordWriter writer;

        Recorder(boolean exclusive, Setting setting) throws IOException {
            place = new Place(setting.storage());
            channel = RelaySubject.open(exclusive, Mode.OVERWRITE, setting,
                    ChannelConfig.builder("bench").storage(place.storage()));
            writer = RelaySubject.writer(channel, 0, exclusive);
        }

        @Override
        long events(int count) {
            final RecordWriter to = writer;
            for (int i = 0; i < count; i++) {
                final long position = Losses.none(to.reserve(EVENT));
                final long at = to.dataOffset(position);
                to.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at, System.nanoTime());
                to.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L, i);
                to.commit(position, EVENT);
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            Relay.close(writer);
            channel.close();
            place.close();
        }
    }

    private static final class MappedBuffer extends Pipe {
        private static final String NAME = "pipe";

        private final boolean exclusive;
        private final Setting setting;
        private Channel channel;
        private RecordWriter writer;

        MappedBuffer(boolean exclusive, Setting setting) {
            this.exclusive = exclusive;
            this.setting = setting;
        }

        @Override
        void create(Path directory) throws IOException {
            channel = RelaySubject.open(exclusive, Mode.NO_OVERWRITE, setting,
                    ChannelConfig.builder(NAME).storage(Storage.files(directory)));
        }

        @Override
        Subject.Writer writer(Path directory) {
            writer = RelaySubject.writer(channel, 0, exclusive);
            return RelaySubject.side(writer, setting.message());
        }

        @Override
        public void close() throws IOException {
            Relay.close(writer);
            channel.close();
        }

        @Override
        long consume(Path directory, Runnable ready) throws IOException {
            try (MappedChannel mapped = MappedChannel.open(directory, NAME); Consumer consumer = mapped.consumer(0)) {
                ready.run();
                return consume(consumer, new byte[mapped.geometry().subBufferSize()]);
            }
        }

        private static long consume(Consumer consumer, byte[] copy) {
            long messages = 0L;
            while (true) {
                final SubBuffer next = consumer.next();
                if (next != null) {
                    MemorySegment.copy(next.segment(), ValueLayout.JAVA_BYTE, 0L, copy, 0, next.length());
                    messages += next.records();
                    consumer.subBuffersConsumed(1);
                } else if (consumer.poll(0L) == Readiness.HANG_UP) {
                    return messages;
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** A thread writes sub-buffers of 1 MiB to the file. */
    private static final class ToFile extends FileLogger.OneFile {
        private static final long POLL_NANOS = 100_000_000L;

        private final Place place;
        private final Channel channel;
        private final RecordWriter writer;
        private final Thread thread;
        private volatile Throwable failure;

        ToFile(boolean exclusive, Setting setting) throws IOException {
            super(setting);
            place = new Place(setting.storage());
            channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).bufferCount(1)
                    .exclusiveBuffers(exclusive ? 1 : 0).subBufferSize(1 << 20).subBufferCount(8).build());
            writer = RelaySubject.writer(channel, 0, exclusive);
            thread = Thread.ofPlatform().daemon().start(this::drain);
        }

        private void drain() {
            try (Consumer consumer = channel.consumer(0)) {
                while (consumer.poll(POLL_NANOS) != Readiness.HANG_UP) {
                    for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                        append(s.bytes());
                        consumer.subBuffersConsumed(1);
                    }
                }
            } catch (IOException | RuntimeException | Error thrown) {
                failure = thrown;
            }
        }

        @Override
        int write() {
            int full = 0;
            while (writer.write(message, 0, message.length) < 0L) {
                full++;
                do {
                    Thread.onSpinWait();
                } while (!writer.hasRoom(message.length) && failure == null);
            }
            return full;
        }

        @Override
        void close() throws IOException, InterruptedException {
            channel.close();
            Relay.close(writer);
            thread.join();
            place.close();
            super.close();
            if (failure != null) {
                throw new IllegalStateException("the consumer failed", failure);
            }
        }
    }

    /** What a relay channel costs alone: an event that is text already. */
    private static final class LogAlone extends LoggingFramework {
        private final byte[] event = "12:00:00.000 INFO  [dev.jrelay.bench.LoggingFrameworks.one-jmh-worker-1] bench - "
                .concat("event 1000000 of the benchmark\n").getBytes(StandardCharsets.UTF_8);
        private final LogChannel log;

        LogAlone() throws IOException {
            super(Way.RECORDER);
            log = LogChannel.open(new LogOptions().set(Option.DIRECTORY, directory().toString())
                    .set(Option.MODE, "overwrite"), new LogChannel.Status() {
                        @Override
                        public void info(String text) {
                            // nobody asks
                        }

                        @Override
                        public void warn(String text) {
                            said.add(text);
                        }
                    });
        }

        @Override
        void log(long number) {
            log.write(event);
        }

        @Override
        void stop() throws IOException {
            log.close();
        }

        @Override
        Channel channel() {
            return log.channel();
        }
    }
}
