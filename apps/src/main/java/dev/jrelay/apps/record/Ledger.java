// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.util.ArrayList;
import java.util.List;

/**
 * What the writers of one buffer were told is accepted: for each sub-buffer the number of records, their bytes there,
 * and the sum of the {@link RecordHash} of each (position, record), taken from the writer's own copy of the bytes.
 *
 * <p>{@link OutputCheck} computes the same from the output files and compares. What equality proves, for each delivered
 * sub-buffer, up to a chance of 2<sup>-100</sup>:
 * <ul>
 * <li>every accepted record is there, once, and nothing else is: no byte is changed, lost, doubled or inserted;
 * <li>every record lies at the position that its reservation returned, so the records of a buffer, also those of
 *     several writers, are in the order of their reservation; a writer checks that its own positions increase, so its
 *     records are in the order in which it wrote them;
 * <li>the sub-buffers are in the order of their sequence.
 * </ul>
 *
 * <p>In overwrite mode the records of overwritten sub-buffers are known exactly too, since each sub-buffer has its own
 * entry: their number and bytes must equal what the kernel counted as overwritten or skipped. Nothing is left to trust
 * in the delivered part: the consumer process tells which sequences it delivered, and a wrong answer fails the check.
 *
 * <p>Not proven by the digests: that the input was cut into records at the right places. For that the bytes are added
 * up: bytes read = bytes accepted + bytes lost.
 *
 * <p>Memory: 24 bytes for each sub-buffer of the stream, for instance 24 MiB for 256 GiB in sub-buffers of 256 KiB.
 *
 * <p>Threads: any.
 */
final class Ledger {
    private static final int PAGE = 1024;
    private static final int WORDS = 3;
    private static final int COUNTS = 2;
    private static final int BYTES_BITS = 31;

    /** Entries of {@code PAGE} sub-buffers each: low and high half of the sum, {@code records << 31 | bytes}. */
    private final List<long[]> pages = new ArrayList<>();
    private long inputBytes;

    /**
     * Adds records to a sub-buffer.
     *
     * @param sequence the sub-buffer
     * @param sum the sum of their hashes
     * @param records how many
     * @param bytes their bytes in the sub-buffer
     * @param itsInputBytes their bytes in the input
     */
    synchronized void add(long sequence, RecordHash sum, int records, int bytes, int itsInputBytes) {
        inputBytes += itsInputBytes;
        final int page = (int) (sequence / PAGE);
        while (pages.size() <= page) {
            pages.add(new long[PAGE * WORDS]);
        }
        final long[] words = pages.get(page);
        final int at = (int) (sequence % PAGE) * WORDS;
        final long low = words[at] + sum.low();
        words[at + 1] += sum.high() + (Long.compareUnsigned(low, sum.low()) < 0 ? 1L : 0L);
        words[at] = low;
        words[at + COUNTS] += (long) records << BYTES_BITS | bytes;
    }

    /** Bytes of the input in all records. */
    synchronized long inputBytes() {
        return inputBytes;
    }

    /** Sub-buffers from 0 that may hold something. */
    synchronized long end() {
        return (long) pages.size() * PAGE;
    }

    /** Records accepted in a sub-buffer. */
    int records(long sequence) {
        return (int) (word(sequence, COUNTS) >>> BYTES_BITS);
    }

    /** Bytes accepted in a sub-buffer. */
    int bytes(long sequence) {
        return (int) (word(sequence, COUNTS) & Integer.MAX_VALUE);
    }

    /** Whether the hashes of a sub-buffer add up to this sum. */
    boolean matches(long sequence, RecordHash sum) {
        return word(sequence, 0) == sum.low() && word(sequence, 1) == sum.high();
    }

    private synchronized long word(long sequence, int which) {
        return sequence < 0L || sequence >= end() ? 0L
                : pages.get((int) (sequence / PAGE))[(int) (sequence % PAGE) * WORDS + which];
    }
}
