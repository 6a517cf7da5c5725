// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/**
 * Chooses the shared buffer that a thread writes to. Called for each {@link Channel#write} and {@link
 * Channel#writer()}, on any platform or virtual thread; must be quick, must not block and must not allocate.
 *
 * <p>The choice is a hint: a thread may move to another CPU at any time, and a reservation stays valid in the buffer it
 * was made in. Records of one thread are in order within one buffer only.
 */
@FunctionalInterface
public interface CpuSelector {
    /**
     * Chooses a buffer.
     *
     * @param bufferCount shared buffers of the channel, 1 or more
     * @return 0 to {@code bufferCount - 1}
     */
    int select(int bufferCount);

    /**
     * Spreads threads over the buffers by their id, in pure Java: a thread keeps its buffer, and threads that were
     * started one after the other get different ones. The default.
     *
     * @return the selector
     */
    static CpuSelector striped() {
        return StripedSelector.INSTANCE;
    }

    /**
     * The number of the CPU that the thread runs on, from {@code sched_getcpu(3)} through the linker, modulo the buffer
     * count. Needs native access ({@code --enable-native-access}) and Linux; where either is missing it is
     * {@link #striped()}, without a warning.
     *
     * @return the selector
     */
    static CpuSelector cpuId() {
        return CpuIdSelector.isAvailable() ? CpuIdSelector.INSTANCE : StripedSelector.INSTANCE;
    }
}
