// SPDX-License-Identifier: Apache-2.0

/** The relay command. */
module dev.jrelay.apps {
    requires com.fasterxml.jackson.jr.ob;
    requires dev.jrelay.adapters.kafka;
    requires dev.jrelay.toolkit;
    requires info.picocli;
    requires java.logging;

    opens dev.jrelay.apps to info.picocli;
}
