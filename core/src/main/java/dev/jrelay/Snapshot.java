// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Copies of the sub-buffers that a buffer held, taken while writers went on: a flight recorder's dump. Nothing is
 * consumed.
 *
 * <p>Each sub-buffer is copied and then validated on the tail: it is whole if the sub-buffer one lap later was not
 * opened yet. (The commit word would change too late: only after the new lap's first record was written.) What fails is
 * left out; these are the oldest ones.
 */
public final class Snapshot {
    /** In place of a sequence to begin with: the oldest one, whichever it is. */
    static final long ALL = -1L;

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

    /**
     * Copies sub-buffers one by one, to wherever it likes: no more memory is needed than it takes, none for a file.
     */
    public interface Target {
        /**
         * Copies a sub-buffer. Writers may be overwriting it: its bytes are not to be used for anything else.
         *
         * @param live the first {@link SubBuffer#length()} bytes are to be copied; valid during the call only
         * @throws IOException if the copy cannot be made, which ends the snapshot
         */
        void copy(SubBuffer live) throws IOException;

        /**
         * Learns that the copy made last is whole. If this is not called, it is to be thrown away.
         *
         * @param copied the sub-buffer that was copied; its bytes may have changed since
         * @param isComplete whether all of it was there: not only the beginning of the current sub-buffer
         * @throws IOException to end the snapshot
         */
        void keep(SubBuffer copied, boolean isComplete) throws IOException;
    }

    /** Copies that live as long as they are reachable. */
    private static final class Copies implements Target {
        private final List<SubBuffer> whole = new ArrayList<>();
        private SubBuffer last;

        @Override
        public void copy(SubBuffer live) {
            last = Snapshot.copy(live);
        }

        @Override
        public void keep(SubBuffer copied, boolean isComplete) {
            whole.add(last);
        }
    }

    static Snapshot take(Window window, IntFunction<MemorySegment> memory) {
        final Copies copies = new Copies();
        try {
            each(window, memory, ALL, copies);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return new Snapshot(copies.whole);
    }

    /** Copies what is retained, from sub-buffer {@code from} on if that is still there. */
    static void each(Window window, IntFunction<MemorySegment> memory, long from, Target target)
            throws IOException {
        final Geometry geometry = window.geometry;
        final ControlWords words = window.words;
        final long oldest = words.consumedAcquire(); // first, so that it is not ahead of the tail
        final long current = geometry.sequence(words.tailAcquire());
        final long retained = Math.min(geometry.distance(current, oldest), geometry.subBufferCount());
        final long wanted = from == ALL ? retained : Math.min(geometry.distance(current, from), retained);
        for (long i = wanted; i > 0L; i--) {
            final long sequence = geometry.plus(current, -i);
            final int slot = geometry.slot(sequence);
            if (window.isDelivered(sequence)) {
                copy(window, live(memory, slot, sequence, window.padding(slot), window.records(slot)), true, target);
            }
        }
        final int last = geometry.slot(current);
        for (int attempt = 0; attempt < PREFIX_ATTEMPTS; attempt++) {
            final long prefix = window.stablePrefix(current);
            if ((int) prefix != 0) {
                final long padding = geometry.subBufferSize() - (int) prefix;
                if (copy(window, live(memory, last, current, padding, prefix >>> 32), false, target)) {
                    break;
                }
            }
            Thread.onSpinWait();
        }
    }

    private static SubBuffer live(IntFunction<MemorySegment> memory, int slot, long sequence, long padding,
            long records) {
        return new SubBuffer(memory.apply(slot)).set(sequence, padding, records);
    }

    private static boolean copy(Window window, SubBuffer live, boolean isComplete, Target target)
            throws IOException {
        target.copy(live);
        final boolean intact = isIntact(window, live.sequence());
        if (intact) {
            target.keep(live, isComplete);
        }
        return intact;
    }

    /** A copy of its own. */
    private static SubBuffer copy(SubBuffer live) {
        final MemorySegment memory = Arena.ofAuto().allocate(live.segment().byteSize(), 8L);
        Copy.segment(live.segment(), 0L, memory, 0L, live.length()); // plain: isIntact tells whether it is whole [B2]
        return new SubBuffer(memory).set(live.sequence(), live.padding(), live.records());
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
