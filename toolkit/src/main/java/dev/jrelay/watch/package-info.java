// SPDX-License-Identifier: Apache-2.0
/**
 * Watching channels: with the JDK's own tools from within the process, and by looking at them from any other.
 *
 * <pre>
 *   Channel  ---- counters --->  RelayMonitor   one MXBean for each buffer, and one for all    jconsole, jcmd, JMX
 *   Channel  ---- callbacks -->  RelayEvents    one JFR event for each switch and loss episode     jfr view, JMC
 *   MappedChannel  -- counters ->  ChannelWatch   rates from look to look
 *                  -- counters ->  Trigger        when to dump a flight recorder
 *   a host  -------- files ----->  ChannelSearch  which channels there are
 * </pre>
 *
 * <p>None of them costs a writer anything for a record: beans and looks read the counters that the channel keeps
 * anyway, and the events are made when a sub-buffer is opened or delivered.
 */
package dev.jrelay.watch;
