// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies of the sub-buffers that a buffer held, taken while writers went on: a flight recorder's dump. Nothing is
 * consumed.
 *
 * <p>Each sub-buffer is copied and then validated on the tail: it is whole if the sub-buffer one lap later was not
 * opened yet. (The commit word would change too late: only after the new lap's first record was written.) What fails is
 * left out; these are the oldest ones.
 */
public final class Snapshot {
    private static final int PREFIX_ATTEMPTS = 64;

    private final List<SubBuffer> subBuffers;

    private Snapshot(List<SubBuffer> subBuffers) {
        this.subBuffers = List.copyOf(subBuffers);
    }

    /**
     * The sub-buffers, oldest first; the last one may be the committed beginning of the current sub-buffer.
     *
     * @return copies, valid as long as they are reachable
     */
    public List<SubBuffer> subBuffers() {
        return subBuffers;
    }

    static Snapshot take(Geometry geometry, ControlWords words, MemorySegment[] memory) {
        final List<SubBuffer> copies = new ArrayList<>();
        final long oldest = words.consumedAcquire(); // first, so that it is not ahead of the tail
        final long current = geometry.sequence(words.tailAcquire());
        final long retained = Math.min(geometry.distance(current, oldest), geometry.subBufferCount);
        for (long i = retained; i > 0L; i--) {
            final long sequence = geometry.plus(current, -i);
            final int slot = geometry.slot(sequence);
            if (words.deliveredAcquire(slot) == geometry.plus(sequence, 1L)) {
                final long padding = words.paddingOpaque(slot);
                final SubBuffer copy = copy(memory[slot], sequence, padding, words.recordsOpaque(slot));
                if (isIntact(geometry, words, sequence)) {
                    copies.add(copy);
                }
            }
        }
        for (int attempt = 0; attempt < PREFIX_ATTEMPTS; attempt++) {
            final long prefix = stablePrefix(geometry, words, current);
            if ((int) prefix != 0) {
                final long padding = geometry.subBufferSize - (int) prefix;
                final SubBuffer copy = copy(memory[geometry.slot(current)], current, padding, prefix >>> 32);
                if (isIntact(geometry, words, current)) {
                    copies.add(copy);
                    break;
                }
            }
            Thread.onSpinWait();
        }
        return new Snapshot(copies);
    }

    private static SubBuffer copy(MemorySegment subBuffer, long sequence, long padding, long records) {
        final MemorySegment memory = Arena.ofAuto().allocate(subBuffer.byteSize(), 8L);
        final SubBuffer copy = new SubBuffer(memory).set(sequence, padding, records);
        MemorySegment.copy(subBuffer, 0L, memory, 0L, copy.length()); // plain: isIntact tells whether it is whole [B2]
        return copy;
    }

    /** Whether what was copied of {@code sequence} was not yet being overwritten. */
    private static boolean isIntact(Geometry geometry, ControlWords words, long sequence) {
        words.copiedFence();
        final long tail = words.tailAcquire();
        final long ahead = geometry.distance(geometry.sequence(tail), sequence);
        return ahead < geometry.subBufferCount
                || ahead == geometry.subBufferCount && geometry.offset(tail) == 0 && !geometry.exclusive;
    }

    /**
     * Records and bytes, as in the commit word, of the beginning of the current sub-buffer that is committed without
     * holes; 0 if {@code sequence} is not current, or holes are in it right now.
     */
    static long stablePrefix(Geometry geometry, ControlWords words, long sequence) {
        final int slot = geometry.slot(sequence);
        if (words.deliveredAcquire(slot) != geometry.plus(sequence, 1L - geometry.subBufferCount)) {
            return 0L;
        }
        final long committed = words.commitAcquire(slot);
        final long tail = words.tailAcquire();
        return geometry.sequence(tail) == sequence && geometry.offset(tail) == (int) committed ? committed : 0L;
    }
}
