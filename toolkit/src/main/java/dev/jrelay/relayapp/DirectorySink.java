// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A sink of one file for each buffer, {@code cpu0}, {@code cpu1}, …, in a directory, or of several one after the other
 * if they rotate: {@code cpu0}, {@code cpu0.1}, {@code cpu0.2}, … What a file consists of is the subclass's; this has
 * the files, and the journal that makes them safe: each file is cut to what was committed before anything is written
 * again, and later ones are removed.
 *
 * <p>A file is complete once the next one is there and something was committed in it, or the run is finished.
 *
 * <p>Threads: as {@link Sink} says.
 */
public abstract class DirectorySink implements Sink {
    private static final String NAME = "cpu";

    private final Path output;
    private final boolean replace;
    private final boolean journaled;
    private Rotation rotation = Rotation.NEVER;
    private final List<Output> outputs = new ArrayList<>();
    private boolean unfinished;
    private Path channelDirectory;
    private FileJournal journal;

    /** The files of a buffer: which is written, and what of it was committed. */
    private static final class Output {
        private final int buffer;
        private FileChannel file;
        /** Which file that is, whatever its name leads to by now. */
        private Object key;
        private int number;
        /** When the first sub-buffer came to the file, ms since 1970; 0 before it does. */
        private long begunMillis;
        private long written;
        private FileJournal.Saved committed = new FileJournal.Saved(0L, 0, 0L);

        Output(int buffer) {
            this.buffer = buffer;
        }
    }

    /**
     * A sink that does nothing yet.
     *
     * @param output the directory; created if it does not exist
     * @param replace whether existing files are replaced
     * @param journaled whether another process may go on after this one; else the files are there already or made anew,
     *     and nobody goes on
     */
    protected DirectorySink(Path output, boolean replace, boolean journaled) {
        this.output = output;
        this.replace = replace;
        this.journaled = journaled;
    }

    /**
     * Begins with a file, or goes on with it, for the first time or after a failure.
     *
     * @param buffer the buffer
     * @param file its length and position are the end of what is committed
     * @throws IOException if it cannot be gone on with
     */
    protected abstract void begin(int buffer, FileChannel file) throws IOException;

    /**
     * Goes on in another file, which is empty, behind the one so far.
     *
     * @param buffer the buffer
     * @param file the new file
     * @throws IOException if it cannot be gone on with
     */
    protected abstract void moveTo(int buffer, FileChannel file) throws IOException;

    /**
     * Appends a sub-buffer.
     *
     * @param file where to; if this fails, it is cut to what is committed, and {@link #begin} is called
     * @param taken the sub-buffer
     * @throws IOException if it cannot be written
     */
    protected abstract void append(FileChannel file, Taken taken) throws IOException;

    /**
     * Appends what belongs at the end of a run: here nothing.
     *
     * @param buffer the buffer
     * @param file where to
     * @param counters the buffer's last ones
     * @throws IOException if it cannot be written
     */
    protected void end(int buffer, FileChannel file, BufferStats counters) throws IOException {
        // nothing
    }

    /**
     * Whether this goes on with the files of a killed collector.
     *
     * @return known once {@link #prepare} has returned
     */
    protected boolean isGoingOn() {
        return unfinished;
    }

    /**
     * The directory.
     *
     * @return as it was given
     */
    public Path output() {
        return output;
    }

    /**
     * Has each buffer begin another file now and then. To be called before anything else.
     *
     * @param when when
     */
    public void rotate(Rotation when) {
        rotation = when;
    }

    /**
     * The first file of a buffer.
     *
     * @param buffer the buffer
     * @return the file, which exists once the sink is open
     */
    public Path file(int buffer) {
        return RotatedFiles.file(output, NAME, buffer, 0);
    }

    private Path file(Output target) {
        return RotatedFiles.file(output, NAME, target.buffer, target.number);
    }

    @Override
    public String target(int buffer) {
        final int last = outputs.size() > buffer ? outputs.get(buffer).number : 0;
        return file(buffer) + (last == 0 ? "" : " to ." + last);
    }

