// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.time.Duration;

/**
 * When a sink begins another file: before a sub-buffer that would make the file longer than a size, or with the first
 * sub-buffer that comes a time after the file's first one. A file has one sub-buffer at least, so nothing is empty, and
 * none is split.
 *
 * @param bytes the size, 1 or more; {@link Long#MAX_VALUE} for none
 * @param millis the time, ms, 1 or more; {@link Long#MAX_VALUE} for none
 */
public record Rotation(long bytes, long millis) {
    /** One file for ever. */
    public static final Rotation NEVER = new Rotation(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Units of time, which are written in small letters: 10m are minutes, 10M mebibytes. */
    private static final String TIME = ".*[0-9.](ns|us|ms|s|m|h)";

    /** Checks the ranges. */
    public Rotation {
        if (bytes < 1L || millis < 1L) {
            throw new IllegalArgumentException("rotation at " + bytes + " bytes, " + millis
                    + " ms: must be 1 or more of both");
        }
    }

    /**
     * Reads it.
     *
     * @param text a size such as {@code 64M}, a time such as {@code 10m}, or both with a comma between; units of time
     *     are in small letters
     * @return when to rotate
     * @throws IllegalArgumentException if it is not of this form, or below 1 byte or 1 ms
     */
    public static Rotation parse(String text) {
        long bytes = Long.MAX_VALUE;
        long millis = Long.MAX_VALUE;
        for (final String part : text.split(",", -1)) {
            if (part.matches(TIME)) {
                millis = Times.parse(part).toMillis();
            } else {
                try {
                    bytes = Sizes.parse(part);
                } catch (IllegalArgumentException neither) {
                    throw new IllegalArgumentException("'" + text + "': must be a size such as 64M, a time such as 10m "
                            + "(minutes) or 1h, or both with a comma between", neither);
                }
            }
        }
        if (bytes < 1L || millis < 1L) {
            throw new IllegalArgumentException("'" + text + "': must be 1 byte or more, and 1ms or more");
        }
        return new Rotation(bytes, millis);
    }

    /**
     * Whether another file is to be begun.
     *
     * @param length of the file with what is to be written
     * @param age of the file, ms
     * @return true if it is
     */
    boolean isDue(long length, long age) {
        return length > bytes || age >= millis;
    }

    @Override
    public String toString() {
        final String size = bytes == Long.MAX_VALUE ? "" : Sizes.option(bytes);
        final String time = millis == Long.MAX_VALUE ? "" : Duration.ofMillis(millis).toMillis() + "ms";
        return size + (size.isEmpty() || time.isEmpty() ? "" : ",") + time;
    }
}
