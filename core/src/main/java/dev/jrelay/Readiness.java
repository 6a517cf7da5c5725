// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** What {@link Consumer#poll} found. */
public enum Readiness {
    /** A sub-buffer is ready. */
    READABLE,
    /** Nothing became ready in time, or the thread was interrupted (its interrupt status is set). */
    TIMED_OUT,
    /**
     * Nothing became ready in time, and the sub-buffer next in order is closed but held by a reservation that is not
     * finished: see {@link Consumer#pass()}.
     */
    HELD,
    /** The channel is closed and everything in the buffer is consumed or passed. */
    HANG_UP
}
