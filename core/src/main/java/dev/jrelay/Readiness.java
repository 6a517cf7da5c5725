// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** What {@link Consumer#poll} found. */
public enum Readiness {
    /** A sub-buffer is ready. */
    READABLE,
    /** Nothing became ready in time, or the thread was interrupted (its interrupt status is set). */
    TIMED_OUT,
    /** The channel is closed and everything in the buffer is consumed. */
    HANG_UP
}
