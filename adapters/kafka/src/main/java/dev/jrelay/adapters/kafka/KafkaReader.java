// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.adapters.kafka.SubBufferHeaders.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what {@link KafkaSink}s have committed to a topic up to now: all hosts, channels and buffers merged by time,
 * each buffer in the order of its sequences, and verified.
 *
 * <pre>
 * fetch until every partition has a sub-buffer at hand, or is at its end
 * hand over the one with the earliest time; repeat
 * </pre>
 *
 * <p>Order: by the time of the first record, where it is known, else by when the sub-buffer was taken. Times of records
 * in one sub-buffer may reach beyond those of the next one from another buffer; and clocks of hosts differ.
 *
 * <p>Records are not trusted: one that is not of this format is counted and left out.
 *
 * <p>Threads: one.
 */
public final class KafkaReader {
    private static final Duration POLL = Duration.ofMillis(200L);
    private static final Duration PATIENCE = Duration.ofSeconds(30L);
    /** How long a transaction that is committed may take to be readable. */
    private static final Duration MARKS = Duration.ofSeconds(3L);
    /** Sub-buffers of a partition to have at hand. */
    private static final int AT_HAND = 4;

    private final KafkaSettings settings;
    private final Events events;
    private final Map<StreamId, SequenceCheck> checks = new LinkedHashMap<>();
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private final PriorityQueue<Partition> ready = new PriorityQueue<>(Comparator.comparingLong(Partition::time));
    private long foreign;

    /** Takes what is read, in order. */
    public interface Events {
        /**
         * A sub-buffer.
         *
         * @param found the sub-buffer
         * @throws IOException to end the reading
         */
        void subBuffer(Found found) throws IOException;
    }

    /**
     * What has come of a buffer.
     *
     * @param stream the buffer
     * @param subBuffers sub-buffers
     * @param records records in them
     * @param bytes bytes in them
     * @param gaps sub-buffers that are not there
     * @param duplicates sub-buffers that were there more than once, which were handed over once
     * @param losses what the buffer has lost as far as is known: {@link BufferStats#losses} and so on
     * @param isEnded whether its collector has come to its end; else it runs, was killed, or the end is not committed
     */
    public record Result(StreamId stream, long subBuffers, long records, long bytes, List<Gap> gaps, long duplicates,
            BufferStats losses, boolean isEnded) {
    }

    /**
     * What has come of a topic.
     *
     * @param streams each buffer, in the order of their first sub-buffers
     * @param foreign records that are none of relay's, which were left out
     */
    public record Outcome(List<Result> streams, long foreign) {
    }

    /** What is at hand of a partition. */
    private static final class Partition {
        private final TopicPartition id;
        private final long end;
        private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
        private final Deque<SubBufferHeaders> headers = new ArrayDeque<>();
        private long latest = Long.MIN_VALUE;

        Partition(TopicPartition id, long end) {
            this.id = id;
            this.end = end;
        }

        /** Of the first sub-buffer at hand; never goes back, whatever clocks do. */
        long time() {
            return Math.max(latest, found(records.getFirst(), headers.getFirst()).time());
        }
    }

    private KafkaReader(KafkaSettings settings, Events events) {
        this.settings = settings;
        this.events = events;
    }

    /**
     * Reads all of a topic that is committed now.
     *
     * @param settings which brokers and topic; the host's name does not matter
     * @param events takes the sub-buffers
     * @return what has come of it
     * @throws IOException if the topic is not there or cannot be read, or {@code events} said so
     */
    public static Outcome read(KafkaSettings settings, Events events) throws IOException {
        return new KafkaReader(settings, events).read();
    }

