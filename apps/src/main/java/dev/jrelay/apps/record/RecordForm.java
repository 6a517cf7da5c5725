// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.SharedWriter;
import dev.jrelay.klog.KlogClock;
import dev.jrelay.klog.KlogRecord;

/** What a record of the input is in its buffer. Stateless. */
enum RecordForm {
    /** Its bytes. */
    PLAIN(0),

    /** The text of a {@link KlogRecord}, with the time at which it is written. */
    TEXT(KlogRecord.TEXT),

    /** The raw bytes of a {@link KlogRecord}, with the time at which it is written. */
    RAW(KlogRecord.RAW);

    /** Of the {@link KlogRecord}, where it is one. */
    private final int id;

    RecordForm(int id) {
        this.id = id;
    }

    /**
     * Writes one.
     *
     * @return its position, or a result below 0, as {@link SharedWriter#write} does
     */
    long write(SharedWriter target, byte[] source, int from, int length) {
        return this == PLAIN ? target.write(source, from, length)
                : KlogRecord.write(target, id, KlogClock.system().getAsLong(), source, from, length);
    }

    /**
     * What it takes in a buffer.
     *
     * @param length of the record, bytes
     * @return bytes, which may be more than a buffer can count
     */
    long size(long length) {
        return this == PLAIN ? length
                : KlogRecord.HEADER_BYTES + length + KlogRecord.ALIGNMENT - 1L & -KlogRecord.ALIGNMENT;
    }
}
