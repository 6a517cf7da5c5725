// SPDX-License-Identifier: Apache-2.0

/** The counters of relay channels as Micrometer meters. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer has a name but no descriptor
module dev.jrelay.adapters.micrometer {
    requires transitive dev.jrelay;
    requires transitive micrometer.core;

    exports dev.jrelay.adapters.micrometer;
}
