// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Reads one output file again, cuts it into records, and compares with the {@link Ledger} what is in it, sub-buffer for
 * sub-buffer. See there for what a success proves.
 *
 * <p>Threads: one for each object.
 */
final class OutputCheck {
    private final Path file;
    private final Ledger ledger;
    private final Deliveries deliveries;
    private final RecordFormat format;
    private final RecordHash sum;
    private final Geometry geometry;
    private byte[] bytes = new byte[0];
    private long records;
    private long length;
    private long missingRecords;
    private long missingBytes;

    /** Prepares the check of one file. */
    OutputCheck(Path file, Ledger ledger, Deliveries deliveries, RecordFormat format, Geometry geometry,
            RecordHash.Key key) {
        this.file = file;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.format = format;
        this.sum = new RecordHash(key);
        this.geometry = geometry;
    }

    /**
     * Reads the whole file.
     *
     * @return null if all is well, else the first thing that is wrong
     * @throws IOException if the file cannot be read
     */
    String run() throws IOException {
        try (FileChannel input = FileChannel.open(file)) {
            long next = 0L;
            for (int run = 0; run < deliveries.runCount(); run++) {
                final long first = deliveries.first(run);
                final long end = first + deliveries.count(run);
                if (first < next || end > ledger.end()) {
                    return file + ": the consumer delivered sub-buffers " + first + " to " + (end - 1) + " after "
                            + (next - 1) + "; the writers filled none beyond " + (ledger.end() - 1);
                }
                countMissing(next, first);
                for (long sequence = first; sequence < end; sequence++) {
                    final String wrong = checkSubBuffer(input, sequence);
                    if (wrong != null) {
                        return wrong;
                    }
                }
                next = end;
            }
            countMissing(next, ledger.end());
            return input.size() == length ? null : file + ": " + Sizes.count(input.size() - length)
                    + " bytes behind the last sub-buffer";
        }
    }

    private void countMissing(long from, long to) {
        for (long sequence = from; sequence < to; sequence++) {
            missingRecords += ledger.records(sequence);
            missingBytes += ledger.bytes(sequence);
        }
    }

    private String checkSubBuffer(FileChannel input, long sequence) throws IOException {
        final int size = ledger.bytes(sequence);
        final String place = file + ": sub-buffer " + sequence + " at byte " + Sizes.count(length) + ": ";
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        final ByteBuffer target = ByteBuffer.wrap(bytes, 0, size);
        while (target.hasRemaining()) {
            if (input.read(target) < 0) {
                return place + target.position() + " of " + size + " bytes are there";
            }
        }
        sum.reset();
        int found = 0;
        for (int at = 0; at < size;) {
            final int complete = format.end(bytes, at, size);
            final int end = complete < 0 ? size : complete;
            sum.add(geometry.position(sequence, at), bytes, at, end - at);
            found++;
            at = end;
        }
        if (!ledger.matches(sequence, sum) || found != ledger.records(sequence)) {
            return place + "its " + found + " records, " + size + " bytes, are not the " + ledger.records(sequence)
                    + " records that were written there";
        }
        records += found;
        length += size;
        return null;
    }

    /** Records found. */
    long records() {
        return records;
    }

    /** Bytes found. */
    long bytes() {
        return length;
    }

    /** Records accepted into sub-buffers that are not in the file. */
    long missingRecords() {
        return missingRecords;
    }

    /** Bytes of {@link #missingRecords()}. */
    long missingBytes() {
        return missingBytes;
    }
}
