// SPDX-License-Identifier: Apache-2.0
/**
 * Logback logs into a relay channel. The appender is {@link dev.jrelay.adapters.logback.RelayAppender};
 * {@code docs/logging.md} has examples.
 */
package dev.jrelay.adapters.logback;
