// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code relay} command: {@link dev.jrelay.apps.Relay} finds the subcommand, and each subcommand is one class here
 * that reads its options. What a subcommand does lies in a package of its own, so that it can be used without a command
 * line.
 *
 * <p>Common to all: sizes are in bytes with k, M, G (1024s); {@code -b} and {@code -n} are for each CPU; the exit code
 * is 0 for success, 1 for failure, 2 for wrong usage, 3 for lost data (where asked for); messages go to stderr, results
 * to stdout.
 */
package dev.jrelay.apps;
