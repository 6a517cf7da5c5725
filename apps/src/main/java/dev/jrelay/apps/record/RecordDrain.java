// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.ChannelFiles;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.Drain;
import dev.jrelay.relayapp.Failures;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * The consumer process: drains the channel into files, see {@link Drain}, and ends when the channel
 * is closed and everything is consumed. If the writers' process dies instead, it removes the channel's files.
 *
 * <p>What it has done goes to {@code report}, line by line:
 * <pre>
 * ready                    the channel is mapped, the output files are open
 * run CPU FIRST COUNT      sub-buffers FIRST to FIRST + COUNT - 1 of this CPU are in its files
 * passed CPU SEQUENCE      this sub-buffer of this CPU is not
 * error TEXT               the process ends (from the command)
 * </pre>
 */
public final class RecordDrain {
    private static final Duration POLL = Duration.ofMillis(100L);

    private final Path channelDirectory;
    private final DirectorySink sink;
    private final PrintStream report;
    private final BooleanSupplier writerHungUp;

    /**
     * A consumer of all buffers of a channel.
     *
     * @param channelDirectory where the channel's files are
     * @param sink where to; closed at the end
     * @param report where to report to
     * @param writerHungUp tells that the writers' process is gone, in addition to what the channel tells
     */
    public RecordDrain(Path channelDirectory, DirectorySink sink, PrintStream report, BooleanSupplier writerHungUp) {
        this.channelDirectory = channelDirectory;
        this.sink = sink;
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
        final boolean orphaned;
        try (MappedChannel channel = MappedChannel.open(channelDirectory, RecordPlan.BASE_NAME);
                DirectorySink output = sink) {
            output.open(new Sink.Source(channelDirectory, RecordPlan.BASE_NAME,
                    ChannelId.read(channelDirectory, RecordPlan.BASE_NAME), channel.geometry(),
                    channel.bufferCount()));
            orphaned = drain(channel);
        }
        if (orphaned || writerHungUp.getAsBoolean()) { // it may be gone after it has closed the channel
            OutputFiles.removeChannel(channelDirectory, removeDirectory);
        }
        return !orphaned;
    }

    /** Drains to the end, or the first failure; true if the writers' process died. */
    private boolean drain(MappedChannel channel) throws IOException {
        final Watching watching = new Watching(channel);
        try (Drain drain = Drain.start(channel, sink, watching)) {
            tell("ready");
            while (!drain.await(POLL) && watching.failure.get() == null) {
                // the threads work
            }
            if (watching.failure.get() != null) {
                throw watching.failure.get();
            }
            sink.finish(IntStream.range(0, channel.bufferCount()).mapToObj(channel::statsSinceOpen).toList());
            watching.tellRuns();
            return drain.any(Drain.End.ORPHANED);
        } catch (InterruptedException stopped) {
            throw new IOException("interrupted", stopped);
        }
    }

    /** What the loops ask and tell. */
    private final class Watching implements Drain.Watch {
        private final AtomicReference<IOException> failure = new AtomicReference<>();
        private final MappedChannel channel;
        /** Of each buffer the present run: its first sub-buffer, and the one behind its last; its thread's. */
        private final long[] first;
        private final long[] end;

        Watching(MappedChannel channel) {
            this.channel = channel;
            this.first = new long[channel.bufferCount()];
            this.end = new long[channel.bufferCount()];
        }

        @Override
        public boolean isGone() {
            return writerHungUp.getAsBoolean() || channel.writerLife() == Life.DEAD;
        }

        /** The files of a closed channel are gone. */
        @Override
        public boolean isClosed() {
            return !Files.exists(channelDirectory.resolve(ChannelFiles.controlName(RecordPlan.BASE_NAME)));
        }

        @Override
        public void saved(int buffer, long from, long to) {
            if (from != end[buffer]) {
                tellRun(buffer);
                first[buffer] = from;
            }
            end[buffer] = to;
        }

        void tellRuns() {
            for (int i = 0; i < first.length; i++) {
                tellRun(i);
            }
        }

        private void tellRun(int buffer) {
            if (end[buffer] > first[buffer]) {
                tell("run " + buffer + " " + first[buffer] + " " + (end[buffer] - first[buffer]));
            }
        }

        @Override
        public void passed(int buffer, long sequence) {
            tell("passed " + buffer + " " + sequence);
        }

        @Override
        public void failed(int buffer, long handedOver, Exception cause) {
            failure.compareAndSet(null, cause instanceof IOException io ? io
                    : new IOException(OutputFiles.file(sink.output(), buffer) + ": "
                            + Failures.describe(cause), cause));
        }
    }

    private void tell(String line) {
        synchronized (report) {
            report.println(line);
            report.flush();
        }
    }
}
