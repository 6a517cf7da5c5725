// SPDX-License-Identifier: Apache-2.0

/** The relay command, and what goes with a channel without being part of it. */
module dev.jrelay.apps {
    requires dev.jrelay;
    requires info.picocli;
    requires java.logging;
    requires java.management;
    requires jdk.jfr;

    opens dev.jrelay.apps to info.picocli;
}
