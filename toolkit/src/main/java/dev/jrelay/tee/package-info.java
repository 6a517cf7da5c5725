// SPDX-License-Identifier: Apache-2.0
/**
 * Duplicates output that a program makes anyway into a channel, for a while: the {@code tprintk} ("tee printk") of the
 * relay-apps. What was printed before is printed as before; afterwards everything is as it was.
 *
 * <pre>
 *   System.out.println(…)  --->  [ TeeStream ]  --->  the stream that was there
 *                                      |
 *                                      +--- whole lines --->  Klog  --->  channel
 * </pre>
 *
 * <p>See {@link dev.jrelay.tee.Tee}.
 */
package dev.jrelay.tee;
