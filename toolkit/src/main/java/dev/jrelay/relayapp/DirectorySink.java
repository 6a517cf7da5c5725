// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A sink of one file for each buffer, {@code cpu0}, {@code cpu1}, …, in a directory. What a file consists of is the
 * subclass's; this has the files, and the journal that makes them safe: each file is cut to what was committed before
 * anything is written again.
 *
 * <p>Threads: as {@link Sink} says.
 */
public abstract class DirectorySink implements Sink {
    private static final String NAME = "cpu";

    private final Path output;
    private final boolean replace;
    private final boolean journaled;
    private final List<Output> outputs = new ArrayList<>();
    private boolean unfinished;
    private Path channelDirectory;
    private FileJournal journal;

    /** A file: up to which length and sub-buffer it is committed, and up to which sub-buffer written. */
    private static final class Output {
        private final FileChannel file;
        private long length;
        private long safe;
        private long written;

        Output(FileChannel file) {
            this.file = file;
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
     * The file of a buffer.
     *
     * @param buffer the buffer
     * @return the file, which exists once the sink is open
     */
    public Path file(int buffer) {
        return Directories.outputs(output, NAME, buffer + 1).getLast();
    }

    @Override
    public String target(int buffer) {
        return file(buffer).toString();
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
            Directories.prepare(output, NAME, source.buffers(), replace, channelDirectory);
            Files.deleteIfExists(output.resolve(FileJournal.NAME));
            journal = FileJournal.create(output, source);
        }
        for (int i = 0; i < source.buffers(); i++) {
            outputs.add(new Output(Directories.open(file(i))));
        }
    }

    @Override
    public long resume(int buffer) throws IOException {
        final Output target = outputs.get(buffer);
        if (journal != null) {
            target.length = journal.length(buffer);
            target.safe = journal.sequence(buffer);
        }
        if (target.file.size() < target.length) {
            throw new IOException(file(buffer) + ": " + target.file.size() + " bytes: must be " + target.length
                    + " or more, as the collector before has written");
        }
        cut(buffer);
        return target.safe;
    }

    private void cut(int buffer) throws IOException {
        final Output target = outputs.get(buffer);
        target.written = target.safe;
        target.file.truncate(target.length).position(target.length);
        begin(buffer, target.file);
    }

    @Override
    public void write(Taken taken) throws IOException {
        final Output target = outputs.get(taken.buffer());
        try {
            append(target.file, taken);
            target.written = taken.sequence() + 1L;
        } catch (IOException failed) {
            throw cutAfter(failed, taken.buffer());
        }
    }

    /** The failure with the file's name, after the file is cut to what is committed. */
    private IOException cutAfter(IOException failure, int buffer) throws IOException {
        cut(buffer);
        return new IOException(file(buffer) + ": " + failure.getMessage(), failure);
    }

    @Override
    public void commit(int buffer) throws IOException {
        final Output target = outputs.get(buffer);
        target.length = target.file.position();
        target.safe = target.written;
        if (journal != null) {
            journal.saved(buffer, target.safe, target.length);
        }
    }

    @Override
    public void finish(List<BufferStats> counters) throws IOException {
        for (int i = 0; i < outputs.size(); i++) {
            try {
                end(i, outputs.get(i).file, counters.get(i));
            } catch (IOException failed) {
                throw cutAfter(failed, i);
            }
        }
        if (journal != null) {
            journal.finish();
        }
    }

    @Override
    public void close() throws IOException {
        for (final Output target : outputs) {
            target.file.close();
        }
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }
}
