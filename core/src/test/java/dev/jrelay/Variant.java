// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.time.Duration;

/** The kinds of buffer that behave alike but for what their name says; without a third part, in native memory. */
enum Variant {
    SHARED_NO_OVERWRITE(Mode.NO_OVERWRITE, false, Place.MEMORY),
    SHARED_OVERWRITE(Mode.OVERWRITE, false, Place.MEMORY),
    EXCLUSIVE_NO_OVERWRITE(Mode.NO_OVERWRITE, true, Place.MEMORY),
    EXCLUSIVE_OVERWRITE(Mode.OVERWRITE, true, Place.MEMORY),
    SHARED_NO_OVERWRITE_HEAP(Mode.NO_OVERWRITE, false, Place.HEAP),
    SHARED_OVERWRITE_HEAP(Mode.OVERWRITE, false, Place.HEAP),
    EXCLUSIVE_NO_OVERWRITE_HEAP(Mode.NO_OVERWRITE, true, Place.HEAP),
    EXCLUSIVE_OVERWRITE_HEAP(Mode.OVERWRITE, true, Place.HEAP),
    SHARED_NO_OVERWRITE_FILES(Mode.NO_OVERWRITE, false, Place.FILES),
    SHARED_OVERWRITE_FILES(Mode.OVERWRITE, false, Place.FILES),
    EXCLUSIVE_NO_OVERWRITE_FILES(Mode.NO_OVERWRITE, true, Place.FILES),
    EXCLUSIVE_OVERWRITE_FILES(Mode.OVERWRITE, true, Place.FILES);

    /** Where the memory is. */
    enum Place {
        MEMORY, HEAP, FILES
    }

    final Mode mode;
    final boolean exclusive;
    final Place place;

    Variant(Mode mode, boolean exclusive, Place place) {
        this.mode = mode;
        this.exclusive = exclusive;
        this.place = place;
    }

    boolean overwrites() {
        return mode == Mode.OVERWRITE;
    }

    /** A channel with {@code bufferCount} buffers of this kind. */
    ChannelConfig.Builder config(String baseName, int bufferCount) {
        final Storage storage = switch (place) {
            case MEMORY -> Storage.memory();
            case HEAP -> Storage.heap();
            case FILES -> new TemporaryFiles();
        };
        return ChannelConfig.builder(baseName).mode(mode).bufferCount(bufferCount).storage(storage)
                .exclusiveBuffers(exclusive ? bufferCount : 0).tickInterval(Duration.ZERO);
    }

    /** A channel with one buffer of this kind. */
    ChannelConfig.Builder config(int subBufferSize, int subBufferCount, int headerBytes) {
        return config("test", 1).subBufferSize(subBufferSize).subBufferCount(subBufferCount).headerBytes(headerBytes);
    }

    Rig open(int subBufferSize, int subBufferCount, int headerBytes) {
        return new Rig(this, config(subBufferSize, subBufferCount, headerBytes).build());
    }

    Rig open(int subBufferSize, int subBufferCount, int headerBytes, Callbacks callbacks) {
        return new Rig(this, config(subBufferSize, subBufferCount, headerBytes).callbacks(callbacks).build());
    }

    /** A way to write into the buffer: its shared writer, or the exclusive one, to be closed. */
    RecordWriter writer(Channel channel, int index) {
        return exclusive ? channel.exclusiveWriter(index) : channel.writer(index);
    }
}
