// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.BufferStats;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** After the fact: what would have held, from the counters of a channel. */
final class Advice {
    private Advice() {
    }

    /** The base name of the channel in a directory; null if there is none. */
    static String channelIn(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return null;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\..+\\.control"))
                    .map(name -> name.substring(1, name.length() - ".control".length())).sorted().findFirst()
                    .orElse(null);
        }
    }

    /** The advice, line by line. */
    static List<String> of(Path directory, String base) throws IOException {
        final List<String> lines = new ArrayList<>();
        try (MappedChannel channel = MappedChannel.open(directory, base)) {
            int needed = 2;
            for (int i = 0; i < channel.bufferCount(); i++) {
                final BufferStats stats = channel.stats(i);
                final int count = needed(stats, channel.subBufferCount(), channel.subBufferSize(),
                        channel.headerBytes());
                needed = Math.max(needed, count);
                lines.add(String.format(Locale.ROOT, "cpu %d: produced %,d, at most %,d of %d in use, lost %,d records "
                        + "(%,d bytes): %d would have held", i, stats.produced(), stats.maxBacklog(),
                        channel.subBufferCount(), stats.lostRecords(), stats.lostBytes(), count));
            }
            final int power = needed == 1 ? 1 : Integer.highestOneBit(needed - 1) << 1;
            lines.add(String.format(Locale.ROOT, "-b %s -n %d would have held (has -n %d)%s",
                    Quantity.option(channel.subBufferSize()), power, channel.subBufferCount(),
                    channel.mode() == Mode.OVERWRITE ? "; overwrite mode: to keep the consumer from being overtaken"
                    : ""));
            lines.add("assumed: what was lost was lost in one go, and sub-buffers had the mean padding of those seen");
        }
        return lines;
    }

    /** Sub-buffers that would have held what was lost as well. */
    static int needed(BufferStats stats, int count, int size, int header) {
        final long lost = stats.lostBytes() + stats.overwrittenBytes();
        if (lost == 0L) {
            return (int) Math.min(stats.maxBacklog() + 1L, 1L << 30);
        }
        final double padding = stats.deliveredSubBuffers() == 0L ? 0.0
                : (double) stats.paddingBytes() / stats.deliveredSubBuffers();
        return (int) Math.min(count + Math.ceil(lost / Math.max(1.0, size - header - padding)) + 1.0, 1L << 30);
    }
}
