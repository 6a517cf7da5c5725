// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
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

    FileLogger(Setting setting) {
        message = new byte[setting.size()];
        Arrays.fill(message, (byte) setting.size());
    }

    static FileLogger open(String name, Setting setting) {
        return Peers.open(FileLogger.class, name, setting);
    }

    /** Appends one message; returns how often there was no room. */
    abstract int write() throws IOException;

    /** Bytes that have reached the file, after {@link #close}. */
    long bytes() {
        return bytes;
    }

    abstract void close() throws IOException, InterruptedException;

    /** Those that have one file. */
    abstract static class OneFile extends FileLogger {
        final Path path = Files.createTempFile("jrelay-log", ".bin");
        final FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);

        OneFile(Setting setting) throws IOException {
            super(setting);
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
}
