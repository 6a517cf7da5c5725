// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferSerializer;

/**
 * The newest producer of a {@code transactional.id}, and its transaction, which begins with the first record.
 *
 * <p>Times: a record that is not acknowledged within {@code delivery.timeout.ms} fails its transaction here, before
 * {@code transaction.timeout.ms} would have the broker abort it. So a producer is told that it is fenced only if
 * another one has come, or this process was stopped for longer than that.
 *
 * <p>Threads: {@link #send} any, the others one at a time and not together with it.
 */
final class Transactions {
    private static final int TRANSACTION_MILLIS = 60_000;
    private static final int BATCH_BYTES = 512 << 10;
    private static final long BUFFER_BYTES = 64L << 20;

    private final KafkaProducer<byte[], ByteBuffer> producer;
    private final long timeoutNanos;
    private boolean isOpen;
    private volatile long begunAt;

    private Transactions(KafkaProducer<byte[], ByteBuffer> producer, long timeoutMillis) {
        this.producer = producer;
        this.timeoutNanos = timeoutMillis * 1_000_000L;
    }

    /**
     * Makes a producer, fences those before it, and ends what they had begun.
     *
     * @throws IOException if this cannot be done now
     */
    static Transactions begin(KafkaSettings settings, String id, int subBufferSize) throws IOException {
        final Map<String, Object> properties = settings.with(Map.of(
                "max.request.size", (int) Math.max(1L << 20, Topic.recordBytes(subBufferSize)),
                "batch.size", BATCH_BYTES, "buffer.memory", Math.max(BUFFER_BYTES, 4L * subBufferSize),
                "request.timeout.ms", 10_000, "delivery.timeout.ms", 30_000, "max.block.ms", 15_000,
                "transaction.timeout.ms", TRANSACTION_MILLIS, "reconnect.backoff.max.ms", 1_000),
                Map.of("transactional.id", id));
        KafkaProducer<byte[], ByteBuffer> producer = null;
        try {
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteBufferSerializer());
            producer.initTransactions();
            return new Transactions(producer,
                    Long.parseLong(properties.get("transaction.timeout.ms").toString()));
        } catch (KafkaException failed) {
            if (producer != null) {
                producer.close(Duration.ZERO);
            }
            throw new IOException(settings.client().get("bootstrap.servers") + ": " + KafkaSink.words(failed), failed);
        }
    }

    void send(ProducerRecord<byte[], ByteBuffer> next) {
        synchronized (this) {
            if (!isOpen) {
                producer.beginTransaction();
                isOpen = true;
                begunAt = System.nanoTime();
            }
        }
        producer.send(next); // copies the bytes; a failure later on shows in the commit
    }

    void commit() {
        producer.commitTransaction();
        isOpen = false;
    }

    /** Whether a failure means that another producer has come, and not that this one was away for too long. */
    boolean isFenced(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return System.nanoTime() - begunAt < timeoutNanos;
            }
        }
        return false;
    }

    /** Lets go of it as it is; the next one ends what it has begun. */
    void forget() {
        producer.close(Duration.ZERO);
    }

    /** Ends in order: what is not committed is aborted, so that readers need not wait until it times out. */
    void close() {
        try {
            if (isOpen) {
                producer.abortTransaction();
            }
        } catch (KafkaException gone) {
            // it times out then
        }
        producer.close(Duration.ofSeconds(1L));
    }
}
