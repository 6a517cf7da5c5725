// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.SharedWriter;
import dev.jrelay.klog.KlogClock;
import dev.jrelay.klog.KlogRecord;

/** What a record of the input is in its buffer. Stateless. */
enum RecordForm {
    /** Its bytes. */
    PLAIN {
        @Override
        long write(SharedWriter target, byte[] source, int from, int length) {
            return target.write(source, from, length);
        }

        @Override
        long size(long length) {
            return length;
        }
    },

    /** The text of a {@link KlogRecord}, with the time at which it is written. */
    TEXT {
        @Override
        long write(SharedWriter target, byte[] source, int from, int length) {
            return KlogRecord.write(target, KlogRecord.TEXT, KlogClock.system().getAsLong(), source, from, length);
        }

        @Override
        long size(long length) {
            return klogSize(length);
        }
    },

    /** The raw bytes of a {@link KlogRecord}, with the time at which it is written. */
    RAW {
        @Override
        long write(SharedWriter target, byte[] source, int from, int length) {
            return KlogRecord.write(target, KlogRecord.RAW, KlogClock.system().getAsLong(), source, from, length);
        }

        @Override
        long size(long length) {
            return klogSize(length);
        }
    };

    /**
     * Writes one.
     *
     * @return its position, or a result below 0, as {@link SharedWriter#write} does
     */
    abstract long write(SharedWriter target, byte[] source, int from, int length);

    /**
     * What it takes in a buffer.
     *
     * @param length of the record, bytes
     * @return bytes, which may be more than a buffer can count
     */
    abstract long size(long length);

    private static long klogSize(long length) {
        return KlogRecord.HEADER_BYTES + length + KlogRecord.ALIGNMENT - 1L & -KlogRecord.ALIGNMENT;
    }
}
