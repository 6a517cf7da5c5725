// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap memory; see {@link Storage#memory()}. */
final class MemoryStorage implements Storage {
    static final MemoryStorage INSTANCE = new MemoryStorage();

    private MemoryStorage() {
    }

    @Override
    public MemorySegment create(String name, long size, Arena arena) {
        return arena.allocate(size, ControlWords.LINE);
    }

    @Override
    public void remove(String name) {
        // the arena frees the memory
    }

    @Override
    public boolean isShared() {
        return false;
    }
}
