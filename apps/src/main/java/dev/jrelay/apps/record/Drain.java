// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.ChannelFiles;
import dev.jrelay.Consumer;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.HeldSubBuffers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.function.BooleanSupplier;

/**
 * The consumer process: a thread for each buffer writes whole sub-buffers, without their padding, to a file. It ends
 * when the channel is closed and everything is consumed. If the writers' process dies instead, it saves what is
 * delivered and the committed beginning of the current sub-buffer, and removes the channel's files. Either way it
 * passes sub-buffers in which a record was never finished, see {@link HeldSubBuffers}.
 *
 * <p>What it has done goes to {@code report}, line by line:
 * <pre>
 * ready                    the channel is mapped, the output files are open
 * run CPU FIRST COUNT      sub-buffers FIRST to FIRST + COUNT - 1 of this CPU are in its file
 * passed CPU SEQUENCE      this sub-buffer of this CPU is not
 * error TEXT               the process ends (from the command)
 * </pre>
 */
public final class Drain {
    private static final long POLL_NANOS = 100_000_000L;

    private final Path channelDirectory;
    private final Path output;
    private final PrintStream report;
    private final BooleanSupplier writerHungUp;
    private volatile boolean orphaned;

    /**
     * A consumer of all buffers of a channel.
     *
     * @param channelDirectory where the channel's files are
     * @param output directory for the output files, which must not exist
     * @param report where to report to
     * @param writerHungUp tells that the writers' process is gone, in addition to what the channel tells
     */
    public Drain(Path channelDirectory, Path output, PrintStream report, BooleanSupplier writerHungUp) {
        this.channelDirectory = channelDirectory;
        this.output = output;
        this.report = report;
        this.writerHungUp = writerHungUp;
    }

    /**
     * Drains to the end.
     *
     * @param removeDirectory if the writers' process dies: whether the directory of the channel is removed too
     * @return true if the channel was closed by its writers, false if they died
     * @throws IOException if the channel cannot be opened or an output file not be written
     */
    public boolean run(boolean removeDirectory) throws IOException {
        try (MappedChannel channel = MappedChannel.open(channelDirectory, RecordPlan.BASE_NAME)) {
            drainAll(channel);
        }
        if (orphaned || writerHungUp.getAsBoolean()) { // it may be gone after it has closed the channel
            OutputFiles.removeChannel(channelDirectory, removeDirectory);
        }
        return !orphaned;
    }

    private void drainAll(MappedChannel channel) throws IOException {
        final int buffers = channel.bufferCount();
        final List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < buffers; i++) {
            final Consumer consumer = channel.consumer(i);
            final FileChannel file = Directories.open(OutputFiles.file(output, i));
            final int buffer = i;
            tasks.add(() -> {
                try (consumer; file) {
                    drain(channel, consumer, buffer, file);
                }
                return null;
            });
        }
        tell("ready");
        final CompletionService<Void> running = new ExecutorCompletionService<>(
                task -> Thread.ofPlatform().daemon().start(task));
        tasks.forEach(running::submit);
        for (int i = 0; i < buffers; i++) {
            awaitOne(running);
        }
    }

    /** The first failure of a thread ends the process, and with it the other threads. */
    private static void awaitOne(CompletionService<Void> running) throws IOException {
        try {
            running.take().get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException io ? io
                    : new IOException(failed.getCause().toString(), failed.getCause());
        } catch (InterruptedException stopped) {
            throw new IOException("interrupted", stopped);
        }
    }

    private void drain(MappedChannel channel, Consumer consumer, int buffer, FileChannel file) throws IOException {
        final HeldSubBuffers held = new HeldSubBuffers(consumer);
        long first = 0L;
        long count = 0L;
        try {
            for (;;) {
                final Readiness readiness = consumer.poll(POLL_NANOS);
                for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                    if (s.sequence() != first + count) {
                        tellRun(buffer, first, count);
                        first = s.sequence();
                        count = 0L;
                    }
                    write(file, s.bytes());
                    consumer.subBuffersConsumed(1);
                    count++;
                }
                if (readiness == Readiness.HANG_UP) {
                    break;
                }
                final long passed = held.look(readiness, readiness == Readiness.HELD && isOver(channel));
                if (passed >= 0L) {
                    tell("passed " + buffer + " " + passed);
                }
                if (readiness == Readiness.TIMED_OUT && isWriterGone(channel)) {
                    salvage(consumer, file);
                    break;
                }
            }
        } catch (IOException | RuntimeException failure) {
            throw new IOException(OutputFiles.file(output, buffer) + ": " + failure.getMessage(), failure);
        }
        tellRun(buffer, first, count);
    }

    /** Whether nothing more will be written: the files of a closed channel are gone. */
    private boolean isOver(MappedChannel channel) {
        return isWriterGone(channel)
                || !Files.exists(channelDirectory.resolve(ChannelFiles.controlName(RecordPlan.BASE_NAME)));
    }

    private boolean isWriterGone(MappedChannel channel) {
        if (writerHungUp.getAsBoolean() || channel.writerLife() == Life.DEAD) {
            orphaned = true;
        }
        return orphaned;
    }

    /** What the dead writer left, to the last record that is committed without a hole before it. */
    private static void salvage(Consumer consumer, FileChannel file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
        while (consumer.stream().read(bytes.clear()) > 0) {
            write(file, bytes.flip());
        }
    }

    private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private void tellRun(int buffer, long first, long count) {
        if (count > 0L) {
            tell("run " + buffer + " " + first + " " + count);
        }
    }

    private void tell(String line) {
        synchronized (report) {
            report.println(line);
            report.flush();
        }
    }
}
