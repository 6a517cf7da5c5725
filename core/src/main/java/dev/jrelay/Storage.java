// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Where the memory of a channel comes from, data and control words alike: the {@code create_buf_file} and {@code
 * remove_buf_file} callbacks of relayfs. Three answers are here: {@link #memory()}, {@link #heap()}, {@link #files}; a
 * client may implement it to put buffers into its own segments or file system.
 *
 * <p>{@link Channel#open} creates one memory for each buffer, named {@code base0}, {@code base1}, …, and then one for
 * the control words, named {@code .base.control}; if any of them fails, it removes those it has created.
 * {@link Channel#close()} removes all of them, unless {@link ChannelConfig.Builder#keep} was set.
 */
public interface Storage {
    /**
     * Creates the memory for one buffer.
     *
     * @param name {@code base0} to {@code baseN-1}
     * @param size bytes, a multiple of 8
     * @param arena closed by the channel when nobody uses the memory any more; an implementation that owns its memory
     *     may ignore it
     * @return native memory, mapped or not, or a {@code byte[]}, of at least {@code size} bytes, zeroed, 8-aligned,
     *     writable, accessible from all threads
     * @throws IOException if it cannot be created; nothing may be left behind then
     */
    MemorySegment create(String name, long size, Arena arena) throws IOException;

    /**
     * Creates the memory for the control words; by default as {@link #create} does for a buffer.
     *
     * @param name {@code .base.control}
     * @param size bytes, a multiple of 8
     * @param arena as for {@link #create}; the channel moves the words to the heap before it closes it
     * @return native memory, mapped or not, or a {@code long[]}, of at least {@code size} bytes, zeroed, 8-aligned,
     *     writable, accessible from all threads
     * @throws IOException if it cannot be created; nothing may be left behind then
     */
    default MemorySegment createControl(String name, long size, Arena arena) throws IOException {
        return create(name, size, arena);
    }

    /**
     * Removes what was created under this name. The memory itself must stay usable until the arena is closed.
     *
     * @param name the name given to {@link #create} or {@link #createControl}
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
     * Native memory of this process for the data; the control words lie in an array, where they cost less.
     *
     * @return the storage
     */
    static Storage memory() {
        return PrivateStorage.NATIVE;
    }

    /**
     * Arrays of this process: nothing to free, and a buffer up to 2^31 - 9 bytes. Fill reservations with unaligned
     * layouts ({@code ValueLayout.JAVA_LONG_UNALIGNED}): a {@code byte[]} takes no others.
     *
     * @return the storage
     */
    static Storage heap() {
        return PrivateStorage.HEAP;
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
