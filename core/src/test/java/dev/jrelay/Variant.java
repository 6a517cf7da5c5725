// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** The four kinds of buffer that behave alike but for what their name says. */
enum Variant {
    SHARED_NO_OVERWRITE(Mode.NO_OVERWRITE, false),
    SHARED_OVERWRITE(Mode.OVERWRITE, false),
    EXCLUSIVE_NO_OVERWRITE(Mode.NO_OVERWRITE, true),
    EXCLUSIVE_OVERWRITE(Mode.OVERWRITE, true);

    final Mode mode;
    final boolean exclusive;

    Variant(Mode mode, boolean exclusive) {
        this.mode = mode;
        this.exclusive = exclusive;
    }

    boolean overwrites() {
        return mode == Mode.OVERWRITE;
    }

    /** A channel with one buffer of this kind, in memory. */
    ChannelConfig.Builder config(int subBufferSize, int subBufferCount, int headerBytes) {
        return ChannelConfig.builder("test").mode(mode).exclusive(exclusive).bufferCount(1)
                .subBufferSize(subBufferSize).subBufferCount(subBufferCount).headerBytes(headerBytes);
    }

    Rig open(int subBufferSize, int subBufferCount, int headerBytes) {
        return new Rig(this, config(subBufferSize, subBufferCount, headerBytes).build());
    }

    Rig open(int subBufferSize, int subBufferCount, int headerBytes, Callbacks callbacks) {
        return new Rig(this, config(subBufferSize, subBufferCount, headerBytes).callbacks(callbacks).build());
    }
}
