// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The last committed record of each partition. The end of a partition may be markers of transactions, and records of
 * aborted ones, that nobody sees; so this looks back in growing steps until it sees a record, or the beginning.
 */
final class LastRecords {
    private static final Duration POLL = Duration.ofMillis(100L);
    private static final int FIRST_STEP = 2; // a record, and the marker of its transaction
    private static final int FACTOR = 8;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
    private final long deadline;

    private LastRecords(KafkaConsumer<byte[], byte[]> consumer, Duration patience) {
        this.consumer = consumer;
        this.deadline = System.nanoTime() + patience.toNanos();
    }

    /**
     * Reads them.
     *
     * @param settings which brokers
     * @param partitions of which partitions
     * @return a record for each partition that has one
     * @throws IOException if they cannot be read
     */
    static Map<TopicPartition, ConsumerRecord<byte[], byte[]>> read(KafkaSettings settings,
            List<TopicPartition> partitions) throws IOException {
        final Duration patience = settings.patience();
        final Map<String, Object> properties = settings.with(Map.of(
                "default.api.timeout.ms", (int) patience.toMillis(), "request.timeout.ms", (int) patience.toMillis()),
                Map.of("isolation.level", "read_committed", "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest"));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            final LastRecords last = new LastRecords(consumer, patience);
            consumer.assign(partitions);
            last.find(consumer.beginningOffsets(partitions), consumer.endOffsets(partitions));
            return last.found;
        } catch (KafkaException failed) {
            throw new IOException("the last records of " + settings.topic() + " cannot be read: " + failed.getMessage(),
                    failed);
        }
    }

    private void find(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) throws IOException {
        final Set<TopicPartition> open = new HashSet<>(ends.keySet());
        open.removeIf(partition -> ends.get(partition) <= begins.get(partition));
        for (long step = FIRST_STEP; !open.isEmpty(); step *= FACTOR) {
            consumer.assign(open);
            consumer.resume(open); // what is assigned again is still paused
            for (final TopicPartition partition : open) {
                consumer.seek(partition, Math.max(begins.get(partition), ends.get(partition) - step));
            }
            readTo(ends, open);
            final long covered = step;
            open.removeIf(partition -> found.containsKey(partition)
                    || ends.get(partition) - covered <= begins.get(partition));
        }
    }

    private void readTo(Map<TopicPartition, Long> ends, Set<TopicPartition> open) throws IOException {
        final Set<TopicPartition> reading = new HashSet<>(open);
        while (!reading.isEmpty()) {
            if (System.nanoTime() - deadline > 0L) {
                throw new IOException("the last records of " + reading + " cannot be read: the broker does not answer");
            }
            for (final ConsumerRecord<byte[], byte[]> next : consumer.poll(POLL)) {
                found.put(new TopicPartition(next.topic(), next.partition()), next);
            }
            reading.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            consumer.pause(open.stream().filter(partition -> !reading.contains(partition)).toList());
        }
    }
}
