// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The collector's half: has the application create the channel in the given sizes, starts its logging, writes what
 * comes to one file for each CPU, and ends it all when told to.
 *
 * <pre>
 * connect; create SIZE COUNT MODE; map; enabled 1
 * a thread for each buffer: poll, write whole sub-buffers without padding, note the file's length, consume
 * stop: destroy (the application flushes and closes); drain until hang-up; remove the channel's files; summary
 * a reservation never finished: when the channel is closed or the application gone, its sub-buffer is passed
 * application stopped (SIGSTOP): what is delivered; the rest when the same command is given again
 * application gone: what is delivered, then the stable beginning of the current sub-buffer
 * disk full: the file is cut to whole sub-buffers, the sub-buffer stays unconsumed, and is tried again
 * killed, or stopped with a full disk: the application stops logging; a collector with the same output finishes the run
 * </pre>
 */
public final class Collector {
    private static final long POLL_NANOS = 50_000_000L;
    private static final long RETRY_NANOS = 200_000_000L;
    private static final int RESUME_ATTEMPTS = 100;

    private final Plan plan;
    private final BooleanSupplier stop;
    private final List<String> problems = new ArrayList<>();
    private final List<HeldSubBuffers> held = new ArrayList<>();
    private final boolean resumed;
    /** Null if it is gone already. */
    private Application application;
    private volatile boolean closed;
    private volatile boolean destroyed;
    private volatile boolean unsaved;
    private volatile boolean orphaned;
    private volatile boolean silent;

    /**
     * What to collect.
     *
     * @param directory the application's directory
     * @param base name of its channel
     * @param output where the files go; created if it does not exist
     * @param subBufferSize bytes
     * @param subBufferCount sub-buffers for each CPU, a power of two
     * @param mode the channel's mode
     * @param delay how long a record may take to reach its file at most, 1 ms to 1 day; zero: until its sub-buffer is
     *     full
     * @param replace whether existing files are replaced
     */
    public record Plan(Path directory, String base, Path output, int subBufferSize, int subBufferCount, Mode mode,
            Duration delay, boolean replace) {
    }

    /**
     * What was collected.
     *
     * @param files one for each CPU
     * @param stats counters of each CPU
     * @param passed of each CPU the sub-buffers, by their sequences, that are not in its file, since a reservation in
     *     them was never finished
     * @param problems what was lost, and what went wrong, in words
     * @param orphaned whether the application was gone before the end
     * @param unsaved whether something stayed in the channel, since a file could not be written or the application
     *     did not answer
     */
    public record Summary(List<Path> files, List<BufferStats> stats, List<List<Long>> passed, List<String> problems,
            boolean orphaned, boolean unsaved) {
    }

    private Collector(Plan plan, BooleanSupplier stop) {
        this.plan = plan;
        this.stop = stop;
        this.resumed = CollectorJournal.exists(plan.output()) && !plan.replace();
    }

    /**
     * Collects until told to stop, or the application closes the channel or is gone.
     *
     * @param plan what to collect
     * @param started run when logging has started
     * @param stop asked all the time: true to end
     * @return what was collected
     * @throws IOException if the application is not there or has a collector, or a file cannot be created
     * @throws InterruptedException if the calling thread is interrupted
     */
    public static Summary run(Plan plan, Runnable started, BooleanSupplier stop)
            throws IOException, InterruptedException {
        return new Collector(plan, stop).collect(started);
    }

