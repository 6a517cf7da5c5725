// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.watch;

import java.util.Map;

/**
 * The counters of one buffer, or of all buffers of a channel added up, as JMX shows them; see
 * {@link dev.jrelay.BufferStats}. All count from the opening of the channel, or its last reset. Each attribute is read
 * when it is asked for, so they agree with each other only while nobody writes or consumes.
 */
public interface RelayMXBean {
    /**
     * Sub-buffers closed.
     *
     * @return sub-buffers
     */
    long getProduced();

    /**
     * Sub-buffers delivered, overwritten or skipped.
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
     * The largest backlog that a consumer has met; of several buffers the largest.
     *
     * @return sub-buffers; the buffer was full if it is the sub-buffer count
     */
    long getMaxBacklog();

    /**
     * Records lost, for whatever cause.
     *
     * @return records
     */
    long getLostRecords();

    /**
     * Bytes of the lost records.
     *
     * @return bytes
     */
    long getLostBytes();

    /**
     * Records lost, by cause.
     *
     * @return records by the name of the {@link dev.jrelay.Result}; every cause is there
     */
    Map<String, Long> getLostRecordsByCause();

    /**
     * Overwrite mode: sub-buffers overwritten before they were consumed.
     *
     * @return sub-buffers
     */
    long getOverwrittenSubBuffers();

    /**
     * Records in the overwritten sub-buffers.
     *
     * @return records
     */
    long getOverwrittenRecords();

    /**
     * Sub-buffers dropped by a reset, or passed over by a consumer that was too slow for overwrite mode.
     *
     * @return sub-buffers
     */
    long getSkippedSubBuffers();

    /**
     * Records in the skipped sub-buffers.
     *
     * @return records
     */
    long getSkippedRecords();

    /**
     * Records consumed.
     *
     * @return records
     */
    long getDeliveredRecords();

    /**
     * Bytes of the consumed records.
     *
     * @return bytes
     */
    long getDeliveredBytes();

    /**
     * Records committed and not consumed.
     *
     * @return records
     */
    long getPendingRecords();

    /**
     * Reservations aborted.
     *
     * @return records
     */
    long getAbortedRecords();
}
