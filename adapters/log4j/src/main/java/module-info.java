// SPDX-License-Identifier: Apache-2.0

/** Log4j 2 logs into a relay channel. */
module dev.jrelay.adapters.log4j {
    requires transitive dev.jrelay.toolkit;
    requires transitive org.apache.logging.log4j.core;

    exports dev.jrelay.adapters.log4j;
    opens dev.jrelay.adapters.log4j to org.apache.logging.log4j.core;
}
