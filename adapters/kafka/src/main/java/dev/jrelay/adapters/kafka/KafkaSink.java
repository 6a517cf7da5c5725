// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.adapters.kafka.SubBufferHeaders.Kind;
import dev.jrelay.klog.KlogTimes;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Sub-buffers into the partitions of a topic, exactly once.
 *
 * <pre>
 * open      producer with the transactional.id of this channel: fences any older one, ends its transaction
 *           safe[i] = sequence + 1 of the last committed record of partition i, if it is of this channel
 * write     in a transaction, begun by whoever comes first: send, unless it is before safe[i]
 * commit    all that was sent by any buffer: safe[i] = what was sent
 * failure   forget the producer; every buffer that has sent something writes again; the next write opens
 * </pre>
 *
 * <p>Why it is exactly once: only the newest producer of a {@code transactional.id} can commit, and what it commits
 * begins behind what the partition held committed when it was opened. After a failure nobody needs to know whether the
 * commit that failed has happened: the partition says it. So there is one way to recover, and a kill is the same.
 *
 * <p>One producer serves all buffers, and a commit takes along what others have sent: 64 buffers need no 64
 * producers, and with many buffers a transaction is shared by those that wait for it.
 *
 * <p>Threads: as {@link Sink} says; {@link #progress} any. Waiting: {@code write} and {@code commit} give up after a
 * time ({@code max.block.ms}, {@code delivery.timeout.ms}) with an {@link IOException}.
 */
public final class KafkaSink implements Sink {
    private static final long RETRY_NANOS = 1_000_000_000L;
    private static final int FINISH_ATTEMPTS = 3;

    private final KafkaSettings settings;
    private final Consumer<String> notes;
    /** Read: to send. Write: to begin with a producer, to commit, to recover. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final List<Output> outputs = new ArrayList<>();
    private Source source;
    private String channel;
    private volatile Transactions transactions;
    private IOException lastFailure;
    private long failedAt;
    private IllegalStateException fenced;
    private long commits;
    private long failures;

    /** One partition. Changed by its buffer's thread under the read lock, or by any thread under the write lock. */
    private static final class Output {
        private final StreamId stream;
        private final TopicPartition partition;
        /** Everything before this sequence is committed. */
        private long safe;
        /** Everything before this sequence is sent. */
        private long sent;
        private boolean ended;
        /** Whether what was sent and not committed is gone, and the buffer's thread does not know it yet. */
        private boolean aborted;

        Output(StreamId stream, TopicPartition partition) {
            this.stream = stream;
            this.partition = partition;
        }
    }

    /**
     * How far a sink is.
     *
     * @param commits transactions committed
     * @param failures times that it had to begin again with a new producer
     * @param safe of each buffer the sequence behind the last sub-buffer committed
     */
    public record Progress(long commits, long failures, List<Long> safe) {
    }

    /**
     * A sink that does nothing yet.
     *
     * @param settings which brokers, topic, and host
     * @param notes told, on any thread, what a user should know and no exception says
     */
    public KafkaSink(KafkaSettings settings, Consumer<String> notes) {
        this.settings = settings;
        this.notes = notes;
    }

    @Override
    public boolean prepare(Path directory, String base, Geometry geometry) throws IOException {
        try (Topic topic = new Topic(settings)) {
            topic.checkSizes(geometry.subBufferSize(), notes);
        }
        return Files.exists(directory.resolve(ChannelFiles.controlName(base))); // a killed collector's: go on with it
    }

    @Override
    public void open(Source opened) throws IOException {
        source = opened;
        channel = opened.directory().toAbsolutePath().normalize().resolve(opened.base()).toString();
        for (int i = 0; i < opened.buffers(); i++) {
            outputs.add(new Output(new StreamId(settings.host(), channel, opened.id().toString(), i),
                    new TopicPartition(settings.topic(), settings.firstPartition() + i)));
        }
        try (Topic topic = new Topic(settings)) {
            topic.checkSizes(opened.geometry().subBufferSize(), notes);
        }
        connect();
    }

    /** Takes the place of any producer before, and finds out what is safe. Under the write lock, or alone. */
    private void connect() throws IOException {
        if (fenced != null) {
            throw fenced;
        }
        if (lastFailure != null && System.nanoTime() - failedAt < RETRY_NANOS) {
            throw lastFailure; // another buffer has just tried
        }
        Transactions begun = null;
        try {
            try (Topic topic = new Topic(settings)) {
                if (topic.ensure(settings.firstPartition() + outputs.size(), source.geometry().subBufferSize())) {
                    noteCreation();
                }
            }
            begun = Transactions.begin(settings, "relay:" + settings.host() + ":" + channel,
                    source.geometry().subBufferSize());
            readSafe();
            transactions = begun;
            lastFailure = null;
        } catch (IOException failed) {
            if (begun != null) {
                begun.forget();
            }
            lastFailure = failed;
            failedAt = System.nanoTime();
            throw failed;
        }
    }

    private void noteCreation() {
        final long lost = outputs.stream().mapToLong(output -> output.safe).sum();
        notes.accept("topic " + settings.topic() + " created, " + (settings.firstPartition() + outputs.size())
                + " partitions" + (lost == 0L ? "" : "; it was there before, and the " + lost
                        + " sub-buffers committed then are gone with it"));
    }

    private void readSafe() throws IOException {
        final Map<TopicPartition, ConsumerRecord<byte[], byte[]>> last =
                LastRecords.read(settings, outputs.stream().map(output -> output.partition).toList());
        for (final Output output : outputs) {
            final ConsumerRecord<byte[], byte[]> record = last.get(output.partition);
            if (record != null) {
                readSafe(output, record);
            }
            output.sent = output.safe;
        }
    }

    private void readSafe(Output output, ConsumerRecord<byte[], byte[]> record) throws IOException {
        final SubBufferHeaders headers;
        try {
            headers = SubBufferHeaders.decode(record.headers());
        } catch (IllegalArgumentException foreign) {
            throw new IOException(output.partition + " holds a record that is none of relay's (" + foreign.getMessage()
                    + "): use a topic of its own", foreign);
        }
        final StreamId found = headers.stream();
        if (!found.host().equals(settings.host()) || !found.channel().equals(channel)
                || found.buffer() != output.stream.buffer()) {
            throw new IOException(output.partition + " holds sub-buffers of " + found + ", not of " + output.stream
                    + ": use another topic, for instance one with {host} in its name, or other partitions");
        }
        if (found.equals(output.stream)) {
            output.ended = headers.kind() == Kind.END;
            output.safe = Math.max(output.safe, headers.sequence() + (output.ended ? 0L : 1L));
        }
    }

    @Override
    public long resume(int buffer) {
        return outputs.get(buffer).safe;
    }

    /** Half the ring: while it is on its way, writers have the other half. */
    @Override
    public int batch() {
        return Math.max(1, source.geometry().subBufferCount() / 2);
    }

    @Override
    public void write(Taken taken) throws IOException {
        final Output output = outputs.get(taken.buffer());
        final long[] times = KlogTimes.of(taken.memory(), taken.sequence(), source.geometry().headerBytes(),
                taken.length());
        send(output, taken.sequence(), taken.timeMillis(), taken.bytes(), new SubBufferHeaders(output.stream,
                source.geometry(), source.buffers(), taken.sequence(), taken.isWhole() ? Kind.WHOLE : Kind.PARTIAL,
                taken.records(), taken.counters().get(), times[0], times[1]));
    }

    private void send(Output output, long sequence, long millis, ByteBuffer bytes, SubBufferHeaders headers)
            throws IOException {
        readLockWithProducer(output);
        Transactions used = transactions;
        final RuntimeException failure;
        try {
            if (sequence >= output.safe) { // else a commit of another buffer has taken it along
                used.send(new ProducerRecord<>(output.partition.topic(), output.partition.partition(), millis, null,
                        bytes, headers.encode()));
                output.sent = sequence + 1L;
            }
            return;
        } catch (RuntimeException failed) {
            failure = failed;
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            used = transactions == used ? used : null; // another buffer may have met the same failure
            throw recover(used, failure);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Takes the read lock, with a producer, and nothing of this buffer lost. */
    private void readLockWithProducer(Output output) throws IOException {
        for (;;) {
            lock.readLock().lock();
            if (transactions != null && !output.aborted) {
                return;
            }
            lock.readLock().unlock();
            lock.writeLock().lock();
            try {
                throwIfAborted(output);
                if (transactions == null) {
                    connect();
                }
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    private void throwIfAborted(Output output) throws IOException {
        if (output.aborted) {
            output.aborted = false;
            if (fenced != null) {
                throw fenced;
            }
            throw new IOException(lastFailure == null ? "the transaction was aborted" : lastFailure.getMessage(),
                    lastFailure);
        }
    }

    @Override
    public void commit(int buffer) throws IOException {
        final Output output = outputs.get(buffer);
        lock.writeLock().lock();
        try {
            throwIfAborted(output);
            if (output.sent <= output.safe) {
                return; // a commit of another buffer has taken it along
            }
            commitAll();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void commitAll() throws IOException {
        try {
            transactions.commit();
        } catch (RuntimeException failed) {
            throw recover(transactions, failed);
        }
        commits++;
        outputs.forEach(output -> output.safe = output.sent);
    }

    /** After a failure: forgets the producer, and has all buffers write again what it had not committed. */
    private IOException recover(Transactions broken, RuntimeException failure) {
        if (broken == null) {
            return new IOException(words(failure), failure);
        }
        if (broken.isFenced(failure)) {
            fenced = new IllegalStateException("another collector of " + channel + " on " + settings.host()
                    + " has taken the place of this one: " + words(failure), failure);
        }
        failures++;
        broken.forget();
        transactions = null;
        for (final Output output : outputs) {
            output.aborted |= output.sent > output.safe;
            output.sent = output.safe;
        }
        if (fenced != null) {
            throw fenced;
        }
        return new IOException(settings.client().get("bootstrap.servers") + ", topic " + settings.topic() + ": "
                + words(failure), failure);
    }

    /** An exception of Kafka's in words: its message, or its cause's, which says more. */
    static String words(Throwable failure) {
        final Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null ? String.valueOf(failure.getMessage())
                : failure.getMessage() + ": " + cause.getMessage();
    }

    /** A record without bytes for each buffer, with its last counters: what was lost behind the last sub-buffer. */
    @Override
    public void finish(List<BufferStats> counters) throws IOException {
        for (int attempt = 1;; attempt++) {
            try {
                for (int i = 0; i < outputs.size(); i++) {
                    final Output output = outputs.get(i);
                    if (!output.ended) {
                        final long end = Math.max(output.safe, counters.get(i).produced());
                        send(output, end, System.currentTimeMillis(), ByteBuffer.allocate(0),
                                new SubBufferHeaders(output.stream, source.geometry(), source.buffers(), end, Kind.END,
                                        0, counters.get(i), -1L, -1L));
                    }
                }
                for (int i = 0; i < outputs.size(); i++) {
                    commit(i);
                }
                return;
            } catch (IOException failed) {
                outputs.forEach(output -> output.aborted = false);
                if (attempt == FINISH_ATTEMPTS) {
                    throw failed;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    @Override
    public String target(int buffer) {
        return settings.topic() + "/" + (settings.firstPartition() + buffer);
    }

    @Override
    public String toString() {
        return "topic " + settings.topic();
    }

    /**
     * How far this is.
     *
     * @return counts of this moment
     */
    public Progress progress() {
        lock.readLock().lock();
        try {
            return new Progress(commits, failures, outputs.stream().map(output -> output.safe).toList());
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (transactions != null) {
                transactions.close();
                transactions = null;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
