// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import dev.jrelay.Loss;
import dev.jrelay.Mode;
import dev.jrelay.Tally;
import java.util.Map;

/**
 * The counters of one buffer, or of all buffers of a channel added up, as JMX shows them, under the names of
 * {@link dev.jrelay.BufferStats}; a {@link Tally} is composite data of {@code subBuffers}, {@code records} and
 * {@code bytes}. All count from the opening of the channel, or its last reset. Each attribute is read when it is asked
 * for, so they agree with each other only while nobody writes or consumes. With them come the sizes, which never
 * change: what a counter can grow to.
 */
public interface RelayMXBean {
    /**
     * How many buffers these are.
     *
     * @return 1 for a buffer, else the channel's buffer count
     */
    int getBufferCount();

    /**
     * What happens when a buffer is full.
     *
     * @return the mode
     */
    Mode getMode();

    /**
     * Size of a sub-buffer.
     *
     * @return bytes
     */
    int getSubBufferSize();

    /**
     * Sub-buffers of each buffer.
     *
     * @return sub-buffers
     */
    int getSubBufferCount();

    /**
     * The client's bytes at the start of each sub-buffer.
     *
     * @return bytes
     */
    int getHeaderBytes();

    /**
     * Memory of the buffers' data.
     *
     * @return bytes
     */
    long getCapacity();

    /**
     * Sub-buffers closed.
     *
     * @return sub-buffers
     */
    long getProduced();

    /**
     * Sub-buffers that are no longer retained: delivered, overwritten, skipped or passed.
     *
     * @return sub-buffers
     */
    long getConsumed();

    /**
     * Sub-buffers closed and not consumed.
     *
     * @return sub-buffers
     */
    long getBacklog();

    /**
     * The largest backlog that a consumer has met, or the present one if it is larger; of several buffers the largest.
     *
     * @return sub-buffers; the buffer was full if it is the sub-buffer count
     */
    long getMaxBacklog();

    /**
     * What is committed and not consumed.
     *
     * @return closed sub-buffers; records and bytes, those of the current sub-buffer included
     */
    Tally getPending();

    /**
     * What was consumed by consumers.
     *
     * @return sub-buffers, records and bytes
     */
    Tally getDelivered();

    /**
     * Padding in the sub-buffers that were delivered.
     *
     * @return bytes
     */
    long getPaddingBytes();

    /**
     * Overwrite mode: what was overwritten before it was consumed.
     *
     * @return sub-buffers, records and bytes
     */
    Tally getOverwritten();

    /**
     * What was dropped by a reset, jumped over by a consumer that was too slow for overwrite mode, or passed.
     *
     * @return sub-buffers, records and bytes
     */
    Tally getSkipped();

    /**
     * Reservations aborted.
     *
     * @return records and bytes
     */
    Tally getAborted();

    /**
     * What was refused, for whatever cause.
     *
     * @return records and bytes
     */
    Tally getLost();

    /**
     * What was refused, by cause.
     *
     * @return records and bytes; every cause is there
     */
    Map<Loss, Tally> getLosses();
}
