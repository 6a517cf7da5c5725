// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import java.nio.charset.StandardCharsets;

/**
 * A record, or what is missing at its place.
 *
 * @param cpu the buffer
 * @param timeNanos when it was written, ns since 1970; {@link #NO_TIME} if the format has no times
 * @param kind what it is
 * @param bytes the record; empty if it is none
 * @param count how many records are lost, sub-buffers missing, or bytes damaged; 0 for a record
 */
public record Decoded(int cpu, long timeNanos, Kind kind, byte[] bytes, long count) {
    /** The time of what has none: before all others. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** What it is. */
    public enum Kind {
        /** Text. */
        TEXT("text"),
        /** Text of which the end was cut off when it was written. */
        TRUNCATED("text that was cut"),
        /** Bytes. */
        RAW("bytes"),
        /** Records were refused when they were written. */
        LOST("records LOST"),
        /** Sub-buffers were overwritten, skipped or passed. */
        MISSING("sub-buffers MISSING"),
        /** Bytes that are no record. */
        DAMAGED("bytes DAMAGED");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** {@return what it is, in words that follow a count} */
        public String words() {
            return words;
        }

        /** {@return whether it is a record, not the lack of one} */
        public boolean isRecord() {
            return compareTo(LOST) < 0;
        }
    }

    static Decoded lack(int cpu, long timeNanos, Kind kind, long count) {
        return new Decoded(cpu, timeNanos, kind, new byte[0], count);
    }

    /** {@return the bytes as UTF-8} */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
