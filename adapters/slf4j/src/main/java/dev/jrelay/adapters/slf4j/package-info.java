// SPDX-License-Identifier: Apache-2.0
/**
 * SLF4J 2 logs into a relay channel: with this module on the class or module path, every SLF4J logger of the JVM writes
 * to {@link dev.jrelay.adapters.slf4j.KlogServiceProvider#klog()}.
 */
package dev.jrelay.adapters.slf4j;
