// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * An amount of data. Records and bytes are the client's: header bytes and padding are not in them.
 *
 * @param subBuffers sub-buffers; 0 where only records are counted
 * @param records records
 * @param bytes bytes of these records
 */
public record Tally(long subBuffers, long records, long bytes) {
    /** Nothing. */
    public static final Tally ZERO = new Tally(0L, 0L, 0L);

    /**
     * Adds another amount.
     *
     * @param other what to add
     * @return the sum
     */
    public Tally plus(Tally other) {
        return new Tally(subBuffers + other.subBuffers, records + other.records, bytes + other.bytes);
    }

    /**
     * Takes another amount away.
     *
     * @param other what to take away
     * @return the difference
     */
    public Tally minus(Tally other) {
        return new Tally(subBuffers - other.subBuffers, records - other.records, bytes - other.bytes);
    }
}
