// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
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

    /** Opens a channel of two buffers in one file, writes into both, and reads the file without the channel. */
    public static void main(String[] arguments) throws IOException {
        final Path file = Files.createTempDirectory("exported").resolve("buffers");
        final Exported storage = new Exported(file);
        try (Channel channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(64).subBufferCount(2)
                .bufferCount(2).storage(storage).build())) {
            for (int i = 0; i < channel.bufferCount(); i++) {
                final byte[] text = ("written to cpu" + i).getBytes(US_ASCII);
                channel.writer(i).write(text, 0, text.length);
            }
            final byte[] bytes = Files.readAllBytes(file);
            storage.regions().forEach((name, region) -> System.out.println(file + " at " + region.offset() + ": "
                    + name + ", " + region.size() + " bytes" + (name.startsWith("cpu")
                    ? ", begins with: " + new String(bytes, (int) region.offset(), 15, US_ASCII) : "")));
        }
        System.out.println(Files.exists(file) ? file + " is still there" : "closed, and the file is gone");
        Files.delete(file.getParent());
    }
}
