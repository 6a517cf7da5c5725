// SPDX-License-Identifier: Apache-2.0
/**
 * Sub-buffers that are packets of the Common Trace Format, so that what a collector writes is a trace for babeltrace2
 * and other readers, without conversion: every record, every loss, every overwritten packet.
 *
 * <pre>
 *   Klog, KlogRecord ----> Channel with {@link dev.jrelay.ctf.Ctf} as callbacks (88 header bytes)
 *                             |  onStart   an empty packet: what a crash leaves is readable
 *                             |  onEnd     sizes, times, losses; events put in the order of time
 *                             v
 *   collector: whole sub-buffers, or stripped of padding, one file for each buffer
 *                             |       or {@link dev.jrelay.ctf.CtfStream}, which adds what only the end can tell
 *                             v
 *   OUT/metadata, OUT/cpu0, OUT/cpu1, …   ---->  babeltrace2 OUT
 * </pre>
 *
 * <p>Why times never go backwards, although writers read the clock at their own pace and sub-buffers are delivered out
 * of order, is shown in {@code CtfBoundaries} and {@code CtfPacket}; the layout is in {@code docs/ctf.md}.
 */
package dev.jrelay.ctf;
