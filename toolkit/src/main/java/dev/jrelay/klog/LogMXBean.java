// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

/**
 * What a log's channel cannot count, as JMX shows it under {@code dev.jrelay:type=Log,name=NAME}: events that never
 * became a record, or not a whole one. All that becomes of records is in {@link dev.jrelay.watch.RelayMXBean}. All
 * count from the start of the log.
 */
public interface LogMXBean {
    /**
     * Events that were lost before they reached the channel: something threw while they were formatted or written.
     *
     * @return events
     */
    long getFailed();

    /**
     * Events that were cut, as they were longer than allowed.
     *
     * @return events
     */
    long getCut();
}
