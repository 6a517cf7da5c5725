// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Where the memory of a channel comes from: the {@code create_buf_file} and {@code remove_buf_file} callbacks of
 * relayfs. A client may implement it to put buffers into its own segments or file system.
 *
 * <p>{@link Channel#open} creates one memory for each buffer, named {@code base0}, {@code base1}, …, and then one for
 * the control words, named {@code .base.control}; if any of them fails, it removes those it has created.
 * {@link Channel#close()} removes all of them, unless {@link ChannelConfig.Builder#keep} was set.
 */
public interface Storage {
    /**
     * Creates the memory for one buffer, or for the control words.
     *
     * @param name {@code base0} to {@code baseN-1} or {@code .base.control}
     * @param size bytes, a multiple of 8
     * @param arena closed by the channel when nobody uses the memory any more; an implementation that owns its memory
     *     may ignore it
     * @return native or mapped memory of at least {@code size} bytes, zeroed, 8-aligned, writable, accessible from all
     *     threads
     * @throws IOException if it cannot be created; nothing may be left behind then
     */
    MemorySegment create(String name, long size, Arena arena) throws IOException;

    /**
     * Removes what {@link #create} has created under this name. The memory itself must stay usable until the arena is
     * closed.
     *
     * @param name the name given to {@link #create}
     * @throws IOException if it cannot be removed
     */
    void remove(String name) throws IOException;

    /**
     * Whether other processes can map the memory; if so the channel keeps a heartbeat.
     *
     * @return true for files
     */
    default boolean isShared() {
        return true;
    }

    /**
     * Off-heap memory of this process; the control words lie in an array, where they cost less.
     *
     * @return the storage
     */
    static Storage memory() {
        return MemoryStorage.INSTANCE;
    }

    /**
     * Files in an existing directory. They are created for the owner only (0600), never through an existing file or
     * link, and their blocks are really allocated, so that a full disk is an error now and not a fault later. A process
     * that has mapped them keeps the memory until it lets go, also when the files are removed.
     *
     * @param directory where; see {@link RelayDirectory} to create one
     * @return the storage
     */
    static Storage files(Path directory) {
        return new FileStorage(directory);
    }
}
