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
 * </ul>
 *
 * <p>{@link dev.jrelay.bench.Bench} runs them and writes the results; {@code java -cp target/benchmarks.jar
 * org.openjdk.jmh.Main} is plain JMH.
 */
package dev.jrelay.bench;
