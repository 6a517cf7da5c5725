// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Callbacks that count, and that keep a header of 8 bytes: {@link #STARTED} from {@code onStart}, {@link #ENDED} from
 * {@code onEnd}. A header that {@code onEnd} does not find started is a fault.
 */
final class Recording implements Callbacks {
    static final long STARTED = 0x0101_0101_0101_0101L;
    static final long ENDED = 0x0202_0202_0202_0202L;

    private Pool pool;

    /** A pool whose cells are recorded. */
    static Pool pool(int size, int count, int header, Mode mode) {
        final Recording recording = new Recording();
        recording.pool = Pool.of(size, count, header, mode, recording);
        return recording.pool;
    }

    @Override
    public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
        pool.cell(buffer).starts.getAndIncrement();
        if (pool.geometry.headerBytes() == Long.BYTES) {
            subBuffer.set(ValueLayout.JAVA_LONG, 0L, STARTED);
        }
    }

    @Override
    public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
        final Cell cell = pool.cell(buffer);
        cell.ends.getAndIncrement();
        if (pool.geometry.headerBytes() == Long.BYTES) {
            if (subBuffer.get(ValueLayout.JAVA_LONG, 0L) != STARTED) {
                cell.faults.getAndIncrement();
            }
            subBuffer.set(ValueLayout.JAVA_LONG, 0L, ENDED);
        }
    }
}
