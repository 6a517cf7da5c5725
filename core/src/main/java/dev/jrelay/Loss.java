// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** Why a record was lost; each has a {@link Result} that the write functions return. */
public enum Loss {
    /** No-overwrite mode: every sub-buffer is full and unconsumed. */
    FULL(Result.FULL, "the buffer was full"),
    /** The record is longer than a sub-buffer minus its header bytes. */
    TOO_LARGE(Result.TOO_LARGE, "the record was too large"),
    /** The sub-buffer needed next is still held by a reservation of the previous lap. */
    STALLED(Result.STALLED, "a reservation was not finished"),
    /** {@link Callbacks#admit} refused to open the next sub-buffer. */
    REFUSED(Result.REFUSED, "the client refused"),
    /** The channel was paused. */
    PAUSED(Result.PAUSED, "the channel was paused"),
    /** The channel was closed. */
    CLOSED(Result.CLOSED, "the channel was closed");

    private static final Loss[] CAUSES = values();

    private final long result;
    private final String words;

    Loss(long result, String words) {
        this.result = result;
        this.words = words;
    }

    /**
     * The cause behind a result.
     *
     * @param result a {@link Result} below 0
     * @return the cause
     * @throws IllegalArgumentException if {@code result} is none
     */
    public static Loss of(long result) {
        if (result >= 0L || result < -CAUSES.length) {
            throw new IllegalArgumentException("result " + result + ": must be a Result, -" + CAUSES.length + " to -1");
        }
        return CAUSES[(int) (-1L - result)];
    }

    /**
     * What a write function returns for this cause.
     *
     * @return a {@link Result} below 0
     */
    public long result() {
        return result;
    }

    /**
     * The cause in words, to follow "lost, since …".
     *
     * @return for instance {@code the buffer was full}
     */
    public String words() {
        return words;
    }
}
