// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.MappedChannel;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What is new since the last look: in a channel, looked at by snapshots and without consuming, or in a growing file.
 *
 * <p>To be used by one thread.
 */
public final class Tail implements AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final MappedChannel channel;
    private final FileChannel file;
    private final TailLines[] lines;
    private final long[] sequences;
    private final int[] offsets;

    /**
     * A line to be shown.
     *
     * @param cpu the buffer
     * @param timestamp klog's time, ns since 1970; 0 in other formats
     * @param text the text, without its end
     * @param unseen if above 0: not a line, but this many sub-buffers that were gone before they could be looked at
     */
    public record Line(int cpu, long timestamp, String text, long unseen) {
    }

    private Tail(MappedChannel channel, FileChannel file, int count, TailFormat format) {
        this.channel = channel;
        this.file = file;
        this.lines = new TailLines[count];
        this.sequences = new long[count];
        this.offsets = new int[count];
        for (int i = 0; i < count; i++) {
            lines[i] = new TailLines(i, format);
            sequences[i] = -1L;
        }
    }

    /**
     * Looks at a channel.
     *
     * @param channel the channel, which stays the caller's to close
     * @param format how to show it
     * @return the tail
     */
    public static Tail of(MappedChannel channel, TailFormat format) {
        return new Tail(channel, null, channel.bufferCount(), format);
    }

    /**
     * Looks at a file that a collector writes.
     *
     * @param file the file
     * @param format how to show it
     * @return the tail; close it
     * @throws IOException if the file cannot be opened
     */
    public static Tail of(Path file, TailFormat format) throws IOException {
        return new Tail(null, FileChannel.open(file, StandardOpenOption.READ), 1, format);
    }

    /**
     * What is new.
     *
     * @param last whether nothing more will be asked, so that an unfinished line is a line
     * @return the lines, buffer by buffer, each oldest first
     * @throws IOException if the file cannot be read
     */
    public List<Line> poll(boolean last) throws IOException {
        final List<Line> found = new ArrayList<>();
        if (file != null) {
            final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
            while (file.read(chunk) > 0) {
                lines[0].addStream(chunk.flip(), found);
                chunk.clear();
            }
        } else {
            for (int i = 0; i < lines.length; i++) {
                look(i, found);
            }
        }
        for (final TailLines source : lines) {
            if (last) {
                source.end(found);
            }
        }
        return found;
    }

    private void look(int cpu, List<Line> found) {
        for (final SubBuffer copy : channel.snapshot(cpu).subBuffers()) {
            final long expected = sequences[cpu];
            if (copy.sequence() < expected) {
                continue;
            }
            if (expected >= 0L && copy.sequence() > expected + 1L) {
                found.add(new Line(cpu, 0L, "", copy.sequence() - expected - 1L));
                lines[cpu].restart();
            }
            final int from = copy.sequence() == expected ? offsets[cpu] : channel.geometry().headerBytes();
            if (copy.length() > from) {
                lines[cpu].add(copy, from, found);
            }
            sequences[cpu] = copy.sequence();
            offsets[cpu] = Math.max(from, copy.length());
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