    private Outcome read() throws IOException {
        final Map<String, Object> properties = settings.with(Map.of("max.poll.records", 64,
                "default.api.timeout.ms", (int) PATIENCE.toMillis()), Map.of("isolation.level", "read_committed",
                "enable.auto.commit", "false", "auto.offset.reset", "earliest", "allow.auto.create.topics", "false"));
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            assign(consumer);
            while (fill(consumer)) {
                handOver();
            }
        } catch (KafkaException failed) {
            throw new IOException("topic " + settings.topic() + " cannot be read: " + KafkaSink.words(failed), failed);
        }
        return new Outcome(checks.values().stream().map(SequenceCheck::result).toList(), foreign);
    }

    private void assign(KafkaConsumer<byte[], byte[]> consumer) throws IOException {
        final List<TopicPartition> all = new ArrayList<>();
        for (final PartitionInfo info : consumer.partitionsFor(settings.topic())) {
            all.add(new TopicPartition(info.topic(), info.partition()));
        }
        if (all.isEmpty()) {
            throw new IOException("topic " + settings.topic() + " does not exist");
        }
        consumer.assign(all);
        consumer.seekToBeginning(all);
        ends(consumer, all).forEach((id, end) -> partitions.put(id, new Partition(id, end)));
    }

    /**
     * Up to where to read. A commit returns before the marks of it are in the partitions; so what is there now is given
     * a moment to be readable. What is not by then belongs to a transaction that is not ended.
     */
    private Map<TopicPartition, Long> ends(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> all)
            throws IOException {
        final Map<TopicPartition, Long> present;
        try (Topic topic = new Topic(settings)) {
            present = topic.ends(all);
        }
        final long deadline = System.nanoTime() + MARKS.toNanos();
        for (;;) {
            final Map<TopicPartition, Long> readable = consumer.endOffsets(all);
            if (System.nanoTime() - deadline > 0L
                    || all.stream().allMatch(id -> readable.get(id) >= present.getOrDefault(id, 0L))) {
                return readable;
            }
            LockSupport.parkNanos(MARKS.toNanos() / 100L);
        }
    }

    /** Fetches until every partition has something at hand or is at its end; false if all are, with nothing left. */
    private boolean fill(KafkaConsumer<byte[], byte[]> consumer) throws IOException {
        final long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (;;) {
            final List<Partition> starving = partitions.values().stream()
                    .filter(partition -> partition.records.isEmpty()).toList();
            boolean isWaiting = false;
            for (final Partition partition : starving) {
                if (consumer.position(partition.id) < partition.end) {
                    isWaiting = true;
                } else {
                    partitions.remove(partition.id);
                    consumer.pause(List.of(partition.id));
                }
            }
            if (!isWaiting) {
                return !partitions.isEmpty();
            }
            if (System.nanoTime() - deadline > 0L) {
                throw new IOException("topic " + settings.topic() + ": the broker does not answer");
            }
            fetch(consumer);
        }
    }

    private void fetch(KafkaConsumer<byte[], byte[]> consumer) {
        partitions.values().forEach(partition -> {
            if (partition.records.size() < AT_HAND) {
                consumer.resume(List.of(partition.id));
            } else {
                consumer.pause(List.of(partition.id));
            }
        });
        for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            final Partition partition = partitions.get(new TopicPartition(record.topic(), record.partition()));
            if (partition == null || record.offset() >= partition.end) {
                continue;
            }
            try {
                final SubBufferHeaders headers = SubBufferHeaders.decode(record.headers());
                if (record.value() == null || record.value().length > headers.geometry().subBufferSize()) {
                    throw new IllegalArgumentException("its bytes are more than its sub-buffer holds");
                }
                partition.headers.add(headers);
                partition.records.add(record);
                if (partition.records.size() == 1) {
                    ready.add(partition);
                }
            } catch (IllegalArgumentException notOurs) {
                foreign++;
            }
        }
    }

    private static Found found(ConsumerRecord<byte[], byte[]> record, SubBufferHeaders headers) {
        return new Found(headers.stream(), headers.geometry(), headers.buffers(), headers.sequence(),
                headers.kind() == Kind.WHOLE, headers.records(), record.value(), headers.losses(), record.timestamp(),
                headers.firstTime(), headers.lastTime());
    }

    private void handOver() throws IOException {
        final Partition partition = ready.poll();
        if (partition == null) {
            return;
        }
        partition.latest = partition.time();
        final ConsumerRecord<byte[], byte[]> record = partition.records.poll();
        final SubBufferHeaders headers = partition.headers.poll();
        final SequenceCheck check = checks.computeIfAbsent(headers.stream(), SequenceCheck::new);
        if (headers.kind() == Kind.END) {
            check.end(headers);
        } else if (check.accept(headers, record.value().length)) {
            events.subBuffer(found(record, headers));
        }
        if (!partition.records.isEmpty()) {
            ready.add(partition);
        }
    }
}
