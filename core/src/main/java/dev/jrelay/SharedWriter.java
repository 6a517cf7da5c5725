// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;

/**
 * Writes into a buffer that any number of platform or virtual threads share: {@code relay_write} and {@code
 * relay_reserve}. One object for each shared buffer, for all its writers; {@link Channel#writer()} finds the current
 * CPU's, which stays valid on whichever CPU the thread goes on.
 *
 * <pre>
 * reserve(len)   t = tail; room behind t.offset: CAS(tail, t, t + len), and t is the record's position;
 *                else what happens once per sub-buffer, and every refusal: SubBufferSwitch
 * commit         one atomic add counts the record and its bytes; whose add completes the sub-buffer delivers it
 * </pre>
 *
 * <p>Progress: a reservation is lock-free, a commit wait-free. Two threads that write to one buffer slow each other
 * down by an order of magnitude (one contended cache line): what scales is a buffer for each thread or CPU.
 */
public final class SharedWriter extends RecordWriter {
    // What each record needs of the geometry, in the writer itself.
    private final int shift;
    private final int slotMask;
    private final long offsetMask;

    SharedWriter(RelayBuffer buffer, ControlWords words, Geometry geometry, MemorySegment data) {
        super(buffer, words, geometry, data);
        this.shift = geometry.shift();
        this.slotMask = geometry.subBufferCount() - 1;
        this.offsetMask = geometry.offsetMask();
    }

    @Override
    public long reserve(int length) {
        for (;;) {
            final long tail = tailAcquire();
            final int used = (int) (tail & offsetMask);
            if (length > 0 && length < subBufferSize - used && used != 0 && (tail & Geometry.FLAGS) == 0L) {
                if (casTail(tail, tail + length)) {
                    reservedFence();
                    return tail;
                }
            } else {
                final long position = protocol.reserve(tail, length);
                if (position != SubBufferSwitch.RETRY) {
                    return position;
                }
            }
        }
    }

    @Override
    public long dataOffset(long position) {
        return (long) slot(position) * subBufferSize + (position & offsetMask);
    }

    private int slot(long position) {
        return (int) (position >>> shift) & slotMask;
    }

    @Override
    public void commit(long position, int length) {
        final long added = RECORD + length;
        final long committed = getAndAddCommit(slot(position), added) + added;
        if ((int) committed == subBufferSize) {
            protocol.deliver(geometry.sequence(position), committed >>> 32);
        }
    }

    @Override
    public void abort(long position, int length) {
        try {
            data.asSlice(dataOffset(position), length).fill((byte) 0);
        } finally {
            getAndAddTally(Fate.ABORTED, 0L, 1L, length);
            protocol.addCommit(position, length);
        }
    }

    @Override
    public boolean hasRoom(int length) {
        return protocol.hasRoom(tailAcquire(), length);
    }
}