    private Summary collect(Runnable started) throws IOException, InterruptedException {
        final Path control = plan.directory().resolve(ChannelFiles.controlName(plan.base()));
        Directories.refuseChannel(plan.output(), plan.directory()); // before the application makes a channel there
        try (Application connected = connect()) {
            final Application begun = begin(connected);
            closed = begun == null;
            try (MappedChannel channel = MappedChannel.open(plan.directory(), plan.base());
                    CollectorJournal journal = journal(begun, control, channel.bufferCount())) {
                final List<Path> files = Directories.outputs(plan.output(), "cpu", channel.bufferCount());
                final List<Thread> threads = start(channel, files, journal);
                if (begun != null) {
                    begun.tell("enabled 1");
                }
                started.run();
                supervise(begun, threads);
                if (!unsaved && !silent) {
                    finish(journal);
                }
                return summary(channel, files);
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
            Thread.sleep(Duration.ofNanos(POLL_NANOS));
        }
    }

    /** The output's journal; if the output cannot be made ready, the application is left as it was. */
    private CollectorJournal journal(Application begun, Path control, int buffers)
            throws IOException, InterruptedException {
        if (resumed) {
            return CollectorJournal.open(plan.output(), control);
        }
        try {
            Directories.prepare(plan.output(), "cpu", buffers, plan.replace(), plan.directory());
            Files.deleteIfExists(plan.output().resolve(CollectorJournal.NAME));
            return CollectorJournal.create(plan.output(), control, buffers);
        } catch (IOException | RuntimeException refused) {
            begun.tell("discard");
            throw refused;
        }
    }

    /** Everything is saved: nobody needs the channel of a living application, or one that was closed, any more. */
    private void finish(CollectorJournal journal) throws IOException {
        if (!orphaned) {
            ChannelFiles.remove(plan.directory(), plan.base());
        }
        journal.finish();
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

    private List<Thread> start(MappedChannel channel, List<Path> files, CollectorJournal journal)
            throws IOException {
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            final int cpu = i;
            final Consumer consumer = channel.consumer(i);
            final HeldSubBuffers itsHeld = new HeldSubBuffers(consumer);
            held.add(itsHeld);
            final FileChannel file = Directories.open(files.get(i));
            final long length = journal.length(i, channel.statsSinceOpen(i).consumed());
            if (file.size() < length) {
                throw new IOException(files.get(i) + ": " + file.size() + " bytes: must be " + length
                        + " or more, as the collector before has written");
            }
            file.truncate(length).position(length);
            threads.add(Thread.ofPlatform().daemon().name("collect-" + i).start(() -> {
                try (consumer; file) {
                    drain(channel, consumer, itsHeld, cpu, file, journal);
                } catch (IOException | RuntimeException failed) {
                    unsaved = true;
                    problem("cpu " + cpu + ": " + failed.getMessage());
                }
            }));
        }
        return threads;
    }

    private void supervise(Application begun, List<Thread> threads) throws InterruptedException {
        for (final Thread thread : threads) {
            while (!thread.join(Duration.ofNanos(POLL_NANOS))) {
                if (!destroyed && stop.getAsBoolean()) {
                    destroyed = true;
                    if (begun != null) {
                        destroy(begun);
                    }
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
                    + ": collect into " + plan.output() + " again when it goes on");
        } catch (IOException gone) {
            // the channel tells whether in order
        }
    }

    /** Dead; or it cannot be seen, and its connection, which would be open as long as it lives, is not. */
    private boolean isGone(MappedChannel channel) {
        return switch (channel.writerLife()) {
            case ALIVE -> false;
            case DEAD -> true;
            case UNKNOWN -> application == null || application.isEnded();
        };
    }

    private void drain(MappedChannel channel, Consumer consumer, HeldSubBuffers itsHeld, int cpu, FileChannel file,
            CollectorJournal journal) throws IOException {
        for (;;) {
            final boolean wasGone = isGone(channel); // before the poll: a dead one delivers nothing after it
            final Readiness readiness = consumer.poll(POLL_NANOS);
            for (SubBuffer s = consumer.next(); s != null; s = consumer.next()) {
                final long before = file.position();
                if (!save(file, s.bytes(), cpu)) {
                    final BufferStats stats = channel.statsSinceOpen(cpu);
                    notSaved(stats, stats.consumed() > s.sequence() ? s.records() : 0L, cpu);
                    return;
                }
                journal.saved(cpu, s.sequence() + 1L, file.position());
                if (consumer.subBuffersConsumed(1) == 0) {
                    file.truncate(before); // a reset took it
                    journal.saved(cpu, s.sequence() + 1L, before);
                }
            }
            if (readiness == Readiness.HANG_UP || silent && readiness != Readiness.READABLE) {
                return;
            }
            itsHeld.look(readiness, wasGone || isClosed());
            if (readiness == Readiness.TIMED_OUT && wasGone) {
                orphaned = true;
                saveRest(channel, cpu, file);
                return;
            }
        }
    }

    /** Whether nothing more will be written: this side has said so, or the application, which then serves nobody. */
    private boolean isClosed() {
        return closed || destroyed || !Files.exists(connection());
    }

    /** The stable beginning of a dead application's current sub-buffer. It stays in the channel too. */
    private void saveRest(MappedChannel channel, int cpu, FileChannel file) throws IOException {
        long next = channel.statsSinceOpen(cpu).consumed();
        for (final SubBuffer part : channel.snapshot(cpu).subBuffers()) {
            if (part.sequence() == next++ && !save(file, part.bytes(), cpu)) {
                notSaved(channel.statsSinceOpen(cpu), 0L, cpu);
                return;
            }
        }
    }

    private void notSaved(BufferStats stats, long taken, int cpu) {
        unsaved = true;
        problem("cpu " + cpu + ": NOT SAVED " + (stats.pending().records() + taken) + " records ("
                + stats.pending().bytes() + " bytes): the collector's file cannot be written; they stay in "
                + plan.directory() + ": make room and collect into " + plan.output() + " again"
                + (taken == 0L ? "" : " (but for " + taken + " that the channel had handed over)"));
    }

    /** Writes all or, if it cannot, nothing; tries again until told to stop. */
    private boolean save(FileChannel file, ByteBuffer bytes, int cpu) throws IOException {
        final long whole = file.position();
        final int from = bytes.position();
        for (boolean told = false;; told = true) {
            try {
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                return true;
            } catch (IOException full) {
                file.truncate(whole);
                bytes.position(from);
                if (!told) {
                    problem("cpu " + cpu + ": " + full.getMessage() + ": kept in the channel, and tried again");
                }
                if (destroyed || stop.getAsBoolean()) {
                    return false;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private void problem(String text) {
        synchronized (problems) {
            problems.add(text);
        }
        System.err.println("relay: " + text);
    }

    private Summary summary(MappedChannel channel, List<Path> files) {
        final List<BufferStats> stats = new ArrayList<>();
        final List<List<Long>> passed = new ArrayList<>();
        synchronized (problems) {
            for (int i = 0; i < channel.bufferCount(); i++) {
                stats.add(channel.statsSinceOpen(i));
                passed.add(held.get(i).passed());
                if (!passed.get(i).isEmpty()) {
                    problems.add(HeldSubBuffers.describe(i, passed.get(i)));
                }
                problems.addAll(LossAdvice.of(i, stats.get(i), channel.geometry()));
            }
            if (orphaned) {
                problems.add("the application is gone; what it had not delivered stays in " + plan.directory()
                        + ": relay recover");
            }
            return new Summary(files, stats, passed, List.copyOf(problems), orphaned, unsaved || silent);
        }
    }
}
