// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import dev.jrelay.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Buffers in the client's own storage: relayfs' {@code create_buf_file()} and {@code remove_buf_file()}, with which
 * buffers could lie in debugfs instead of relayfs. Here all buffers of a channel lie in one file that belongs to the
 * client, one behind the other, and the client knows where: its own readers map what they want.
 *
 * <pre>
 *   +-----------+-----------+-----+----------------+
 *   |  cpu0     |  cpu1     |  …  |  .cpu.control  |     regions, each at a multiple of 4096
 *   +-----------+-----------+-----+----------------+
 * </pre>
 *
 * <p>Threads: the channel's opening and closing ones.
 */
public final class Exported implements Storage {
    private static final long PAGE = 4096L;

    private final Path file;
    private final Map<String, Region> regions = new LinkedHashMap<>();
    private long end;

    /**
     * Where a buffer lies.
     *
     * @param offset of its first byte in the file
     * @param size bytes
     */
    public record Region(long offset, long size) {
    }

    /**
     * Storage in one file, for one channel.
     *
     * @param file must not exist; deleted when the channel has removed its last buffer
     */
    public Exported(Path file) {
        this.file = file;
    }

    @Override
    public synchronized MemorySegment create(String name, long size, Arena arena) throws IOException {
        if (regions.containsKey(name)) {
            throw new IOException(name + " is in " + file + " already");
        }
        final StandardOpenOption how =
                regions.isEmpty() ? StandardOpenOption.CREATE_NEW : StandardOpenOption.WRITE;
        try (FileChannel channel = FileChannel.open(file, how, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, end, size, arena);
            regions.put(name, new Region(end, size));
            end = end + size + PAGE - 1L & -PAGE;
            return memory;
        }
    }

    @Override
    public synchronized void remove(String name) throws IOException {
        regions.remove(name);
        if (regions.isEmpty()) {
            Files.deleteIfExists(file);
        }
    }

    /**
     * The buffers in the file.
     *
     * @return their places by name, in the order of creation
     */
    public synchronized Map<String, Region> regions() {
        return new LinkedHashMap<>(regions);
    }
}
