// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The application's half: one object to write to. It has a channel while a collector is there, in the sizes that the
 * collector asked for; without one, writing does nothing.
 *
 * {@snippet :
 * try (RelayApp app = RelayApp.open(Path.of("/dev/shm/demo"), "cpu", new RelayApp.Events() { })) {
 *     app.write(record, 0, record.length);
 * }
 * }
 *
 * <p>Control files in {@code DIR/.control}: {@code enabled} (0 or 1; 0 also flushes), {@code subbuf_size},
 * {@code n_subbufs}, {@code dropped}, {@code produced}, {@code consumed} (numbers, by CPU), and {@code collector},
 * to which a {@link Collector} is connected for as long as it runs.
 *
 * <p>Threads: {@link #write} any; events come on a thread of the control files, one at a time.
 */
public final class RelayApp implements AutoCloseable {
    /** Result of {@link #write} while nobody collects: nothing happened, and nothing is counted as lost. */
    public static final long OFF = Long.MIN_VALUE;
    /** Directory of the control files, beside the data files. */
    static final String CONTROL = ".control";
    /** The control file that a collector stays connected to. */
    static final String COLLECTOR = "collector";
    /** Said to a collector that has come back after the end. */
    static final String NO_CHANNEL = "no collector, so there is no channel";

    private final Path directory;
    private final String base;
    private final Events events;
    private final boolean fresh;
    private final List<ControlFile> files = new ArrayList<>();
    private ControlFile.Connection collector;
    private Channel channel;
    /** Whether the channel's files are this process's own to remove. */
    private boolean opened;
    /** Whether logging into the channel was ever enabled. */
    private boolean used;
    /** What writers see: the channel while logging is enabled, else null. */
    private volatile Channel enabled;

    /** What the application may want to know. All are optional. */
    public interface Events {
        /**
         * Logging begins.
         *
         * @param channel what the application writes to, if it wants more than {@link RelayApp#write}
         */
        default void started(Channel channel) {
        }

        /** Logging has ended: the collector said so, or is gone. */
        default void stopped() {
        }

        /**
         * The application's own callbacks for the channel's sub-buffers.
         *
         * @return default: none
         */
        default Callbacks callbacks() {
            return Callbacks.NONE;
        }

        /**
         * Bytes that the application wants at the begin of each sub-buffer.
         *
         * @return bytes; default 0
         */
        default int headerBytes() {
            return 0;
        }
    }

    private RelayApp(Path directory, String base, Events events, boolean fresh) {
        this.directory = directory;
        this.base = base;
        this.events = events;
        this.fresh = fresh;
    }

    /**
     * Makes the application ready for collectors.
     *
     * @param directory where the channel's and the control files are; created if it does not exist
     * @param base name of the channel
     * @param events what to be told
     * @return the application's half; close it
     * @throws IOException if the directory cannot be made, or another process serves its control files
     */
    public static RelayApp open(Path directory, String base, Events events) throws IOException {
        final boolean fresh = !Files.exists(directory);
        if (fresh) {
            RelayDirectory.create(directory.getFileName().toString(), directory.toAbsolutePath().getParent());
        }
        if (!Files.exists(directory.resolve(CONTROL))) {
            RelayDirectory.create(CONTROL, directory);
        }
        final RelayApp app = new RelayApp(directory, base, events, fresh);
        try {
            app.createFiles(directory.resolve(CONTROL));
            return app;
        } catch (IOException | RuntimeException failed) {
            app.close();
            throw failed;
        }
    }

    private void createFiles(Path control) throws IOException {
        files.add(ControlFile.create(COLLECTOR, control, this::serve));
        files.add(ControlFile.create("enabled", control, () -> enabled == null ? "0" : "1", this::enable));
        files.add(ControlFile.create("dropped", control, () -> each(stats -> LossAdvice.lost(stats).records()), null));
        files.add(ControlFile.create("produced", control, () -> each(BufferStats::produced), null));
        files.add(ControlFile.create("consumed", control, () -> each(BufferStats::consumed), null));
    }

    private synchronized String each(ToLongFunction<BufferStats> counter) throws IOException {
        if (channel == null) {
            throw new IOException(NO_CHANNEL);
        }
        final StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < channel.bufferCount(); i++) {
            numbers.append(i == 0 ? "" : " ").append(counter.applyAsLong(channel.buffer(i).statsSinceReset()));
        }
        return numbers.toString();
    }

    /**
     * Writes one record into the current thread's buffer, if somebody collects. Never waits.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes
     * @return the position, 0 or more; {@link #OFF}; or another {@link dev.jrelay.Result} below 0
     * @throws IndexOutOfBoundsException if the range is not within {@code source}
     */
    public long write(byte[] source, int offset, int length) {
        final Channel now = enabled; // volatile: set by a control thread
        return now == null ? OFF : now.write(source, offset, length);
    }

    /** One collector, from its connection to its end, whichever way it ends. */
    private void serve(ControlFile.Connection connection) throws IOException {
        try {
            for (String line = connection.readLine(); line != null; line = connection.readLine()) {
                String answer = "ok";
                try {
                    command(connection, line.split(" "));
                } catch (IOException | RuntimeException refused) {
                    answer = "error: " + Failures.describe(refused);
                }
                connection.writeLine(answer);
            }
        } finally {
            leave(connection);
        }
    }

    /**
     * A collector that is gone without saying so was killed: logging stops, and what the channel holds stays there for
     * the collector that finishes its run.
     */
    private synchronized void leave(ControlFile.Connection connection) {
        if (collector == connection) {
            collector = null;
            disable();
        }
    }

    private void command(ControlFile.Connection connection, String[] words) throws IOException {
        switch (words[0]) {
            case "create" -> create(connection, ChannelConfig.builder(base).subBufferSize(Integer.parseInt(words[1]))
                    .subBufferCount(Integer.parseInt(words[2])).mode(Mode.valueOf(words[3]))
                    .flushAfter(Duration.parse(words[4])).headerBytes(events.headerBytes())
                    .callbacks(events.callbacks()).storage(Storage.files(directory)).keep(true).build(), words);
            case "resume" -> resume(connection);
            case "discard" -> discard(connection);
            case "enabled" -> enable(words[1]);
            case "destroy" -> destroy(connection);
            default -> throw new IOException("unknown command " + words[0]);
        }
    }

    private synchronized void create(ControlFile.Connection connection, ChannelConfig config, String[] words)
            throws IOException {
        if (collector != null) {
            throw new IOException("there is a collector already");
        }
        if (channel != null && !used) {
            discard(connection); // its collector was killed before it began
        }
        if (channel != null) {
            throw new IOException("a collector was killed: collect into its output directory to finish its run, "
                    + "or begin anew with --force, which drops what the channel holds");
        }
        Directories.checkRoom(directory, new Geometry(Integer.parseInt(words[1]), Integer.parseInt(words[2]), 0,
                Mode.valueOf(words[3])), Runtime.getRuntime().availableProcessors());
        try {
            channel = Channel.open(config);
        } catch (FileAlreadyExistsException left) {
            throw new IOException(left.getMessage() + ": exists already, of a "
                    + (opened ? "channel that a collector did not finish: collect into its output directory to finish "
                            + "it, or begin anew with --force, which drops what it holds"
                            : "process that has ended: relay recover " + directory + " -o OUT --remove"), left);
        }
        opened = true;
        used = false;
        collector = connection;
        files.add(ControlFile.create("subbuf_size", directory.resolve(CONTROL), () -> words[1], null));
        files.add(ControlFile.create("n_subbufs", directory.resolve(CONTROL), () -> words[2], null));
    }

    private synchronized void resume(ControlFile.Connection connection) throws IOException {
        if (collector != null) {
            throw new IOException("there is a collector already");
        }
        if (channel == null) {
            throw new IOException(NO_CHANNEL);
        }
        collector = connection;
    }

    /** Drops the channel of a killed collector, or of one that cannot begin. */
    private synchronized void discard(ControlFile.Connection connection) throws IOException {
        if (collector != null && collector != connection) {
            throw new IOException("there is a collector already");
        }
        end();
        if (opened) {
            ChannelFiles.remove(directory, base);
        }
        opened = false;
    }

    private synchronized void enable(String value) throws IOException {
        if (!value.equals("0") && !value.equals("1")) {
            throw new IOException("'" + value + "': must be 0 or 1");
        }
        if (channel == null) {
            throw new IOException(NO_CHANNEL);
        }
        if (value.equals("1") && enabled == null) {
            used = true;
            enabled = channel;
            events.started(channel);
        } else if (value.equals("0")) {
            disable();
        }
    }

    private void disable() {
        if (enabled != null) {
            enabled = null;
            events.stopped();
        }
        channel.flush();
    }

    private synchronized void destroy(ControlFile.Connection connection) throws IOException {
        if (collector == connection) {
            end();
        }
    }

    /** Closes the channel; its files stay until a collector has taken what they hold. */
    private void end() throws IOException {
        final Channel ending = channel;
        if (ending == null) {
            return;
        }
        try {
            disable();
        } finally {
            channel = null;
            collector = null;
            while (files.size() > 5) {
                files.removeLast().close();
            }
            ending.close();
        }
    }

    /**
     * Ends logging, and removes the control files. A collector drains what is there; if it was killed, the channel's
     * files wait for one that finishes its run. Idempotent.
     */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            end();
        }
        for (final ControlFile file : files) {
            file.close();
        }
        files.clear();
        Files.deleteIfExists(directory.resolve(CONTROL));
        if (fresh) {
            removeIfEmpty();
        }
    }

    private void removeIfEmpty() throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException collected) {
            // a collector drains the channel
        }
    }
}
