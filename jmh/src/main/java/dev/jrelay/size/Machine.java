// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import java.util.List;
import java.util.SortedMap;

/**
 * What things cost on this machine.
 *
 * @param write a message of the load's mean length, its share of switches not included, ns
 * @param onSwitch the switch to the next sub-buffer, ns
 * @param wake waking the consumer for a sub-buffer, ns of the writer
 * @param drain what a copying consumer takes, bytes/s
 * @param touch the first access to a page of fresh memory, ns; what pre-touching takes from the first lap
 * @param pause how long a thread that could run does not, at most while measured, ns: scheduler, collector, hypervisor
 * @param points ns for each message, measured at several sub-buffer sizes
 * @param sharing by the number of threads that write into one buffer, ns for each message of each
 */
record Machine(double write, double onSwitch, double wake, double drain, double touch, double pause,
        List<Point> points, SortedMap<Integer, Double> sharing) {
    /** How often the pause is to be reckoned with, ns: it is the longest that was seen in so long a time. */
    static final double PAUSE_EVERY = 3e9;

    /**
     * The measured cost of a message.
     *
     * @param subBufferSize bytes
     * @param nanos for each message
     * @param error half the confidence interval, ns
     */
    record Point(int subBufferSize, double nanos, double error) {
    }

    /** The modelled cost of a message in sub-buffers of {@code size} bytes, consumer asleep at each switch, ns. */
    double overhead(Load load, long size, boolean waking) {
        return write + (onSwitch + (waking ? wake : 0.0)) * load.sizes().mean() / Formula.usable(load, size);
    }
}
