// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topic: found and checked, or created. Says what to set where something does not fit. */
final class Topic implements AutoCloseable {
    /** Beside a sub-buffer's bytes: names and values of headers, and what Kafka adds to a batch. */
    static final int OVERHEAD = 8192;
    /** Kafka's own default of {@code max.message.bytes}. */
    private static final long DEFAULT_MESSAGE_BYTES = 1_048_588L;
    private static final String MESSAGE_BYTES = "max.message.bytes";
    private static final long MIN_RETENTION_MILLIS = 3_600_000L;

    private final KafkaSettings settings;
    private final Duration patience;
    private final Admin admin;

    Topic(KafkaSettings settings) throws IOException {
        this.settings = settings;
        this.patience = settings.patience();
        try {
            this.admin = Admin.create(settings.with(Map.of("default.api.timeout.ms", (int) patience.toMillis(),
                    "request.timeout.ms", (int) patience.toMillis())));
        } catch (RuntimeException wrong) {
            throw new IOException("Kafka's client cannot be made: " + KafkaSink.words(wrong), wrong);
        }
    }

    /** The largest record that sub-buffers of a size make, bytes. */
    static long recordBytes(int subBufferSize) {
        return (long) subBufferSize + OVERHEAD;
    }

    /**
     * Finds out whether sub-buffers of a size can ever be sent.
     *
     * @param notes told what a user should know
     * @throws IOException if they cannot, saying what to set; or the brokers cannot be asked
     */
    void checkSizes(int subBufferSize, Consumer<String> notes) throws IOException {
        final long needed = recordBytes(subBufferSize);
        final Object request = settings.client().get("max.request.size");
        if (request != null && Long.parseLong(request.toString()) < needed) {
            throw new IOException("sub-buffers of " + Sizes.text(subBufferSize) + " need max.request.size=" + needed
                    + " or more, it is " + request + ": change or remove it in the configuration file, or use smaller "
                    + "sub-buffers (-b)");
        }
        if (partitions() == 0) {
            return;
        }
        final Config config = config();
        final long limit = Long.parseLong(config.get(MESSAGE_BYTES).value());
        if (limit < needed) {
            throw new IOException("sub-buffers of " + Sizes.text(subBufferSize) + " need " + MESSAGE_BYTES + "="
                    + needed + " or more, topic " + settings.topic() + " has " + limit
                    + ": kafka-configs.sh --alter --topic " + settings.topic() + " --add-config " + MESSAGE_BYTES + "="
                    + needed + ", or use smaller sub-buffers (-b)");
        }
        if (config.get("cleanup.policy").value().contains("compact")) {
            throw new IOException("topic " + settings.topic() + " is compacted (cleanup.policy="
                    + config.get("cleanup.policy").value() + "): must be delete, since records have no keys");
        }
        final long retention = Long.parseLong(config.get("retention.ms").value());
        if (retention >= 0L && retention < MIN_RETENTION_MILLIS) {
            notes.accept("topic " + settings.topic() + " keeps sub-buffers for "
                    + Times.text(TimeUnit.MILLISECONDS.toNanos(retention)) + " only (retention.ms)");
        }
    }

    /**
     * Makes sure of the topic and its partitions.
     *
     * @param count partitions needed
     * @return true if it was created
     * @throws IOException if it has fewer, or cannot be created
     */
    boolean ensure(int count, int subBufferSize) throws IOException {
        final int partitions = partitions();
        if (partitions == 0) {
            return create(count, subBufferSize);
        }
        if (partitions < count) {
            throw new IOException("topic " + settings.topic() + " has " + partitions + " partitions, " + count
                    + " are needed, one for each buffer: kafka-topics.sh --alter --topic " + settings.topic()
                    + " --partitions " + count);
        }
        return false;
    }

    private boolean create(int count, int subBufferSize) throws IOException {
        final Map<String, String> config = new HashMap<>(settings.topicConfig());
        final String replicas = config.remove("replication.factor");
        if (recordBytes(subBufferSize) > DEFAULT_MESSAGE_BYTES) {
            config.putIfAbsent(MESSAGE_BYTES, Long.toString(recordBytes(subBufferSize)));
        }
        final NewTopic topic = new NewTopic(settings.topic(), Optional.of(count),
                Optional.ofNullable(replicas).map(Short::valueOf)).configs(config);
        try {
            get(admin.createTopics(List.of(topic)).all());
            return true;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TopicExistsException) {
                return false; // somebody else was faster
            }
            throw failure("created", failed.getCause());
        }
    }

    /** Where partitions end, with what is not committed. */
    Map<TopicPartition, Long> ends(List<TopicPartition> partitions) throws IOException {
        final Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        final Map<TopicPartition, Long> ends = new HashMap<>();
        try {
            get(admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
            return ends;
        } catch (ExecutionException failed) {
            throw failure("read", failed.getCause());
        }
    }

    /** How many it has; 0 if there is no such topic. */
    private int partitions() throws IOException {
        try {
            final TopicDescription description =
                    get(admin.describeTopics(List.of(settings.topic())).topicNameValues().get(settings.topic()));
            return description.partitions().size();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw failure("described", failed.getCause());
        }
    }

    private Config config() throws IOException {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, settings.topic());
        try {
            return get(admin.describeConfigs(List.of(resource)).values().get(resource));
        } catch (ExecutionException failed) {
            throw failure("described", failed.getCause());
        }
    }

    private IOException failure(String done, Throwable cause) {
        return new IOException("topic " + settings.topic() + " at " + settings.client().get("bootstrap.servers")
                + " cannot be " + done + ": " + KafkaSink.words(cause), cause);
    }

    private <T> T get(KafkaFuture<T> future) throws IOException, ExecutionException {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw failure("reached", new IOException("no answer within " + Times.text(patience.toNanos()), silent));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failure("reached", stopped);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
