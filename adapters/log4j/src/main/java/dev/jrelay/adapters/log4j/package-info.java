// SPDX-License-Identifier: Apache-2.0
/**
 * Log4j 2 logs into a relay channel. The appender is {@link dev.jrelay.adapters.log4j.RelayAppender};
 * {@code docs/logging.md} has examples.
 */
package dev.jrelay.adapters.log4j;
