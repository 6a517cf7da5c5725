// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads output files in which a buffer's records lie one after the other, and nothing else. */
final class PlainReader implements OutputReader {
    private final List<Path> files;
    private final RecordFormat format;
    private int number;
    private FileChannel input;
    private byte[] bytes = new byte[0];
    private int size;
    private long start;
    private int from;
    private int end;

    /**
     * A reader.
     *
     * @param files one or more, in the order of time
     * @throws IOException if the first one cannot be opened
     */
    PlainReader(List<Path> files, RecordFormat format) throws IOException {
        this.files = files;
        this.format = format;
        this.input = FileChannel.open(files.getFirst());
    }

    @Override
    public String next(long sequence, int itsSize) throws IOException {
        if (number < files.size() - 1 && input.position() >= input.size()) {
            input.close();
            number++;
            input = FileChannel.open(files.get(number));
        }
        size = itsSize;
        start = input.position();
        from = 0;
        end = 0;
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        final ByteBuffer target = ByteBuffer.wrap(bytes, 0, size);
        while (target.hasRemaining()) {
            if (input.read(target) < 0) {
                return target.position() + " of " + size + " bytes are there";
            }
        }
        return null;
    }

    @Override
    public String place() {
        return files.get(number) + ", at byte " + Sizes.count(start);
    }

    @Override
    public boolean nextRecord() {
        from = end;
        final int complete = from < size ? format.end(bytes, from, size) : size;
        end = complete < 0 ? size : complete;
        return from < size;
    }

    @Override
    public int offset() {
        return from;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int from() {
        return from;
    }

    @Override
    public int length() {
        return end - from;
    }

    @Override
    public String rest(long lost) throws IOException {
        long rest = input.size() - input.position();
        for (final Path later : files.subList(number + 1, files.size())) {
            rest += Files.size(later);
        }
        final boolean isLast = number == files.size() - 1;
        return rest == 0L && isLast ? null : files.get(number) + ": " + Sizes.count(rest)
                + " bytes behind the last sub-buffer" + (isLast ? "" : ", in files up to " + files.getLast());
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
