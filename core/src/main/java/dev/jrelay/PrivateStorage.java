// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory that no other process sees; see {@link Storage#memory()} and {@link Storage#heap()}. */
enum PrivateStorage implements Storage {
    NATIVE {
        @Override
        public MemorySegment create(String name, long size, Arena arena) {
            return arena.allocate(size, ControlWords.LINE);
        }
    },
    HEAP {
        @Override
        public MemorySegment create(String name, long size, Arena arena) throws IOException {
            if (size > MAX_ARRAY) {
                throw new IOException(name + ": " + size + " bytes: a buffer on the heap has at most " + MAX_ARRAY);
            }
            return MemorySegment.ofArray(new byte[(int) size]);
        }
    };

    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    @Override
    public MemorySegment createControl(String name, long size, Arena arena) {
        return MemorySegment.ofArray(new long[Math.toIntExact(size / Long.BYTES)]); // far below 2^31
    }

    @Override
    public void remove(String name) {
        // the arena or the garbage collector frees the memory
    }

    @Override
    public boolean isShared() {
        return false;
    }
}
