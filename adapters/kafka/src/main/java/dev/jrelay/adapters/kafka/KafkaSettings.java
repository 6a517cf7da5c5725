// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Which brokers, which topic, and under which name a host writes there.
 *
 * @param topic the topic; {@code {host}} in it stands for the host's name
 * @param host the name of this host; with the channel's directory and name it must be one of its kind in the topic
 * @param firstPartition the partition of buffer 0; those of the others follow. Hosts that share a topic need ranges of
 *     their own
 * @param client properties of Kafka's clients: brokers, security, compression, …
 * @param topicConfig properties of a topic that is created, and {@code replication.factor}
 */
public record KafkaSettings(String topic, String host, int firstPartition, Map<String, Object> client,
        Map<String, String> topicConfig) {
    private static final String TOPIC = "topic.";
    /** What exactly once rests upon. */
    private static final Set<String> OURS = Set.of("transactional.id", "key.serializer", "value.serializer",
            "key.deserializer", "value.deserializer", "isolation.level", "enable.auto.commit", "group.id");

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the topic's name is none, the first partition negative, or a property would
     *     take back what this rests upon
     */
    public KafkaSettings {
        topic = topic.replace("{host}", host);
        if (!topic.matches("[a-zA-Z0-9._-]{1,249}")) {
            throw new IllegalArgumentException("topic '" + topic
                    + "': must be 1 to 249 letters, digits, dots, hyphens, underscores");
        }
        if (firstPartition < 0) {
            throw new IllegalArgumentException("first partition " + firstPartition + ": must be 0 or more");
        }
        client = Map.copyOf(client);
        topicConfig = Map.copyOf(topicConfig);
        for (final String name : OURS) {
            if (client.containsKey(name)) {
                throw new IllegalArgumentException(name + "=" + client.get(name) + ": is set by relay, leave it out");
            }
        }
        require(client, "acks", Set.of("all", "-1"));
        require(client, "enable.idempotence", Set.of("true"));
    }

    private static void require(Map<String, Object> client, String name, Set<String> allowed) {
        final Object value = client.get(name);
        if (value != null && !allowed.contains(value.toString())) {
            throw new IllegalArgumentException(name + "=" + value + ": must be " + allowed.iterator().next()
                    + ", or left out: nothing else is exactly once");
        }
    }

    /**
     * Reads the properties of a file.
     *
     * @param bootstrap brokers to begin with, {@code host:port,…}
     * @param topic the topic
     * @param host the name of this host, or null for what it calls itself
     * @param firstPartition the partition of buffer 0
     * @param file properties of Kafka's clients, and {@code topic.}… for a topic that is created; null for none
     * @return the settings
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if what it says is not allowed
     */
    public static KafkaSettings of(String bootstrap, String topic, String host, int firstPartition, Path file)
            throws IOException {
        final Properties properties = new Properties();
        if (file != null) {
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            }
        }
        final Map<String, Object> client = new HashMap<>();
        final Map<String, String> topicConfig = new HashMap<>();
        for (final String name : properties.stringPropertyNames()) {
            if (name.startsWith(TOPIC)) {
                topicConfig.put(name.substring(TOPIC.length()), properties.getProperty(name).trim());
            } else {
                client.put(name, properties.getProperty(name).trim());
            }
        }
        client.put("bootstrap.servers", bootstrap);
        return new KafkaSettings(topic, host == null ? hostName() : host, firstPartition, client, topicConfig);
    }

    private static String hostName() throws IOException {
        final Path name = Path.of("/proc/sys/kernel/hostname");
        return Files.isReadable(name) ? Files.readString(name).trim() : InetAddress.getLocalHost().getHostName();
    }

    /** Topic and brokers; the other properties may be secret. */
    @Override
    public String toString() {
        return "topic " + topic + " at " + client.get("bootstrap.servers");
    }

    /** How long to wait for the brokers' answer: {@code max.block.ms}, or 15 s. */
    Duration patience() {
        return Duration.ofMillis(Long.parseLong(client.getOrDefault("max.block.ms", "15000").toString()));
    }

    /** The properties, with {@code defaults} for what is not set. */
    Map<String, Object> with(Map<String, Object> defaults) {
        final Map<String, Object> all = new HashMap<>(defaults);
        all.putAll(client);
        return all;
    }

    /** The properties of a client, with what is always so. */
    Map<String, Object> with(Map<String, Object> defaults, Map<String, Object> fixed) {
        final Map<String, Object> all = with(defaults);
        all.putAll(fixed);
        return all;
    }
}
