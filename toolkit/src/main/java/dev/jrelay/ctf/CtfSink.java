// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.BufferStats;
import dev.jrelay.relayapp.DirectorySink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * A CTF trace of what is drained: a {@link CtfStream} for each buffer, and the metadata. Sub-buffers of a {@link Ctf}
 * channel are packets already; those of any other channel whose records are klog's become packets here, with the times
 * of their records, and the losses that were counted when they were taken.
 *
 * <p>Bytes that are no klog records make the rest of their packet invisible. Records lost are exact at the end of a
 * file; in a packet made here they are those counted up to when it was taken, which may be a little later than its last
 * record.
 *
 * <p>Threads: as {@link dev.jrelay.relayapp.Sink} says.
 */
public final class CtfSink extends DirectorySink {
    private final boolean replace;
    private final ToLongFunction<BufferStats> lost;
    private CtfStream[] streams = new CtfStream[0];
    private int headerBytes;
    /** The identity of a trace whose packets are made here: the same whoever makes them of this channel. */
    private UUID made;
    /** Null until the metadata of the run that is gone on with, or the first sub-buffer, tells. */
    private UUID uuid;

    /**
     * A trace that another process can go on with if this one is killed.
     *
     * @param output its directory; created if it does not exist
     * @param replace whether existing files are replaced
     */
    public CtfSink(Path output, boolean replace) {
        this(output, replace, true, stats -> stats.lost().records());
    }

    private CtfSink(Path output, boolean replace, boolean journaled, ToLongFunction<BufferStats> lost) {
        super(output, replace, journaled);
        this.replace = replace;
        this.lost = lost;
    }

    /**
     * A trace that nobody goes on with.
     *
     * @param output its directory, which exists; what its files hold is replaced
     * @param lost says how many records are lost for good, of a buffer's counters: writers that try again lose fewer
     *     than the channel counts. Asked from the threads of all buffers
     * @return a sink
     */
    public static CtfSink once(Path output, ToLongFunction<BufferStats> lost) {
        return new CtfSink(output, true, false, lost);
    }

    @Override
    public void open(Source source) throws IOException {
        final Path metadata = output().resolve(CtfMetadata.FILE);
        if (isGoingOn()) {
            uuid = Files.exists(metadata) ? CtfMetadata.uuid(output()) : null;
        } else if (replace) {
            Files.deleteIfExists(metadata);
        } else if (Files.exists(metadata)) {
            throw new IOException(metadata + ": exists already (--force replaces it)");
        }
        streams = new CtfStream[source.buffers()];
        headerBytes = source.geometry().headerBytes();
        made = UUID.nameUUIDFromBytes(("relay " + source.base() + " " + source.id()).getBytes(US_ASCII));
        super.open(source);
    }

    @Override
    protected void begin(int buffer, FileChannel file) throws IOException {
        streams[buffer] = file.position() == 0L ? null : CtfStream.goOn(trace(buffer, null), buffer, file);
    }

    /** Packets are numbered through all files of a stream. */
    @Override
    protected void moveTo(int buffer, FileChannel file) throws IOException {
        streams[buffer] = stream(buffer, file, null).moveTo(file);
    }

    @Override
    protected void append(FileChannel file, Taken taken) throws IOException {
        stream(taken.buffer(), file, taken).writeAny(taken, headerBytes, lost);
    }

    private CtfStream stream(int buffer, FileChannel file, Taken first) throws IOException {
        if (streams[buffer] == null) {
            streams[buffer] = CtfStream.goOn(trace(buffer, first), buffer, file);
        }
        return streams[buffer];
    }

    /** The identity of the trace: that of the first packet, or else the channel's. Writes the metadata. */
    private synchronized UUID trace(int buffer, Taken first) throws IOException {
        if (uuid == null) {
            final UUID decided = first != null
                    && CtfPacket.isPacket(first.memory(), first.length(), buffer, first.sequence())
                            ? CtfPacket.uuid(first.memory()) : made;
            CtfMetadata.replace(output(), decided);
            uuid = decided;
        }
        return uuid;
    }

    @Override
    protected void end(int buffer, FileChannel file, BufferStats counters) throws IOException {
        stream(buffer, file, null).finish(lost.applyAsLong(counters), counters.produced());
    }
}
