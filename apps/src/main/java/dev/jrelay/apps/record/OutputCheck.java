// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the output files of a buffer again, cuts them into records, and compares with the {@link Ledger} what is in
 * them, sub-buffer for sub-buffer. Each sub-buffer lies in one file, and each file holds one at least. See there for what a success proves.
 *
 * <p>Threads: one for each object.
 */
final class OutputCheck {
    private final List<Path> files;
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

    /**
     * Prepares the check of one buffer.
     *
     * @param files its output files, in the order of time
     */
    OutputCheck(List<Path> files, Ledger ledger, Deliveries deliveries, RecordFormat format, Geometry geometry,
            RecordHash.Key key) {
        this.files = files;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.format = format;
        this.sum = new RecordHash(key);
        this.geometry = geometry;
    }

    /**
     * Reads them all.
     *
     * @return null if all is well, else the first thing that is wrong
     * @throws IOException if a file cannot be read
     */
    String run() throws IOException {
        try (OutputReader input = new OutputReader(files)) {
            long next = 0L;
            for (int run = 0; run < deliveries.runCount(); run++) {
                final long first = deliveries.first(run);
                final long end = first + deliveries.count(run);
                if (first < next || end > ledger.end()) {
                    return input.file() + ": the consumer delivered sub-buffers " + first + " to " + (end - 1) + " after "
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
            return input.rest() == 0L ? null : input.file() + ": " + Sizes.count(input.rest())
                    + " bytes behind the last sub-buffer";
        }
    }

    private void countMissing(long from, long to) {
        for (long sequence = from; sequence < to; sequence++) {
            missingRecords += ledger.records(sequence);
            missingBytes += ledger.bytes(sequence);
        }
    }

    private String checkSubBuffer(OutputReader input, long sequence) throws IOException {
        final int size = ledger.bytes(sequence);
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        input.toNextFile();
        final String place = input.file() + ": sub-buffer " + sequence + " at byte " + Sizes.count(input.position())
                + ": ";
        final int there = input.read(bytes, size);
        if (there < size) {
            return place + there + " of " + size + " bytes are there";
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

    /** Records accepted into sub-buffers that are not in the files. */
    long missingRecords() {
        return missingRecords;
    }

    /** Bytes of {@link #missingRecords()}. */
    long missingBytes() {
        return missingBytes;
    }
}
