// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The collector's half: has the application create the channel in the given sizes, starts its logging, drains it into
 * a {@link Sink}, and ends it all when told to.
 *
 * <pre>
 * connect; create SIZE COUNT MODE; map; enabled 1
 * a thread for each buffer, see {@link Drain}
 * stop: destroy (the application flushes and closes); drain until hang-up; remove the channel's files; summary
 * a reservation never finished: when the channel is closed or the application gone, its sub-buffer is passed
 * application stopped (SIGSTOP): what is delivered; the rest when the same command is given again
 * application gone: what is delivered, then the stable beginning of the current sub-buffer
 * disk full, broker absent: the sub-buffer stays unconsumed, and is tried again; the ring fills, and losses are counted
 * killed, or stopped with a full disk: the application stops logging; a collector with the same sink finishes the run
 * </pre>
 */
public final class Collector {
    private static final Duration POLL = Duration.ofMillis(50L);
    private static final long RETRY_NANOS = 200_000_000L;
    private static final int RESUME_ATTEMPTS = 100;
    /** Twice as long as a sign of life lasts. */
    private static final int CLAIM_ATTEMPTS = 200;

    private final Plan plan;
    private final Sink sink;
    private final BooleanSupplier stop;
    private final List<String> problems = new ArrayList<>();
    private final boolean resumed;
    /** Null if it is gone already. */
    private Application application;
    private volatile boolean closed;
    private volatile boolean destroyed;
    private volatile boolean unsaved;
    private volatile boolean silent;

    /**
     * What to collect.
     *
     * @param directory the application's directory
     * @param base name of its channel
     * @param subBufferSize bytes
     * @param subBufferCount sub-buffers for each CPU, a power of two
     * @param mode the channel's mode
     * @param delay how long a record may take to reach the sink at most, 1 ms to 1 day; zero: until its sub-buffer is
     *     full
     * @param replace whether to begin anew: what a channel holds that a killed collector left is dropped
     */
    public record Plan(Path directory, String base, int subBufferSize, int subBufferCount, Mode mode, Duration delay,
            boolean replace) {
    }

    /**
     * What was collected.
     *
     * @param targets where it is, for each CPU: {@link Sink#target}
     * @param stats counters of each CPU
     * @param passed of each CPU the sub-buffers, by their sequences, that are not in the sink, since a reservation in
     *     them was never finished
     * @param problems what was lost, and what went wrong, in words
     * @param orphaned whether the application was gone before the end
     * @param unsaved whether something stayed in the channel, since the sink could not take it or the application did
     *     not answer
     */
    public record Summary(List<String> targets, List<BufferStats> stats, List<List<Long>> passed,
            List<String> problems, boolean orphaned, boolean unsaved) {
    }

    private Collector(Plan plan, Sink sink, BooleanSupplier stop) throws IOException {
        this.plan = plan;
        this.sink = sink;
        this.stop = stop;
        this.resumed = sink.prepare(plan.directory(), plan.base(),
                new Geometry(plan.subBufferSize(), plan.subBufferCount(), 0, plan.mode())) && !plan.replace();
    }

