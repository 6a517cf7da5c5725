// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Geometry;
import java.io.IOException;

/**
 * Reads the output files of a buffer again, cuts them into records, and compares with the {@link Ledger} what is in
 * them, sub-buffer for sub-buffer. See there for what a success proves.
 *
 * <p>Threads: one for each object.
 */
final class OutputCheck {
    private final OutputReader input;
    private final Ledger ledger;
    private final Deliveries deliveries;
    private final long lost;
    private final RecordHash sum;
    private final Geometry geometry;
    private long records;
    private long length;
    private long missingRecords;
    private long missingBytes;

    /**
     * Prepares the check of one buffer.
     *
     * @param input its output; closed by {@link #run}
     * @param lost records lost for good
     */
    OutputCheck(OutputReader input, Ledger ledger, Deliveries deliveries, long lost, Geometry geometry,
            RecordHash.Key key) {
        this.input = input;
        this.ledger = ledger;
        this.deliveries = deliveries;
        this.lost = lost;
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
        try (input) {
            long next = 0L;
            for (int run = 0; run < deliveries.runCount(); run++) {
                final long first = deliveries.first(run);
                final long end = first + deliveries.count(run);
                if (first < next || end > ledger.end()) {
                    return input.place() + ": the consumer delivered sub-buffers " + first + " to " + (end - 1)
                            + " after " + (next - 1) + "; the writers filled none beyond " + (ledger.end() - 1);
                }
                countMissing(next, first);
                for (long sequence = first; sequence < end; sequence++) {
                    final String wrong = checkSubBuffer(sequence);
                    if (wrong != null) {
                        return wrong;
                    }
                }
                next = end;
            }
            countMissing(next, ledger.end());
            return input.rest(lost);
        }
    }

    private void countMissing(long from, long to) {
        for (long sequence = from; sequence < to; sequence++) {
            missingRecords += ledger.records(sequence);
            missingBytes += ledger.bytes(sequence);
        }
    }

    private String checkSubBuffer(long sequence) throws IOException {
        final int size = ledger.bytes(sequence);
        final String wrong = input.next(sequence, size);
        final String place = input.place() + ": sub-buffer " + sequence + ": ";
        if (wrong != null) {
            return place + wrong;
        }
        sum.reset();
        int found = 0;
        while (input.nextRecord()) {
            sum.add(geometry.position(sequence, input.offset()), input.bytes(), input.from(), input.length());
            found++;
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
