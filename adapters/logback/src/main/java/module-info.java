// SPDX-License-Identifier: Apache-2.0

/** Logback logs into a relay channel. */
module dev.jrelay.adapters.logback {
    requires transitive dev.jrelay.toolkit;
    requires transitive ch.qos.logback.classic;
    requires transitive ch.qos.logback.core;

    exports dev.jrelay.adapters.logback;
}