    /**
     * Collects until told to stop, or the application closes the channel or is gone.
     *
     * @param plan what to collect
     * @param sink where to; this closes it
     * @param started run when logging has started
     * @param stop asked all the time: true to end
     * @return what was collected
     * @throws IOException if the application is not there or has a collector, or the sink cannot be opened
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static Summary run(Plan plan, Sink sink, Runnable started, BooleanSupplier stop)
            throws IOException, InterruptedException {
        try (sink) {
            return new Collector(plan, sink, stop).collect(started);
        }
    }

    private Summary collect(Runnable started) throws IOException, InterruptedException {
        try (Application connected = connect()) {
            final Application begun = begin(connected);
            closed = begun == null;
            try (MappedChannel channel = MappedChannel.open(plan.directory(), plan.base())) {
                open(begun, channel);
                awaitClaims(channel);
                try (Drain drain = Drain.start(channel, sink, new Watching(channel))) {
                    if (begun != null) {
                        begun.tell("enabled 1");
                    }
                    started.run();
                    supervise(begun, drain);
                    final boolean orphaned = drain.any(Drain.End.ORPHANED);
                    if (!unsaved && !silent) {
                        finish(channel, orphaned);
                    }
                    return summary(channel, drain, orphaned);
                }
            }
        }
    }

    /** Has the application open the channel, or goes on with the one of a killed collector; null if that is closed. */
    private Application begin(Application connected) throws IOException, InterruptedException {
        if (connected == null) {
            return null;
        }
        if (!resumed) {
            if (plan.replace()) {
                connected.tell("discard");
            }
            connected.tell("create " + plan.subBufferSize() + " " + plan.subBufferCount() + " " + plan.mode() + " "
                    + plan.delay());
            return connected;
        }
        for (int i = 0;; i++) {
            final String answer = connected.ask("resume");
            if ("ok".equals(answer)) {
                return connected;
            }
            if (("error: " + RelayApp.NO_CHANNEL).equals(answer)) {
                return null;
            }
            if (i == RESUME_ATTEMPTS) { // it may not have noticed yet that the other collector is gone
                throw new IOException("resume: " + answer);
            }
            Thread.sleep(POLL);
        }
    }

    /**
     * The application has said that nobody else collects; but a collector that was killed where it cannot be seen, in
     * another container, counts as alive until its last sign of life is old.
     */
    private void awaitClaims(MappedChannel channel) throws InterruptedException {
        for (int buffer = 0, attempts = 0; resumed && buffer < channel.bufferCount();) {
            try {
                channel.consumer(buffer).close();
                buffer++;
            } catch (IllegalStateException claimed) {
                if (attempts++ == CLAIM_ATTEMPTS || stop.getAsBoolean()) {
                    throw claimed;
                }
                Thread.sleep(POLL);
            }
        }
    }

    /** Opens the sink; if it cannot be opened, the application is left as it was. */
    private void open(Application begun, MappedChannel channel) throws IOException, InterruptedException {
        try {
            sink.open(new Sink.Source(plan.directory(), plan.base(), ChannelId.read(plan.directory(), plan.base()),
                    channel.geometry(), channel.bufferCount()));
        } catch (IOException | RuntimeException refused) {
            if (!resumed && begun != null) {
                begun.tell("discard");
            }
            throw refused;
        }
    }

    /** Everything is saved: nobody needs the channel of a living application, or one that was closed, any more. */
    private void finish(MappedChannel channel, boolean orphaned) throws IOException {
        final List<BufferStats> counters = new ArrayList<>();
        for (int i = 0; i < channel.bufferCount(); i++) {
            counters.add(channel.statsSinceOpen(i));
        }
        try {
            sink.finish(counters);
        } catch (IOException | RuntimeException failed) {
            unsaved = true;
            problem("NOT FINISHED: " + Failures.describe(failed) + ": collect into " + sink + " again");
            return;
        }
        if (!orphaned) {
            ChannelFiles.remove(plan.directory(), plan.base());
        }
    }

    /** Connects to the application; null if it is gone and this goes on with what it left. */
    private Application connect() throws IOException, InterruptedException {
        final Path control = connection();
        try {
            application = Application.connect(control, stop);
            return application;
        } catch (SocketException absent) {
            if (resumed) {
                return null;
            }
            throw new IOException(control + ": no application is there: " + absent.getMessage(), absent);
        }
    }

    private Path connection() {
        return plan.directory().resolve(RelayApp.CONTROL).resolve(RelayApp.COLLECTOR);
    }

    private void supervise(Application begun, Drain drain) throws InterruptedException {
        for (boolean ended = false; !ended;) { // once more at the end: a full disk may have ended it when told to stop
            ended = drain.await(POLL);
            if (!destroyed && stop.getAsBoolean()) {
                destroyed = true;
                if (begun != null) {
                    destroy(begun);
                }
            }
        }
    }

