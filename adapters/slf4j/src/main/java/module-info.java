// SPDX-License-Identifier: Apache-2.0

/** SLF4J 2 logs into a relay channel. */
module dev.jrelay.adapters.slf4j {
    requires transitive dev.jrelay.toolkit;
    requires transitive org.slf4j;

    exports dev.jrelay.adapters.slf4j;

    provides org.slf4j.spi.SLF4JServiceProvider with dev.jrelay.adapters.slf4j.KlogServiceProvider;
}
