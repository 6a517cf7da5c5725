// SPDX-License-Identifier: Apache-2.0
/**
 * {@code relay size}: which sub-buffer size and count does a load need? Formulas bound the answer, a simulation finds
 * the cheapest one that meets the target, and a run on the real channel shows whether it holds. See
 * {@code docs/sizing.md}.
 */
package dev.jrelay.size;
