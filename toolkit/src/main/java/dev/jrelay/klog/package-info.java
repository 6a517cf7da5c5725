// SPDX-License-Identifier: Apache-2.0
/**
 * Formatted text and raw records into a relay channel with one call, whether or not there is a channel to write to.
 *
 * <pre>
 *   klog.printf("opened %s, %d bytes", name, size)                       KlogHandler (java.util.logging)
 *   klog.line().add("x=").add(x).end()               ----+               KlogLoggerFinder (System.Logger)
 *   klog.raw(bytes, 0, bytes.length)                     |                          |
 *                                                        v                          v
 *                            Klog --attached?-- no: nothing happens, at the cost of one load and one branch
 *                                        |
 *                                       yes: a {@link dev.jrelay.klog.KlogRecord} in the thread's buffer
 *                                        |
 *                                        v
 *   LogChannel    a Klog, its channel and its drain, for the appenders of logging frameworks
 *   KlogReader    records of a delivered sub-buffer, or what can be salvaged of an unstable one after a crash
 * </pre>
 *
 * <p>Start with {@link dev.jrelay.klog.Klog}. The record format is that of the CTF events of {@code dev.jrelay.ctf}, so
 * a klog channel opened with those callbacks is a trace that other tools read.
 */
package dev.jrelay.klog;
