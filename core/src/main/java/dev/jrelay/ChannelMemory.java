// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a channel has from its storage: the memory of each buffer, the control page, and the names of all of them. */
final class ChannelMemory {
    private static final int OS_PAGE = 4096;
    private static final long PAUSE_NANOS = 10_000_000L;

    final ControlPage page;
    final MemorySegment[] data;
    private final Arena arena;
    private final Storage storage;
    private final List<String> names;

    private ChannelMemory(ControlPage page, MemorySegment[] data, Arena arena, Storage storage, List<String> names) {
        this.page = page;
        this.data = data;
        this.arena = arena;
        this.storage = storage;
        this.names = names;
    }

    /** Creates all of it, or leaves nothing behind. The page is not published yet. */
    static ChannelMemory create(ChannelConfig config) throws IOException {
        final Storage storage = config.storage();
        final String base = config.baseName();
        final long bufferSize = config.geometry().bufferSize();
        final Arena arena = Arena.ofShared();
        final List<String> names = new ArrayList<>();
        try {
            final MemorySegment[] data = new MemorySegment[config.bufferCount()];
            for (int i = 0; i < data.length; i++) {
                final String name = ChannelFiles.bufferName(base, i);
                final MemorySegment memory = storage.create(name, bufferSize, arena);
                names.add(name);
                data[i] = check(name, memory, bufferSize, byte[].class);
                if (config.preTouch()) {
                    touch(data[i]);
                }
            }
            final String name = ChannelFiles.controlName(base);
            final long size = ControlPage.size(config.geometry(), data.length);
            final MemorySegment memory = storage.createControl(name, size, arena);
            names.add(name);
            final ControlPage page = ControlPage.create(check(name, memory, size, long[].class), config);
            return new ChannelMemory(page, data, arena, storage, names);
        } catch (IOException | RuntimeException | Error failure) {
            remove(storage, names, failure);
            arena.close();
            throw failure;
        }
    }

    private static MemorySegment check(String name, MemorySegment memory, long size, Class<?> array) {
        final boolean fits = memory.heapBase().map(array::isInstance).orElse(memory.isNative());
        if (!fits || memory.byteSize() < size || memory.isReadOnly() || (memory.address() & 7L) != 0L) {
            throw new IllegalArgumentException(name + ": " + memory + ": must be writable, native memory or a "
                    + array.getSimpleName() + ", of " + size + " bytes, 8-aligned");
        }
        return memory.asSlice(0L, size);
    }

    private static void touch(MemorySegment memory) {
        for (long at = 0L; at < memory.byteSize(); at += OS_PAGE) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
    }

    private static void remove(Storage storage, List<String> names, Throwable failure) {
        for (final String name : names) {
            try {
                storage.remove(name);
            } catch (IOException | RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
        }
    }

    /** Removes the names; the memory stays. The control file goes first, so that nobody finds half a channel. */
    void removeNames() throws IOException {
        final IOException failure = new IOException("cannot remove all of " + names);
        remove(storage, names.reversed(), failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    void free() {
        free(arena);
    }

    /** Frees memory, at once if nothing is in the way, else when the last system call into it has ended. */
    static void free(Arena arena) {
        if (!tryFree(arena)) {
            Thread.ofPlatform().daemon().name("relay-free").start(() -> {
                while (!tryFree(arena)) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            });
        }
    }

    private static boolean tryFree(Arena arena) {
        try {
            arena.close();
        } catch (IllegalStateException inUse) {
            // or closed already
        }
        return !arena.scope().isAlive();
    }
}
