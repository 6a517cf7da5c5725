// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/** The output files of a buffer, one behind the other. Threads: one. */
final class OutputReader implements Closeable {
    private final List<Path> files;
    private int number;
    private FileChannel input;

    /**
     * A reader.
     *
     * @param files one or more, in the order of time
     * @throws IOException if there is none, or the first one cannot be opened
     */
    OutputReader(List<Path> files) throws IOException {
        if (files.isEmpty()) {
            throw new IOException("an output file is gone; output can be put away when the check is done");
        }
        this.files = files;
        this.input = FileChannel.open(files.getFirst());
    }

    /** Goes to the next file, if this one is at its end and there is one. */
    void toNextFile() throws IOException {
        if (number < files.size() - 1 && input.position() >= input.size()) {
            input.close();
            number++;
            input = FileChannel.open(file());
        }
    }

    /**
     * Reads from the present file only.
     *
     * @param target where to, from its beginning on
     * @param count so many bytes
     * @return how many there were
     */
    int read(byte[] target, int count) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(target, 0, count);
        while (bytes.hasRemaining() && input.read(bytes) >= 0) {
            // more
        }
        return bytes.position();
    }

    /** The file that is read. */
    Path file() {
        return files.get(number);
    }

    /** Where in it, bytes. */
    long position() throws IOException {
        return input.position();
    }

    /** Bytes that are not read, of this file and all behind it; at least 1 for each of these. */
    long rest() throws IOException {
        long rest = input.size() - input.position();
        for (final Path later : files.subList(number + 1, files.size())) {
            rest += Math.max(1L, later.toFile().length());
        }
        return rest;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
