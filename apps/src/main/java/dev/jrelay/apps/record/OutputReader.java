// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.io.Closeable;
import java.io.IOException;

/**
 * Reads the output files of a buffer again, one behind the other: sub-buffer by sub-buffer, and record by record.
 * Each sub-buffer must lie in one file, and each file hold one at least. Threads: one.
 */
interface OutputReader extends Closeable {
    /**
     * Goes to the next sub-buffer.
     *
     * @param sequence its sequence
     * @param size its bytes in the channel
     * @return null if it is there, else what is there
     */
    String next(long sequence, int size) throws IOException;

    /** Where the sub-buffer is, or was looked for. */
    String place();

    /** Goes to the next record of the sub-buffer; false if there is none. */
    boolean nextRecord();

    /** Where the record begins in its sub-buffer in the channel, bytes. */
    int offset();

    /** Holds the record, as it was in the input. */
    byte[] bytes();

    /** The record's first byte there. */
    int from();

    /** The record's bytes. */
    int length();

    /**
     * What is behind the last sub-buffer.
     *
     * @param lost how many records were lost for good
     * @return null if it is what belongs there, else what is wrong
     */
    String rest(long lost) throws IOException;
}
