// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;

/**
 * The model in closed form. Writers bring at most a(W) bytes within any time W, for messages at random moments with
 * bursts of b bytes a(W) = b + r W; the consumer may stand still for T and frees a sub-buffer only when it has taken
 * all of it, at Rc:
 *
 * <pre>
 * usable     S' = S - h - P                              h header bytes, P mean padding
 * no loss    a(W) / S' + W / d &lt;= n - 1, W = T + S / Rc     the sub-buffer in the consumer's hands is no room
 * latency    S' / r                                      until a sub-buffer is full; d at most, if that is bounded
 * overhead   c_w + (c_s + c_k) E[L] / S'                 a message's share of switch and wake-up
 * </pre>
 *
 * <p>A backlog bound of network calculus (an arrival curve against a server with latency T: J.-Y. Le Boudec, P. Thiran,
 * <cite>Network Calculus</cite>, 2001, theorem 1.4.1), with one sub-buffer added for the granularity of consuming, and
 * one for each half of the delay that closes a sub-buffer though it is not full.
 */
final class Formula {
    /** What sub-buffers are a multiple of, bytes: a page. */
    static final int STEP = 4096;
    /** Padding may take this share of a sub-buffer. */
    static final double PADDING = 0.01;
    /** Switches may add this share to the cost of a message. */
    static final double SWITCHES = 0.02;
    /** A stall is never found to be longer, ns; and is found to this share of it. */
    private static final double LONGEST_STALL = 1e14;
    private static final double PRECISION = 1.0001;
    /** A sub-buffer holds at least so many of the longest messages. */
    private static final int LONGEST = 8;

    private Formula() {
    }

    /** Bytes of a sub-buffer that messages fill on the average. */
    static double usable(Load load, long size) {
        final long room = size - load.headerBytes();
        return room - Math.min(load.sizes().padding(room), room - 1.0);
    }

    /** Whether the bound without loss holds. */
    static boolean holds(Load load, long size, int count) {
        return hasRoom(load, size, count, load.stalls().design() + size / load.consumerRate() * Load.SECOND);
    }

    /** Whether what comes within {@code nanos} fits into all sub-buffers but one. */
    private static boolean hasRoom(Load load, long size, int count, double nanos) {
        return load.traffic().most(nanos) / usable(load, size) + 2.0 * nanos / load.delay() <= count - 1.0;
    }

    /** The longest stall without loss, ns; below 0 if even without one. */
    static double longestStall(Load load, long size, int count) {
        double low = 1.0;
        double high = LONGEST_STALL;
        while (high > PRECISION * low) {
            final double middle = Math.sqrt(low * high);
            if (hasRoom(load, size, count, middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low - size / load.consumerRate() * Load.SECOND;
    }

    /** The least sub-buffer size that is sensible, bytes, and why. */
    static Bound least(Load load, Machine machine) {
        final double longest = (double) LONGEST * load.sizes().max() + load.headerBytes();
        final double padding = load.sizes().isFixed() ? 0.0 : load.sizes().padding(0L) / PADDING;
        final double switches = machine.onSwitch() * load.sizes().mean() / (SWITCHES * machine.write());
        final double most = Math.max(STEP, Math.max(longest, Math.max(padding, switches)));
        final String why = most == STEP ? "a page" : most == longest ? LONGEST + " of the longest messages"
                : most == padding ? "padding of at most 1 %" : "switches of at most 2 % of a write";
        return new Bound(ceiling(most), why);
    }

    /** The largest sub-buffer size that latency, sink and memory allow, two of them at least, bytes, and why. */
    static Bound most(Load load) {
        final double latency = load.latency() * load.bytesPerSecond() / Load.SECOND;
        final double memory = load.memory() / 2.0;
        if (load.largest() < Math.min(latency, memory)) {
            return new Bound(floor(load.largest()), "what the sink takes at once, " + Sizes.text(load.largest()));
        }
        return latency < memory ? new Bound(floor(latency), "a latency of " + Times.text(load.latency()))
                : new Bound(floor(memory), "two of them in " + Sizes.text(load.memory()));
    }

    /** The least size of {@code count} sub-buffers for which the bound holds, bytes; above {@code most} if none is. */
    static long size(Load load, int count, long least, long most) {
        long low = least;
        long high = most + STEP;
        while (low < high) {
            final long middle = floor((low + high) / 2.0);
            if (holds(load, middle, count)) {
                high = middle;
            } else {
                low = middle + STEP;
            }
        }
        return low;
    }

    static long ceiling(double bytes) {
        return (long) Math.ceil(bytes / STEP) * STEP;
    }

    static long floor(double bytes) {
        return (long) (Math.min(bytes, 1L << 30) / STEP) * STEP;
    }

    /**
     * A bound.
     *
     * @param bytes the size
     * @param why what sets it
     */
    record Bound(long bytes, String why) {
    }
}
