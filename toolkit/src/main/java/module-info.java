// SPDX-License-Identifier: Apache-2.0

/** What goes with a channel without being part of it; needs nothing but the kernel and the JDK. */
module dev.jrelay.toolkit {
    requires transitive dev.jrelay;
    requires transitive java.logging;
    requires java.management;
    requires jdk.jfr;

    exports dev.jrelay.ctf;
    exports dev.jrelay.decode;
    exports dev.jrelay.klog;
    exports dev.jrelay.relayapp;
    exports dev.jrelay.tee;
    exports dev.jrelay.units;
    exports dev.jrelay.watch;
}
