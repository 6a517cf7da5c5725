// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where whole sub-buffers go: files, a trace, a broker. {@link Drain} takes them from a channel and hands them over;
 * a sink knows nothing of channels, polling or writers.
 *
 * <pre>
 * prepare            may output go there? is it a run to go on with?
 * open               the channel is there
 * for each buffer    q = resume: everything before sub-buffer q is safe; what comes again is not handed over
 *   repeat           write, … write, commit: now these are safe, and the channel may forget them
 * finish             everything was taken: the last counters
 * close              always
 * </pre>
 *
 * <p>Guarantees that a sink gives: after {@link #commit} has returned, what was written is there whatever happens to
 * this process, and {@link #resume} of the next one says so; before that, nothing of it is there for a reader, or it is
 * removed by {@link #resume}. So a sub-buffer is in the sink once, however often a collector is killed: the loop
 * consumes after the commit, and leaves out what is safe already. Two cases remain outside: a sub-buffer that a
 * {@code reset} takes between the commit and its consumption is in the sink, and counted as skipped; and in overwrite
 * mode, where taking is consuming, one sub-buffer that was taken is gone if the process is killed before the commit.
 *
 * <p>Threads: {@link #prepare}, {@link #open}, {@link #resume}, {@link #finish} and {@link #close} one thread; between
 * {@code resume} and {@code finish}, {@link #write} and {@link #commit} a thread for each buffer, all at the same time.
 *
 * <p>Errors: an {@link IOException} of {@code write} or {@code commit} means that nothing of this buffer since its last
 * commit is there, and that it may be tried again. An {@link IllegalStateException} means that this sink can never go
 * on, for instance since another one has taken its place.
 */
public interface Sink extends AutoCloseable {
    /**
     * What is to come.
     *
     * @param directory where the channel's files are
     * @param base its name
     * @param id which of all channels of that name it is
     * @param geometry sizes and mode
     * @param buffers how many
     */
    record Source(Path directory, String base, ChannelId id, Geometry geometry, int buffers) {
    }

    /**
     * A sub-buffer, valid while it is handed over.
     *
     * @param buffer its buffer
     * @param sequence its sequence
     * @param records committed records in it
     * @param memory of the size of a sub-buffer; the first {@code length} bytes are valid, the rest is padding. It may
     *     be shared with another process, which can change it at any time
     * @param length valid bytes, header included
     * @param isWhole false for the committed beginning of a current sub-buffer, whose writers are dead: the last one
     * @param timeMillis when it was taken, ms since 1970
     * @param counters asks for the buffer's counters since the channel was opened: what is lost so far, by cause. Costs
     *     a look at all sub-buffers of the buffer
     */
    record Taken(int buffer, long sequence, int records, MemorySegment memory, int length, boolean isWhole,
            long timeMillis, Supplier<BufferStats> counters) {
        /**
         * The valid bytes, ready to be written somewhere.
         *
         * @return a buffer of its own over the same memory
         */
        public ByteBuffer bytes() {
            return memory.asSlice(0L, length).asByteBuffer();
        }
    }

    /**
     * Finds out, before there is a channel, whether it can be drained into this.
     *
     * @param directory where the channel's files are or will be
     * @param base its name
     * @param geometry the sizes that it will have if it is opened now; header bytes are not known yet
     * @return whether there is an unfinished run to go on with, so that no new channel is wanted
     * @throws IOException if it cannot be drained into this
     */
    boolean prepare(Path directory, String base, Geometry geometry) throws IOException;

    /**
     * Makes ready for a channel.
     *
     * @param source the channel
     * @throws IOException if it is not the one of the unfinished run, or cannot be drained into this
     */
    void open(Source source) throws IOException;

    /**
     * What is safe of a buffer. What was written and not committed, by this or an earlier process, is gone after this.
     *
     * @param buffer the buffer
     * @return the sequence behind the last sub-buffer that is committed; 0 if none is
     * @throws IOException if it cannot be known
     */
    long resume(int buffer) throws IOException;

    /**
     * How many sub-buffers are worth one commit. The ring cannot use them before.
     *
     * @return sub-buffers, 1 or more; default 1
     */
    default int batch() {
        return 1;
    }

    /**
     * Takes a sub-buffer.
     *
     * @param taken the next one of its buffer
     * @throws IOException if it cannot be taken now
     */
    void write(Taken taken) throws IOException;

    /**
     * Makes safe what was written of a buffer.
     *
     * @param buffer the buffer
     * @throws IOException if it cannot be made safe now
     */
    void commit(int buffer) throws IOException;

    /**
     * Learns that the run is at its end: everything was taken.
     *
     * @param counters of each buffer, read after that
     * @throws IOException if what belongs at the end cannot be written
     */
    void finish(List<BufferStats> counters) throws IOException;

    /**
     * Where the sub-buffers of a buffer go, in words for a user.
     *
     * @param buffer the buffer
     * @return for instance the name of a file
     */
    String target(int buffer);

    /** Lets go of everything. What is not committed is lost to the sink. Idempotent. */
    @Override
    void close() throws IOException;
}
