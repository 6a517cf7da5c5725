// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: one question per class, the kernel and its peers as {@code subject} parameters of the same method.
 *
 * <p>Rules that hold for all of them:
 * <ul>
 * <li>Every subject gets the same payload memory ({@code capacity}) and copies every message into it; peers hand over
 *     pre-allocated elements. Nobody drops: a writer that finds no room waits or drains, and the trial fails unless
 *     each message was consumed, or counted as overwritten.
 * <li>Beside each rate stand {@code full} (writes that found no room and were repeated) and {@code lost}.
 * <li>Each parameter set runs in its own JVM, so that the one class of subject in it is inlined.
 * <li>Where a channel has its memory is the parameter {@code storage}: memory, heap or files, see
 *     {@link dev.jrelay.bench.Place}. Its default is memory, and all three where that is what one asks first: a write,
 *     an event in place, a fresh channel. Exceptions: to another process there are files only; a logging framework's
 *     appender has its own options.
 * </ul>
 *
 * <p>A new peer is one file, with a list {@code PEERS} that says of each what it is called, as a parameter and for a
 * reader, in which groups it can be compared ({@link dev.jrelay.bench.Group}), and how it is opened there: as a
 * {@link dev.jrelay.bench.Subject}, a {@link dev.jrelay.bench.Pipe} to another process, a
 * {@link dev.jrelay.bench.FileLogger}, a {@link dev.jrelay.bench.Timed} event or a
 * {@link dev.jrelay.bench.LoggingFramework}. {@link dev.jrelay.bench.Disruptor} is a short one to look at. The file is
 * named in {@link dev.jrelay.bench.Peers}, and nowhere else: benchmarks name a group, {@link dev.jrelay.bench.Part}
 * puts in who is in it, and tables and plots ask for the label. {@code SmokeIT} runs it in each of its groups.
 *
 * <p>{@link dev.jrelay.bench.Bench} runs them and writes the results; {@code java -cp target/benchmarks.jar
 * org.openjdk.jmh.Main} is plain JMH, which has to be told whom to compare: {@code -p subject=relay-shared,…}.
 */
package dev.jrelay.bench;
