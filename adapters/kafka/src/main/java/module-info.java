// SPDX-License-Identifier: Apache-2.0

/** The sub-buffers of a channel in Apache Kafka, exactly once, and back in files. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Kafka's client has no descriptor
module dev.jrelay.adapters.kafka {
    requires transitive dev.jrelay.toolkit;
    requires kafka.clients;

    exports dev.jrelay.adapters.kafka;
}
