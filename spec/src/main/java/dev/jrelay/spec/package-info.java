// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code relay check}: runs TLC over the configurations of the TLA+ model in a JVM of its own each,
 * compares what it finds with what {@code models.csv} expects, and tells a violation in the words of the protocol.
 */
package dev.jrelay.spec;
