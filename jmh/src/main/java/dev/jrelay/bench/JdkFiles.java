// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.List;

/** What the JDK has to append messages to a file. */
final class JdkFiles {
    static final String MAPPED = "mapped";

    static final List<Peer> PEERS = List.of(
            Peer.other("buffered-64k", "stream with 64 KiB").as(FileLogger.class,
                    setting -> new Buffered(setting, 64 << 10), Group.TO_FILE),
            Peer.other("buffered-8k", "stream with 8 KiB").as(FileLogger.class,
                    setting -> new Buffered(setting, 8 << 10), Group.TO_FILE),
            Peer.other("file-channel", "file channel").as(FileLogger.class,
                    setting -> new Direct(setting), Group.TO_FILE),
            Peer.other(MAPPED, "append to a mapped file").as(FileLogger.class,
                    setting -> new Mapped(setting), Group.TO_FILE));

    private JdkFiles() {
    }

    private static final class Buffered extends FileLogger.OneFile {
        private final OutputStream stream;

        Buffered(Setting setting, int buffer) throws IOException {
            super(setting);
            stream = new BufferedOutputStream(Channels.newOutputStream(file), buffer);
        }

        @Override
        int write() throws IOException {
            stream.write(message);
            bytes += message.length;
            if ((bytes & FileLogger.FILE - 1L) < message.length) {
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

    private static final class Direct extends FileLogger.OneFile {
        private final ByteBuffer direct;

        Direct(Setting setting) throws IOException {
            super(setting);
            direct = ByteBuffer.allocateDirect(setting.size());
        }

        @Override
        int write() throws IOException {
            append(direct.put(0, message).clear());
            return 0;
        }
    }

    private static final class Mapped extends FileLogger.OneFile {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment memory;
        private long at;

        Mapped(Setting setting) throws IOException {
            super(setting);
            memory = file.map(FileChannel.MapMode.READ_WRITE, 0L, FileLogger.FILE, arena);
        }

        @Override
        int write() {
            MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, at, message.length);
            at = at + message.length & FileLogger.FILE - 1L;
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
