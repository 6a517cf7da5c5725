// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.Readiness;
import dev.jrelay.RecordWriter;
import dev.jrelay.SubBuffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Ways to append messages to a file that starts again when it is full. */
abstract class FileLogger {
    static final long FILE = 256L << 20;

    final byte[] message;
    /** Bytes that have reached the file. */
    long bytes;

    FileLogger(int size) {
        message = new byte[size];
        Arrays.fill(message, (byte) size);
    }

    static FileLogger open(String name, int size) throws IOException {
        return switch (name) {
            case "relay-exclusive" -> new Relay(size, true);
            case "relay-shared" -> new Relay(size, false);
            case "buffered-64k" -> new Buffered(size, 64 << 10);
            case "buffered-8k" -> new Buffered(size, 8 << 10);
            case "file-channel" -> new Direct(size);
            case "mapped" -> new Mapped(size);
            case "chronicle" -> new ChronicleLogger(size);
            default -> throw new IllegalArgumentException("logger " + name);
        };
    }

    /** Appends one message; returns how often there was no room. */
    abstract int write() throws IOException;

    /** Bytes that have reached the file, after {@link #close}. */
    long bytes() {
        return bytes;
    }

    abstract void close() throws IOException, InterruptedException;

    /** Those that have one file. */
    private abstract static class OneFile extends FileLogger {
        final Path path = Files.createTempFile("jrelay-log", ".bin");
        final FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);

        OneFile(int size) throws IOException {
            super(size);
        }

        @Override
        void close() throws IOException, InterruptedException {
            final ByteBuffer last = ByteBuffer.allocate(1);
            final int read = bytes == 0L ? 1 : file.read(last, bytes - 1L & FILE - 1L);
            file.close();
            Files.delete(path);
            if (read != 1 || bytes > 0L && last.get(0) != message[0]) {
                throw new IllegalStateException("byte " + (bytes - 1L) + " is not in the file");
            }
        }

        /** Appends to the file, which starts again when it is full. */
        final void append(ByteBuffer source) throws IOException {
            if (file.position() >= FILE) {
                file.position(0L);
            }
            bytes += file.write(source);
        }
    }

    private static final class Relay extends OneFile {
        private static final long POLL_NANOS = 100_000_000L;

        private final Channel channel;
        private final RecordWriter writer;
        private final Thread thread;
        private volatile Throwable failure;

        Relay(int size, boolean exclusive) throws IOException {
            super(size);
            channel = Channel.open(ChannelConfig.builder("bench").bufferCount(1).subBufferSize(1 << 20)
                    .subBufferCount(8).exclusiveBuffers(exclusive ? 1 : 0).build());
            writer = exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
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
            if (writer instanceof AutoCloseable exclusive) {
                try {
                    exclusive.close();
                } catch (Exception impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
            thread.join();
            super.close();
            if (failure != null) {
                throw new IllegalStateException("the consumer failed", failure);
            }
        }
    }

    private static final class Buffered extends OneFile {
        private final OutputStream stream;

        Buffered(int size, int buffer) throws IOException {
            super(size);
            stream = new BufferedOutputStream(Channels.newOutputStream(file), buffer);
        }

        @Override
        int write() throws IOException {
            stream.write(message);
            bytes += message.length;
            if ((bytes & FILE - 1L) < message.length) {
                stream.flush();
                file.position(0L);
            }
            return 0;
        }

        @Override
        void close() throws IOException, InterruptedException {
            stream.flush();
            super.close();
        }
    }

    private static final class Direct extends OneFile {
        private final ByteBuffer direct;

        Direct(int size) throws IOException {
            super(size);
            direct = ByteBuffer.allocateDirect(size);
        }

        @Override
        int write() throws IOException {
            append(direct.put(0, message).clear());
            return 0;
        }
    }

    private static final class Mapped extends OneFile {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment memory;
        private long at;

        Mapped(int size) throws IOException {
            super(size);
            memory = file.map(FileChannel.MapMode.READ_WRITE, 0L, FILE, arena);
        }

        @Override
        int write() {
            MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, at, message.length);
            at = at + message.length & FILE - 1L;
            bytes += message.length;
            return 0;
        }

        @Override
        void close() throws IOException, InterruptedException {
            arena.close();
            super.close();
        }
    }
}