    private void destroy(Application begun) throws InterruptedException {
        try {
            begun.tell("destroy");
        } catch (Application.SilentException stopped) {
            silent = true;
            problem(stopped.getMessage() + "; what it had delivered is saved, the rest stays in " + plan.directory()
                    + ": collect into " + sink + " again when it goes on");
        } catch (IOException gone) {
            // the channel tells whether in order
        }
    }

    /** What the loops ask and tell. */
    private final class Watching implements Drain.Watch {
        private final MappedChannel channel;
        /** Of each buffer: whether the present failure of the sink was told; each used by its buffer's thread. */
        private final boolean[] told;

        Watching(MappedChannel channel) {
            this.channel = channel;
            this.told = new boolean[channel.bufferCount()];
        }

        /** Dead; or it cannot be seen, and its connection, which would be open as long as it lives, is not. */
        @Override
        public boolean isGone() {
            return switch (channel.writerLife()) {
                case ALIVE -> false;
                case DEAD -> true;
                case UNKNOWN -> application == null || application.isEnded();
            };
        }

        /** This side has said so, or the application, which then serves nobody. */
        @Override
        public boolean isClosed() {
            return closed || destroyed || !Files.exists(connection());
        }

        @Override
        public boolean isLeft() {
            return silent;
        }

        @Override
        public boolean tryAgain(int buffer, IOException failure) {
            if (!told[buffer]) {
                problem("cpu " + buffer + ": " + Failures.describe(failure) + ": kept in the channel, and tried again");
            }
            told[buffer] = true;
            if (destroyed || stop.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(RETRY_NANOS);
            return true;
        }

        @Override
        public void resumed(int buffer, long safe, long consumed) {
            if (safe < consumed && plan.mode() == Mode.NO_OVERWRITE) {
                problem("cpu " + buffer + ": sub-buffers " + safe + " to " + (consumed - 1L) + " are not in "
                        + sink.target(buffer) + ": they were passed or reset, taken by another collector, or are no "
                        + "longer there");
            }
        }

        @Override
        public void saved(int buffer, long from, long to) {
            told[buffer] = false;
        }

        @Override
        public void failed(int buffer, long handedOver, Exception failure) {
            unsaved = true;
            if (failure != null) {
                problem("cpu " + buffer + ": " + Failures.describe(failure));
            }
            final BufferStats stats = channel.statsSinceOpen(buffer);
            problem("cpu " + buffer + ": NOT SAVED " + (stats.pending().records() + handedOver) + " records ("
                    + stats.pending().bytes() + " bytes): " + sink.target(buffer) + " cannot be written; they stay in "
                    + plan.directory() + ": mend that and collect into " + sink + " again"
                    + (handedOver == 0L ? "" : " (but for " + handedOver + " that the channel had handed over)"));
        }
    }

    private void problem(String text) {
        synchronized (problems) {
            problems.add(text);
        }
        System.err.println("relay: " + text);
    }

    private Summary summary(MappedChannel channel, Drain drain, boolean orphaned) {
        final List<String> targets = new ArrayList<>();
        final List<BufferStats> stats = new ArrayList<>();
        final List<List<Long>> passed = new ArrayList<>();
        synchronized (problems) {
            for (int i = 0; i < channel.bufferCount(); i++) {
                targets.add(sink.target(i));
                stats.add(channel.statsSinceOpen(i));
                passed.add(drain.passed(i));
                if (!passed.get(i).isEmpty()) {
                    problems.add(HeldSubBuffers.describe(i, passed.get(i)));
                }
                problems.addAll(LossAdvice.of(i, stats.get(i), channel.geometry()));
            }
            if (orphaned) {
                problems.add("the application is gone; what it had not delivered stays in " + plan.directory()
                        + ": relay recover");
            }
            return new Summary(targets, stats, passed, List.copyOf(problems), orphaned, unsaved || silent);
        }
    }
}
