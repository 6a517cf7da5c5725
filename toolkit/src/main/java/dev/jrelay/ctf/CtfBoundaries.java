// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The boundaries between the packets of one stream, on which all threads agree: boundary {@code q} lies between packet
 * {@code q - 1} and packet {@code q}. It has a time and a count of lost records; both never decrease from one boundary
 * to the next.
 *
 * <p>A packet keeps its events within its two boundaries: {@code time(q) <= event <= time(q + 1)}. So the events of a
 * stream, and its packets, are in the order of time, whatever the threads do that open and deliver sub-buffers at their
 * own pace: packet {@code q + 1} may be opened, filled and even delivered while the opener or the deliverer of
 * {@code q} sleeps.
 *
 * <pre>
 * decide(q, time, lost)          any number of threads, any order of q within the n sub-buffers of a buffer
 *   k = the last decided boundary up to q        (decided ones are a prefix: I1)
 *   while k &lt; q
 *     k = k + 1
 *     CAS(boundary[k], undecided, (max(time, boundary[k - 1].time), max(lost, boundary[k - 1].lost)))
 *   return boundary[q]                             (each is decided now, by this thread or another)
 * </pre>
 *
 * <ul>
 * <li>I1 Prefix: a boundary is decided only after the one before it, since the loop goes upwards.
 * <li>I2 Once: a decided boundary never changes: the CAS expects the value that was there before.
 * <li>I3 Order: a boundary is not below the one before it, since the proposal is not, and by I2 it stays so.
 * </ul>
 *
 * <p>The ring holds 4n boundaries. A thread that decides boundary {@code q} at the opening of sub-buffer {@code q}, or
 * boundary {@code q + 1} at its delivery, has kept it from being delivered so far. So sub-buffer {@code q + n} is not
 * open, and no boundary behind {@code q + n} is decided; and sub-buffer {@code q - n} is delivered, so boundary
 * {@code q - n} is decided, and the thread looks no further back. All 2n + 1 between them have places of their own.
 *
 * <p>Wait-free: at most n + 2 steps, normally one. One small object is allocated for each sub-buffer.
 */
final class CtfBoundaries {
    private static final int LAPS = 4;

    private final AtomicReferenceArray<Boundary> ring;

    /**
     * A boundary.
     *
     * @param sequence of the packet behind it
     * @param time ns
     * @param lost records lost before it
     */
    record Boundary(long sequence, long time, long lost) {
    }

    /**
     * Boundaries of one buffer.
     *
     * @param beginning where the first packet begins: a time before any event, ns
     */
    CtfBoundaries(int subBufferCount, long beginning) {
        ring = new AtomicReferenceArray<>(LAPS * subBufferCount);
        ring.set(0, new Boundary(0L, beginning, 0L));
    }

    /**
     * Decides where a packet begins, unless that is decided.
     *
     * @param sequence of the packet
     * @param time the caller's proposal, ns
     * @param lost the caller's proposal, records
     * @return what is decided
     * @throws IllegalStateException if no boundary nearby is decided: the packet is of another channel
     */
    Boundary decide(long sequence, long time, long lost) {
        long next = sequence;
        while (decided(next) == null) {
            next--;
            if (sequence - next > ring.length()) {
                throw new IllegalStateException("packet " + sequence + " follows none: a Ctf serves one channel only");
            }
        }
        Boundary before = decided(next);
        while (next < sequence) {
            next++;
            final Boundary there = ring.get(place(next)); // volatile: what the CAS expects
            if (there == null || there.sequence < next) {
                final Boundary proposal =
                        new Boundary(next, Math.max(time, before.time), Math.max(lost, before.lost));
                ring.compareAndSet(place(next), there, proposal); // full: one proposal is decided [I2]
            }
            before = decided(next);
        }
        return before;
    }

    private Boundary decided(long sequence) {
        final Boundary boundary = ring.get(place(sequence)); // volatile: sees a complete boundary
        return boundary != null && boundary.sequence == sequence ? boundary : null;
    }

    private int place(long sequence) {
        return (int) sequence & ring.length() - 1;
    }
}
