// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.MappedChannel;
import dev.jrelay.Snapshot;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The dump of a flight recorder: what the buffers of a channel hold, each in a file, while writers go on. */
public final class SnapshotFiles {
    private SnapshotFiles() {
    }

    /**
     * One file.
     *
     * @param cpu the buffer
     * @param file where its sub-buffers are, oldest first and without padding
     * @param subBuffers how many
     * @param records records in them
     * @param bytes bytes of the file
     * @param first sequence of the first sub-buffer; -1 if there is none
     * @param last sequence of the last one; -1 if there is none
     */
    public record Dump(int cpu, Path file, int subBuffers, long records, long bytes, long first, long last) {
    }

    /**
     * Copies a channel to one file for each buffer. Nothing is consumed.
     *
     * @param channel the channel
     * @param directory where its files are, in which nothing is written
     * @param base its name, and begin of the names of the files
     * @param output where the files go; created if it does not exist
     * @param replace whether existing files are replaced
     * @return what is in the files
     * @throws IOException if a file exists and is not to be replaced, or cannot be written
     */
    public static List<Dump> write(MappedChannel channel, Path directory, String base, Path output, boolean replace)
            throws IOException {
        Directories.refuseRun(output);
        final List<Path> files = Directories.prepare(output, base, channel.bufferCount(), replace, directory);
        final List<Dump> dumps = new ArrayList<>();
        for (int i = 0; i < channel.bufferCount(); i++) {
            try (FileChannel out = Directories.open(files.get(i))) {
                final DumpFile dump = new DumpFile(files.get(i), out);
                channel.snapshot(i, -1L, dump);
                out.truncate(dump.bytes); // what was overwritten while it was copied
                dumps.add(new Dump(i, files.get(i), dump.subBuffers, dump.records, dump.bytes, dump.first, dump.last));
            }
        }
        return dumps;
    }

    /** A file as the copy of what a buffer holds: its bytes go from one to the other, through no memory of ours. */
    private static final class DumpFile implements Snapshot.Target {
        private final Path file;
        private final FileChannel out;
        private int subBuffers;
        private long records;
        private long bytes;
        private long first = -1L;
        private long last = -1L;

        DumpFile(Path file, FileChannel out) {
            this.file = file;
            this.out = out;
        }

        @Override
        public void copy(SubBuffer live) throws IOException {
            out.position(bytes);
            Directories.write(file, out, live.bytes());
        }

        @Override
        public void keep(SubBuffer copied, boolean isComplete) {
            first = subBuffers == 0 ? copied.sequence() : first;
            last = copied.sequence();
            subBuffers++;
            records += copied.records();
            bytes += copied.length();
        }
    }
}
