// SPDX-License-Identifier: Apache-2.0
/**
 * Recording a stream: records from a file or pipe, through a channel in files, to one output file for each CPU.
 *
 * <pre>
 *              this process                                             consumer process (the same jar)
 *
 *              chunks    +--------+    cpu0 +----+----+----+ files in      +-----------------+
 *   InputReader ------>  | writer | ------> |    |    |    | /dev/shm ---> | RecordDrain, a  | ---> DIR/cpu0
 *        ^        |      +--------+         +----+----+----+               | thread each CPU |
 *   file or pipe  +--->  | writer | ------> |    |    |    | -----------> |                 | ---> DIR/cpu1
 *                        +--------+    cpu1 +----+----+----+               +-----------------+       |
 *                            |                                                                       |
 *                            +--- Ledger: digest of each sub-buffer --- OutputCheck reads again -----+
 * </pre>
 *
 * <p>{@link dev.jrelay.apps.record.Recording} runs it; {@link dev.jrelay.apps.record.Ledger} says what the check at the
 * end proves.
 */
package dev.jrelay.apps.record;