    @Override
    public String toString() {
        return output.toString();
    }

    @Override
    public boolean prepare(Path directory, String base, Geometry geometry) throws IOException {
        Directories.refuseChannel(output, directory); // before the application makes a channel there
        channelDirectory = directory;
        unfinished = journaled && FileJournal.exists(output) && !replace;
        return unfinished;
    }

    @Override
    public void open(Source source) throws IOException {
        if (unfinished) {
            journal = FileJournal.open(output, source);
        } else if (journaled) {
            FileJournal.refuseLiving(output);
            Directories.prepare(output, NAME, source.buffers(), replace, channelDirectory);
            RotatedFiles.removeAll(output, NAME, replace);
            Files.deleteIfExists(output.resolve(FileJournal.NAME));
            journal = FileJournal.create(output, source);
        }
        for (int i = 0; i < source.buffers(); i++) {
            outputs.add(new Output(i));
        }
    }

    @Override
    public long resume(int buffer) throws IOException {
        final Output target = outputs.get(buffer);
        if (journal != null) {
            target.committed = journal.saved(buffer);
        }
        cut(target);
        return target.committed.sequence();
    }

    /** Goes back to what is committed. */
    private void cut(Output target) throws IOException {
        if (target.file != null) {
            target.file.close();
        }
        target.number = target.committed.number();
        target.written = target.committed.sequence();
        RotatedFiles.removeAfter(output, NAME, target.buffer, target.number);
        final long length = target.committed.length();
        open(target);
        if (target.file.size() < length) {
            throw new IOException(file(target) + ": " + target.file.size() + " bytes: must be " + length
                    + " or more, as the collector before has written");
        }
        target.file.truncate(length).position(length);
        target.begunMillis = length == 0L ? 0L : System.currentTimeMillis();
        begin(target.buffer, target.file);
    }

    private void open(Output target) throws IOException {
        target.file = Directories.open(file(target));
        target.key = key(file(target));
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void write(Taken taken) throws IOException {
        final Output target = outputs.get(taken.buffer());
        try {
            if (target.begunMillis != 0L && rotation.isDue(target.file.position() + taken.length(),
                    taken.timeMillis() - target.begunMillis)) {
                rotate(target);
            }
            append(target.file, taken);
            target.begunMillis = target.begunMillis == 0L ? taken.timeMillis() : target.begunMillis;
            target.written = taken.sequence() + 1L;
        } catch (IOException failed) {
            throw cutAfter(failed, target);
        }
    }

    private void rotate(Output target) throws IOException {
        final FileChannel before = target.file;
        target.number++;
        open(target);
        target.begunMillis = 0L;
        before.close();
        moveTo(target.buffer, target.file);
    }

    /** The failure with the file's name, after the file is cut to what is committed. */
    private IOException cutAfter(IOException failure, Output target) throws IOException {
        final IOException named = new IOException(file(target) + ": " + Failures.describe(failure), failure);
        cut(target);
        return named;
    }

    @Override
    public void commit(int buffer) throws IOException {
        final Output target = outputs.get(buffer);
        target.committed = new FileJournal.Saved(target.written, target.number, target.file.position());
        if (journal != null) {
            journal.saved(buffer, target.committed);
        }
    }

    @Override
    public void finish(List<BufferStats> counters) throws IOException {
        for (int i = 0; i < outputs.size(); i++) {
            checkNamed(outputs.get(i));
            try {
                end(i, outputs.get(i).file, counters.get(i));
            } catch (IOException failed) {
                throw cutAfter(failed, outputs.get(i));
            }
        }
        if (journal != null) {
            journal.finish();
        }
    }

    /** Whoever is told the file's name must find there what was written. */
    private void checkNamed(Output target) throws IOException {
        try {
            if (Objects.equals(key(file(target)), target.key)) {
                return;
            }
        } catch (NoSuchFileException removed) {
            // the same
        }
        throw new IOException(file(target) + ": was removed or replaced while it was written");
    }

    @Override
    public void close() throws IOException {
        for (final Output target : outputs) {
            if (target.file != null) {
                target.file.close();
            }
        }
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }
}
