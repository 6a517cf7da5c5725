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

    static Snapshot take(Window window, MemorySegment[] memory) {
        final Geometry geometry = window.geometry;
        final ControlWords words = window.words;
        final List<SubBuffer> copies = new ArrayList<>();
        final long oldest = words.consumedAcquire(); // first, so that it is not ahead of the tail
        final long current = geometry.sequence(words.tailAcquire());
        final long retained = Math.min(geometry.distance(current, oldest), geometry.subBufferCount());
        for (long i = retained; i > 0L; i--) {
            final long sequence = geometry.plus(current, -i);
            final int slot = geometry.slot(sequence);
            if (window.isDelivered(sequence)) {
                addIfIntact(copies, window, copy(memory[slot], sequence, window.padding(slot), window.records(slot)));
            }
        }
        for (int attempt = 0; attempt < PREFIX_ATTEMPTS; attempt++) {
            final long prefix = window.stablePrefix(current);
            if ((int) prefix != 0) {
                final long padding = geometry.subBufferSize() - (int) prefix;
                final SubBuffer copy = copy(memory[geometry.slot(current)], current, padding, prefix >>> 32);
                if (addIfIntact(copies, window, copy)) {
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
        Copy.segment(subBuffer, 0L, memory, 0L, copy.length()); // plain: isIntact tells whether it is whole [B2]
        return copy;
    }

    private static boolean addIfIntact(List<SubBuffer> copies, Window window, SubBuffer copy) {
        return isIntact(window, copy.sequence()) && copies.add(copy);
    }

    /** Whether what was copied of {@code sequence} was not yet being overwritten. */
    private static boolean isIntact(Window window, long sequence) {
        final Geometry geometry = window.geometry;
        window.words.copiedFence();
        final long tail = window.words.tailAcquire();
        final long ahead = geometry.distance(geometry.sequence(tail), sequence);
        return ahead < geometry.subBufferCount() || ahead == geometry.subBufferCount() && geometry.offset(tail) == 0;
    }
}
