// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import java.lang.foreign.MemorySegment;

/** The times of a sub-buffer: those of its first and last klog record. */
public final class KlogTimes {
    private static final long[] UNKNOWN = {-1L, -1L};

    private KlogTimes() {
    }

    /**
     * Finds them. The first record is verified by its check, so that nothing else is taken for one; the others by their
     * form only, which costs a look at each record's header.
     *
     * @param subBuffer the whole sub-buffer: its size is part of the check
     * @param sequence its sequence
     * @param headerBytes bytes in front of the records
     * @param length valid bytes
     * @return two times, ns of the clock that the writers use; -1 and -1 if no klog record is where the first one
     *     should be
     */
    public static long[] of(MemorySegment subBuffer, long sequence, int headerBytes, int length) {
        final long from = headerBytes + 7L & -8L;
        if (from + KlogRecord.MIN_SIZE > length) {
            return UNKNOWN.clone();
        }
        final int bytes = subBuffer.get(KlogRecord.INT, from + KlogRecord.LENGTH);
        final long end = from + KlogRecord.size(Math.max(0, bytes));
        final KlogReader reader = new KlogReader();
        if (bytes < 0 || end > length || !reader.wrap(subBuffer, sequence, from, end).next()) {
            return UNKNOWN.clone();
        }
        final long[] times = {reader.timestamp(), reader.timestamp()};
        for (reader.wrapStream(subBuffer.asSlice(0L, length).asSlice(from)); reader.next();) {
            times[1] = reader.timestamp();
        }
        return times;
    }
}
