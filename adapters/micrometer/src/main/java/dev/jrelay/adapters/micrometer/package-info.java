// SPDX-License-Identifier: Apache-2.0
/** The counters of relay channels as Micrometer meters; {@code docs/metrics.md} has an example. */
package dev.jrelay.adapters.micrometer;
