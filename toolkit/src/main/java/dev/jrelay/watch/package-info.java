// SPDX-License-Identifier: Apache-2.0
/**
 * Watching a channel with the JDK's own tools, from within its process.
 *
 * <pre>
 *   Channel  ---- counters --->  RelayMonitor   one MXBean for each buffer, and one for all    jconsole, jcmd, JMX
 *   Channel  ---- callbacks -->  RelayEvents    one JFR event for each switch and loss episode     jfr view, JMC
 * </pre>
 *
 * <p>Neither costs a writer anything for a record: the beans read the counters that the channel keeps anyway, and the
 * events are made when a sub-buffer is opened or delivered.
 */
package dev.jrelay.watch;
