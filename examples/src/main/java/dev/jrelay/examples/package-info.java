// SPDX-License-Identifier: Apache-2.0
/**
 * The examples of the relay-apps, each a small class to read and copy, with a {@code main} that prints what
 * it shows: {@code ./relay example NAME}.
 *
 * <table>
 * <caption>What each shows</caption>
 * <tr><th>class</th><th>the original</th><th>what it shows</th></tr>
 * <tr><td>{@link dev.jrelay.examples.PaddingHeader}</td><td>the text's two {@code subbuf_start} functions</td>
 *     <td>a header with the padding count, in both modes</td></tr>
 * <tr><td>{@link dev.jrelay.examples.Reserve}</td><td>reserve</td>
 *     <td>fixed slots, filled in place; the client counts the bytes written</td></tr>
 * <tr><td>{@link dev.jrelay.examples.Exported}</td><td>exported-relayfile</td>
 *     <td>buffers in the client's own storage</td></tr>
 * <tr><td>{@link dev.jrelay.examples.Kleak}, {@link dev.jrelay.examples.KleakReport}</td><td>kleak</td>
 *     <td>binary records, and a program that makes sense of them afterwards</td></tr>
 * <tr><td>{@link dev.jrelay.examples.KlogLines}</td><td>klog</td><td>lines, bytes and a logger in one channel</td></tr>
 * <tr><td>{@link dev.jrelay.examples.TeeOut}</td><td>tprintk</td>
 *     <td>what is printed, printed as before and in a channel</td></tr>
 * <tr><td>{@link dev.jrelay.examples.CollectedApp}</td><td>relay-app</td>
 *     <td>logging that begins and ends with a collector</td></tr>
 * <tr><td>{@link dev.jrelay.examples.Trace}</td><td></td><td>a CTF trace with losses, for babeltrace2</td></tr>
 * </table>
 */
package dev.jrelay.examples;
