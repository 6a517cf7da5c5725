// SPDX-License-Identifier: Apache-2.0
/**
 * relay-app and librelay: the two halves of an application whose logging starts when a collector process starts, goes
 * to disk while it runs, and stops when it is gone.
 *
 * <pre>
 *   application                                 directory D                      collector
 *   RelayApp                                   D/.control/subbuf_size  &lt;---   writes its own -b, -n
 *     write(record) --> channel --> cpu0, cpu1  D/.control/create       &lt;---   opens, and stays connected
 *     (none: nothing happens)                   D/.control/enabled      &lt;---   1: start, 0: stop and flush
 *                                               D/cpu0, D/cpu1, …        --->   Collector
 * </pre>
 *
 * <p>The application owns the memory: it opens the channel in the sizes that the collector asks for, since the writers'
 * process is the one that a channel lives and dies with. The collector holds a connection for as long as it runs; when
 * that breaks, however the collector ended, the application closes the channel and logging stops.
 *
 * <p>{@code ControlFile} is the means for both, and for a client's own files beside the data files.
 * {@link dev.jrelay.relayapp.Recovery} reads what a killed application left.
 */
package dev.jrelay.relayapp;
