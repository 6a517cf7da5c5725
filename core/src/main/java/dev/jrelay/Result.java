// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * Results of the write functions: values, not exceptions, so that the write path stays free of allocation.
 *
 * <p>A result {@code >= 0} is success (for {@code reserve}: the position of the reservation). A negative result is one
 * of the constants below and names why the record is lost; each lost record and its bytes are counted under that cause,
 * its {@link Loss}, in {@link BufferStats}.
 */
public final class Result {
    /** No-overwrite mode: every sub-buffer is full and unconsumed. Retry after the consumer has consumed one. */
    public static final long FULL = -1L;

    /** The record is longer than a sub-buffer minus its header bytes; it can never be written. */
    public static final long TOO_LARGE = -2L;

    /**
     * The sub-buffer needed next still holds a record of the previous lap that was reserved but not committed: a writer
     * is in the way, not the consumer.
     */
    public static final long STALLED = -3L;

    /** {@link Callbacks#admit} refused to open the next sub-buffer. */
    public static final long REFUSED = -4L;

    /** The channel is paused. */
    public static final long PAUSED = -5L;

    /** The channel is closed. */
    public static final long CLOSED = -6L;

    private Result() {
    }

    /**
     * Names a result, for messages.
     *
     * @param result what a write function returned
     * @return {@code "OK"} for success, else the name of the constant
     * @throws IllegalArgumentException if {@code result} is neither
     */
    public static String name(long result) {
        return result >= 0L ? "OK" : Loss.of(result).name();
    }
}
