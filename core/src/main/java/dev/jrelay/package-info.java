// SPDX-License-Identifier: Apache-2.0
/**
 * A relay: high-rate streams of records from many writers to one consumer for each buffer, inside a process or out of
 * it.
 *
 * <pre>
 *   writers (any threads)                         channel                                  consumers (one a buffer)
 *
 *                       buffer 0   +-----------+-----------+-----------+-----------+
 *   write ---CpuSelector---------> | consumed  |   ready   |   ready   |  current  |  ---- next, subBuffersConsumed
 *            |                     +-----------+-----------+-----------+-----------+
 *            |                           a sub-buffer: header | record | record | … | padding
 *            |          buffer 1   +-----------+-----------+-----------+-----------+
 *            +-------------------> |  current  |   ready   |   ready   |   ready   |  ---- next, subBuffersConsumed
 *                                  +-----------+-----------+-----------+-----------+
 *
 *   control page                   tail, consumed, and for each sub-buffer: commit, padding, records, delivered
 * </pre>
 *
 * <p>Writers reserve, fill and commit records in the current sub-buffer; the one that finds no room closes it and opens
 * the next; the one whose commit completes a sub-buffer delivers it. Consumers see delivered sub-buffers only. Data
 * memory holds nothing but client bytes; everything else is in the control memory, which file storage keeps beside it.
 *
 * <p>To read the code: {@link dev.jrelay.Channel} opens and closes; {@link dev.jrelay.SharedWriter} and
 * {@link dev.jrelay.ExclusiveWriter} are what happens for each record, {@code SubBufferSwitch} what happens for each
 * sub-buffer; {@code Window} moves the consumer's position; {@link dev.jrelay.Consumer} takes; {@code ControlWords} are
 * the shared words, with the reason for each access.
 */
package dev.jrelay;
