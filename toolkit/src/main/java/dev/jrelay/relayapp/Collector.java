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
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private volatile boolean closed;
    private volatile boolean destroyed;
    private volatile boolean unsaved;
    private volatile boolean orphaned;

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
     * @param unsaved whether something stayed in the channel, since a file could not be written
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
        try (SocketChannel socket = connect()) {
            final ControlFile.Connection application = begin(socket);
            closed = application == null;
            try (MappedChannel channel = MappedChannel.open(plan.directory(), plan.base());
                    CollectorJournal journal = journal(application, control, channel.bufferCount())) {
                final List<Path> files = Directories.outputs(plan.output(), "cpu", channel.bufferCount());
                final List<Thread> threads = start(channel, files, journal);
                if (application != null) {
                    ask(application, "enabled 1");
                }
                started.run();
                supervise(application, threads, channel);
                if (!unsaved) {
                    finish(journal);
                }
                return summary(channel, files);
            }
        }
    }

    /** Has the application open the channel, or goes on with the one of a killed collector; null if that is closed. */
    private ControlFile.Connection begin(SocketChannel socket) throws IOException, InterruptedException {
        if (socket == null) {
            return null;
        }
        final ControlFile.Connection application = new ControlFile.Connection(socket);
        if (!resumed) {
            if (plan.replace()) {
                ask(application, "discard");
            }
            ask(application, "create " + plan.subBufferSize() + " " + plan.subBufferCount() + " " + plan.mode() + " "
                    + plan.delay());
            return application;
        }
        for (int i = 0;; i++) {
            application.writeLine("resume");
            final String answer = application.readLine();
            if ("ok".equals(answer)) {
                return application;
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
    private CollectorJournal journal(ControlFile.Connection application, Path control, int buffers)
            throws IOException {
        if (resumed) {
            return CollectorJournal.open(plan.output(), control);
        }
        try {
            Directories.prepare(plan.output(), "cpu", buffers, plan.replace());
            Files.deleteIfExists(plan.output().resolve(CollectorJournal.NAME));
            return CollectorJournal.create(plan.output(), control, buffers);
        } catch (IOException | RuntimeException refused) {
            ask(application, "discard");
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
    private SocketChannel connect() throws IOException {
        final Path control = connection();
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(control));
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

    private static void ask(ControlFile.Connection application, String command) throws IOException {
        application.writeLine(command);
        final String answer = application.readLine();
        if (!"ok".equals(answer)) {
            throw new IOException(command + ": " + (answer == null ? "the application is gone" : answer));
        }
    }

    private List<Thread> start(MappedChannel channel, List<Path> files, CollectorJournal journal)
            throws IOException {
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            final int cpu = i;
            final Consumer consumer = channel.consumer(i);
            final HeldSubBuffers itsHeld = new HeldSubBuffers(consumer);
            held.add(itsHeld);
            final FileChannel file = FileChannel.open(files.get(i), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
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

    private void supervise(ControlFile.Connection application, List<Thread> threads, MappedChannel channel)
            throws InterruptedException {
        for (final Thread thread : threads) {
            while (!thread.join(Duration.ofNanos(POLL_NANOS))) {
                if (!destroyed && stop.getAsBoolean()) {
                    destroyed = true;
                    if (application != null) {
                        destroy(application, channel);
                    }
                }
            }
        }
    }

    private void destroy(ControlFile.Connection application, MappedChannel channel) {
        try {
            ask(application, "destroy");
        } catch (IOException gone) {
            orphaned |= !channel.isWriterAlive();
        }
    }

    private void drain(MappedChannel channel, Consumer consumer, HeldSubBuffers itsHeld, int cpu, FileChannel file,
            CollectorJournal journal) throws IOException {
        for (;;) {
            final boolean wasAlive = channel.isWriterAlive(); // before the poll: a dead one delivers nothing after it
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
            if (readiness == Readiness.HANG_UP) {
                return;
            }
            itsHeld.look(readiness, !wasAlive || isClosed());
            if (readiness == Readiness.TIMED_OUT && !wasAlive) {
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
            return new Summary(files, stats, passed, List.copyOf(problems), orphaned, unsaved);
        }
    }
}
