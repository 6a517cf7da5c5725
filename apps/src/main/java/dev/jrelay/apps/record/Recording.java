// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.RotatedFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One run: opens the channel, starts the consumer process, moves the input, closes, checks, cleans up.
 *
 * <p>Threads: {@link #run} on one; {@link #stop} and {@link #progress} from any.
 */
public final class Recording {
    private final RecordPlan plan;
    private final Listener listener;
    private final Ledger[] ledgers;
    private final LossLog[] losses;
    private final RecordHash.Key key = RecordHash.Key.random();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile InputReader input;
    private volatile Channel channel;
    private volatile boolean stopped;
    private volatile boolean ending;
    private volatile boolean checking;

    /** Learns what happens during a run, on any thread. */
    public interface Listener {
        /**
         * Everything is in place and the first byte is about to be read.
         *
         * @param channelDirectory where the channel's files are
         * @param consumerPid the consumer process
         */
        void started(Path channelDirectory, long consumerPid);

        /**
         * A buffer is full and its first record dropped.
         *
         * @param buffer the buffer
         */
        void firstLoss(int buffer);
    }

    /**
     * How far a run is.
     *
     * @param bytesRead bytes read from the input
     * @param lostRecords records lost or overwritten so far
     * @param isChecking whether all is written, and being read again
     */
    public record Progress(long bytesRead, long lostRecords, boolean isChecking) {
    }

    /**
     * Prepares a run.
     *
     * @param plan what to do
     * @param listener is told how it goes
     */
    public Recording(RecordPlan plan, Listener listener) {
        this.plan = plan;
        this.listener = listener;
        this.ledgers = new Ledger[plan.buffers()];
        this.losses = new LossLog[plan.buffers()];
        for (int i = 0; i < plan.buffers(); i++) {
            ledgers[i] = new Ledger();
            losses[i] = new LossLog();
        }
    }

    /**
     * Does it all. Whatever happens, the consumer process has ended and the channel's files are gone when this returns.
     *
     * @return what was relayed, lost and checked
     * @throws IOException if the input, the channel or the output cannot be opened, read or written, or the consumer
     *     process died; the output files are then incomplete
     * @throws InterruptedException if the thread is interrupted
     */
    public Report run() throws IOException, InterruptedException {
        final Chunks chunks = new Chunks(plan.writers());
        try (InputReader reader = new InputReader(plan.input(), plan.format(), plan.maxLength(), chunks,
                this::passedOver)) {
            input = reader;
            if (stopped) {
                reader.stop();
            }
            OutputFiles.prepare(plan);
            try (ChannelDirectory directory = ChannelDirectory.open(plan)) {
                return relay(directory, chunks);
            }
        }
    }

    private Report relay(ChannelDirectory directory, Chunks chunks) throws IOException, InterruptedException {
        try (Channel opened = Apart.open(ChannelConfig.builder(RecordPlan.BASE_NAME)
                .subBufferSize(plan.geometry().subBufferSize()).subBufferCount(plan.geometry().subBufferCount())
                .mode(plan.geometry().mode()).bufferCount(plan.buffers()).flushAfter(plan.delay())
                .storage(Storage.files(directory.path())).build(), directory.path(), RecordPlan.BASE_NAME,
                () -> stopped);
                MappedChannel counters = MappedChannel.look(directory.path(), RecordPlan.BASE_NAME);
                ConsumerProcess consumer = ConsumerProcess.start(directory, plan)) {
            channel = opened;
            consumer.awaitReady();
            consumer.onExit(() -> {
                if (!ending) {
                    fail(new IOException("the consumer process ended"));
                }
            });
            listener.started(directory.path(), consumer.pid());
            final long start = System.nanoTime();
            final boolean moved = move(chunks);
            ending = true;
            if (!moved && !consumer.isAlive()) {
                throw new IOException(consumer.describeEnd(), failure.get());
            }
            channel.close(); // the consumer drains, and ends
            if (!consumer.awaitEnd()) {
                throw new IOException(consumer.describeEnd());
            }
            throwFailure();
            final long nanos = System.nanoTime() - start;
            return report(counters, consumer, nanos);
        }
    }

    private void throwFailure() throws IOException {
        switch (failure.get()) {
            case null -> { }
            case IOException io -> throw io;
            case RuntimeException unchecked -> throw unchecked;
            case Throwable other -> throw new IOException(other.toString(), other);
        }
    }

    /** Reads and writes to the end of the input; false if something failed. */
    private boolean move(Chunks chunks) throws InterruptedException {
        final StreamWriter[] writers = new StreamWriter[plan.writers()];
        start("reader", () -> {
            try {
                input.run();
            } finally {
                chunks.end();
            }
        });
        for (int i = 0; i < writers.length; i++) {
            final StreamWriter writer = writer(i % plan.buffers());
            writers[i] = writer;
            start("writer-" + i, () -> writeAll(writer, chunks));
        }
        for (final Thread thread : List.copyOf(threads)) {
            thread.join();
        }
        final byte[] last = input.unfinished();
        if (failure.get() == null && last.length > 0) { // nothing may follow it in its file: it has no end of its own
            final StreamWriter writer = writer(0);
            start("writer-last", () -> {
                writer.write(last, 0, last.length);
                writer.flush();
            }).join();
        }
        return failure.get() == null;
    }

    private StreamWriter writer(int buffer) {
        return new StreamWriter(channel.writer(buffer), ledgers[buffer], losses[buffer], plan, key,
                () -> listener.firstLoss(buffer));
    }

    private static void writeAll(StreamWriter writer, Chunks chunks) throws InterruptedException {
        for (Chunks.Chunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
            writer.writeAll(chunk.bytes, 0, chunk.end);
            chunks.release(chunk);
        }
        writer.flush();
    }

    /** What runs on a thread of its own. */
    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private Thread start(String name, Task task) {
        final Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException | RuntimeException | Error thrown) {
                fail(thrown);
            }
        });
        synchronized (threads) {
            threads.add(thread);
        }
        thread.start();
        if (failure.get() != null) {
            thread.interrupt();
        }
        return thread;
    }

    /** Ends everything early; the first cause counts. */
    private void fail(Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            synchronized (threads) {
                threads.forEach(Thread::interrupt);
            }
        }
    }

    /** Counts a record that fits no sub-buffer and was not even kept in memory. */
    private void passedOver(long length) {
        final long size = plan.form().size(length);
        channel.writer(0).reserve((int) Math.min(size, Integer.MAX_VALUE)); // fails, and counts it
        losses[0].lost(Loss.TOO_LARGE, size, length);
    }

    /** Stops reading; what was read is still relayed and checked. Any thread, any time. */
    public void stop() {
        stopped = true;
        final InputReader reading = input;
        if (reading != null) {
            try {
                reading.stop();
            } catch (IOException ignored) {
                // it reads no more, and that is what was wanted
            }
        }
    }

    /**
     * How far the run is.
     *
     * @return counts of this moment
     */
    public Progress progress() {
        long lost = 0L;
        for (int i = 0; i < losses.length; i++) {
            lost += losses[i].lost().records();
            if (channel != null) {
                lost += LossAdvice.overwritten(channel.buffer(i).statsSinceOpen()).records();
            }
        }
        return new Progress(input == null ? 0L : input.bytesRead(), lost, checking);
    }

    /** The counters are those of the files: what is consumed after the close is in no others. */
    private Report report(MappedChannel counters, ConsumerProcess consumer, long nanos)
            throws IOException, InterruptedException {
        final List<Report.Cpu> cpus = new ArrayList<>();
        for (int i = 0; i < plan.buffers(); i++) {
            losses[i].endEpisode();
            final Deliveries deliveries = consumer.deliveries(i);
            cpus.add(new Report.Cpu(i, counters.statsSinceOpen(i), losses[i], deliveries.longestGap(),
                    deliveries.passed(), RotatedFiles.find(plan.output(), RecordPlan.BASE_NAME, i)));
        }
        checking = true;
        final long start = System.nanoTime();
        final Check check = new Check(plan, key, ledgers, cpus);
        final String wrong = check.run(consumer::deliveries, input.bytesRead() - input.incomplete());
        return new Report(plan, cpus, input.bytesRead(), input.incomplete(), stopped, nanos, wrong,
                System.nanoTime() - start);
    }
}
