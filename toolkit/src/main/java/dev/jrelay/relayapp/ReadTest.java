// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.Channel;
import dev.jrelay.ChannelFiles;
import dev.jrelay.SharedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * The workload of relay-apps' {@code readtest}: on each buffer one thread writes, every 8 ms, a random number of events
 * of random length and content. What was accepted is kept as a digest, to be compared with a collector's files.
 *
 * <p>Threads: {@link #run} starts and joins its own; the rest is for the thread that called it.
 */
public final class ReadTest {
    private static final long PERIOD_NANOS = 8_000_000L;

    private final Writer[] writers;

    /**
     * Prepares one writer for each buffer.
     *
     * @param channel a channel of shared buffers, without header bytes, that nobody else writes to
     * @param seed where the random numbers begin
     * @param events events at once, at most; from 1
     * @param eventSize bytes of an event, at most; from 1
     * @throws IllegalArgumentException if {@code events} or {@code eventSize} is below 1
     */
    public ReadTest(Channel channel, long seed, int events, int eventSize) {
        if (events < 1 || eventSize < 1) {
            throw new IllegalArgumentException(events + " events of " + eventSize + " bytes: must be 1 or more");
        }
        writers = new Writer[channel.bufferCount()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = new Writer(channel.writer(i), new Random(seed + i), events, eventSize);
        }
    }

    /** One thread's work and its books. */
    private static final class Writer implements Runnable {
        private final SharedWriter target;
        private final Random random;
        private final int events;
        private final byte[] event;
        private final MessageDigest accepted = sha256();
        private long records;
        private long bytes;
        private long lost;
        private volatile long deadline;

        Writer(SharedWriter target, Random random, int events, int eventSize) {
            this.target = target;
            this.random = random;
            this.events = events;
            this.event = new byte[eventSize];
        }

        int index() {
            return target.buffer().index();
        }

        @Override
        public void run() {
            do {
                for (int i = 1 + random.nextInt(events); i > 0; i--) {
                    write();
                }
                LockSupport.parkNanos(PERIOD_NANOS);
            } while (System.nanoTime() - deadline < 0L);
        }

        private void write() {
            random.nextBytes(event);
            final int length = 1 + random.nextInt(event.length);
            if (target.write(event, 0, length) < 0L) {
                lost++;
            } else {
                accepted.update(event, 0, length);
                records++;
                bytes += length;
            }
        }
    }

    /**
     * Writes.
     *
     * @param time how long
     * @throws InterruptedException if the thread is interrupted; the writers end by themselves then
     */
    public void run(Duration time) throws InterruptedException {
        final List<Thread> threads = new ArrayList<>();
        final long deadline = System.nanoTime() + time.toNanos();
        for (final Writer writer : writers) {
            writer.deadline = deadline;
            threads.add(Thread.ofPlatform().name("readtest-" + writer.index()).start(writer));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
    }

    /**
     * Compares a collector's files with what was accepted.
     *
     * @param directory where {@code cpu0}, {@code cpu1}, … are
     * @return a line for each file that is not right; none if all are
     * @throws IOException if a file cannot be read
     */
    public List<String> check(Path directory) throws IOException {
        final List<String> wrong = new ArrayList<>();
        for (final Writer writer : writers) {
            final Path file = directory.resolve(ChannelFiles.bufferName("cpu", writer.index()));
            final long size = Files.size(file);
            if (size != writer.bytes) {
                wrong.add(file + ": " + size + " bytes, but " + writer.bytes + " were written");
            } else if (!Arrays.equals(digest(file), writer.accepted.digest())) {
                wrong.add(file + ": its bytes are not those that were written");
            }
            final long counted = writer.target.buffer().statsSinceOpen().lost().records();
            if (counted != writer.lost) {
                wrong.add("cpu " + writer.index() + ": " + writer.lost + " writes failed, but " + counted
                        + " are counted as lost");
            }
        }
        return wrong;
    }

    private static byte[] digest(Path file) throws IOException {
        final MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] chunk = new byte[1 << 16];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /**
     * Events that the channel accepted.
     *
     * @return events
     */
    public long acceptedRecords() {
        return Arrays.stream(writers).mapToLong(writer -> writer.records).sum();
    }

    /**
     * Bytes of {@link #acceptedRecords()}.
     *
     * @return bytes
     */
    public long acceptedBytes() {
        return Arrays.stream(writers).mapToLong(writer -> writer.bytes).sum();
    }

    /**
     * Events that the channel did not accept.
     *
     * @return events
     */
    public long lostRecords() {
        return Arrays.stream(writers).mapToLong(writer -> writer.lost).sum();
    }
}
