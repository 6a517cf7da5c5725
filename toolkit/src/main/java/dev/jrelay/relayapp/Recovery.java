// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.Consumer;
import dev.jrelay.CrashImage;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.klog.KlogReader;
import dev.jrelay.klog.KlogRecord;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Saves what a process that was killed left in its channel: everything delivered and not consumed, byte for byte, then
 * the stable part of the sub-buffer that was being written. Nothing is invented: bytes that are not known to belong to
 * finished records are left out and counted, unless the records verify themselves (klog).
 *
 * <p>The channel's files stay as they are, so that a recovery can be repeated. What a collector had consumed before is
 * in the collector's files and not here.
 */
public final class Recovery {
    private final Path directory;
    private final String base;
    private final boolean klog;
    private final boolean assumeDead;

    /**
     * What was found in one buffer.
     *
     * @param cpu the buffer
     * @param file where it was saved
     * @param subBuffers whole sub-buffers saved
     * @param records records saved
     * @param bytes bytes saved, headers included
     * @param partialBytes of these, bytes of sub-buffers that were not complete
     * @param unstable sub-buffers in which a writer died in the middle of a record
     * @param missingRecords records that were finished, at most, and cannot be told from unfinished ones beside them
     * @param missingBytes bytes that were reserved in unstable sub-buffers, at most, and are not saved
     */
    public record Found(int cpu, Path file, long subBuffers, long records, long bytes, long partialBytes,
            long unstable, long missingRecords, long missingBytes) {
        /**
         * What is missing, in words.
         *
         * @return a line, or null if nothing is missing
         */
        public String problem() {
            return unstable == 0L ? null : "cpu " + cpu + ": MISSING up to " + missingRecords
                    + " finished records, and "
                    + missingBytes + " bytes reserved at most: a writer was killed in the middle of a record, in "
                    + unstable + (unstable == 1L ? " sub-buffer" : " sub-buffers")
                    + "; smaller sub-buffers (-b) would have kept more";
        }
    }

    /**
     * Recovers a channel.
     *
     * @param directory where its files are
     * @param base its name
     * @param klog whether its records are klog's, so that those in unstable sub-buffers can be verified one by one
     * @param assumeDead whether a process that cannot be seen and gives no sign of life counts as dead
     */
    public Recovery(Path directory, String base, boolean klog, boolean assumeDead) {
        this.directory = directory;
        this.base = base;
        this.klog = klog;
        this.assumeDead = assumeDead;
    }

    /**
     * Saves everything.
     *
     * @param output directory for the files {@code base0}, {@code base1}, …, created if it does not exist
     * @param replace whether existing files are replaced
     * @return what was found, for each buffer
     * @throws IOException if the channel or a file cannot be opened or written
     * @throws IllegalStateException if the process that writes, or one that consumes, is alive, or the former may be
     */
    public List<Found> run(Path output, boolean replace) throws IOException {
        try (MappedChannel channel = MappedChannel.open(directory, base)) {
            checkDead(channel);
            Directories.refuseRun(output);
            final List<Path> files = Directories.prepare(output, base, channel.bufferCount(), replace,
                    directory);
            final List<Found> found = new ArrayList<>();
            try (CrashImage image = CrashImage.open(directory, base)) {
                for (int i = 0; i < channel.bufferCount(); i++) {
                    final Consumer claim = channel.consumer(i); // so that no living collector takes from it meanwhile
                    try {
                        found.add(save(image.parts(i), channel.geometry().headerBytes(), i, files.get(i)));
                    } finally {
                        claim.close();
                    }
                }
            }
            return found;
        }
    }

    private void checkDead(MappedChannel channel) {
        final Life life = channel.writerLife();
        if (life == Life.ALIVE) {
            throw new IllegalStateException(directory + ": process " + channel.writerPid()
                    + " is alive and has the channel open; for a copy of a living one see relay snapshot");
        }
        if (life == Life.UNKNOWN && !assumeDead) {
            throw new IllegalStateException(directory + ": process " + channel.writerPid() + " cannot be seen from here"
                    + " (it is of another PID namespace, or hidden) and has given no sign of life for "
                    + Times.text(channel.heartbeatAgeMillis() * 1_000_000L)
                    + ": whether it has ended or is stopped cannot be known; --assume-dead says that it has ended");
        }
    }

    private Found save(List<CrashImage.Part> parts, int headerBytes, int cpu, Path file) throws IOException {
        long whole = 0L;
        long records = 0L;
        long bytes = 0L;
        long partial = 0L;
        long unstable = 0L;
        long missingRecords = 0L;
        long missingBytes = 0L;
        try (FileChannel channel = Directories.open(file)) {
            for (final CrashImage.Part part : parts) {
                if (part.state() == CrashImage.State.UNSTABLE) {
                    final long[] salvaged = klog ? salvage(part, headerBytes, file, channel) : new long[2];
                    unstable++;
                    records += salvaged[0];
                    bytes += salvaged[1];
                    partial += salvaged[1];
                    missingRecords += Math.max(0L, part.records() - salvaged[0]);
                    missingBytes += Math.max(0L, part.length() - headerBytes - salvaged[1]);
                } else {
                    Directories.write(file, channel, part.memory().asSlice(0L, part.length()).asByteBuffer());
                    records += part.records();
                    bytes += part.length();
                    whole += part.state() == CrashImage.State.STABLE ? 0L : 1L;
                    partial += part.state() == CrashImage.State.STABLE ? part.length() : 0L;
                }
            }
        }
        return new Found(cpu, file, whole, records, bytes, partial, unstable, missingRecords, missingBytes);
    }

    /** Saves the records of an unstable sub-buffer that prove to be whole; returns how many, and their bytes. */
    private static long[] salvage(CrashImage.Part part, int headerBytes, Path file, FileChannel channel)
            throws IOException {
        final KlogReader reader = new KlogReader();
        final long from = headerBytes + 7L & -8L;
        final long[] salvaged = new long[2];
        if (from > part.length()) {
            return salvaged;
        }
        for (reader.wrap(part.memory(), part.sequence(), from, part.length()); reader.next();) {
            final long start = reader.offset() - KlogRecord.HEADER_BYTES;
            final int size = KlogRecord.size(reader.length());
            Directories.write(file, channel, part.memory().asSlice(start, size).asByteBuffer());
            salvaged[0]++;
            salvaged[1] += size;
        }
        return salvaged;
    }
}
