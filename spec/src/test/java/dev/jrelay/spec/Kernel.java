// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.function.BooleanSupplier;

/** One buffer of the real kernel, set up like a model. Implemented in the kernel's package, on its other side. */
public interface Kernel {
    /** Brings the buffer into its initial state. */
    void reset();

    /**
     * What a process of the model does, from its beginning to its end.
     *
     * @param process its name in the configuration
     */
    Runnable body(String process);

    /** When a consumer that does not wait stops looking; by default never. */
    void stopWhen(BooleanSupplier condition);

    /** The shared words, as {@link Visible} lays them out; but for the permit, which nobody but the JVM can see. */
    int[] visible();

    /** The kernel's sequence at a distance from the first one. */
    long sequence(int delta);

    /** A tail word, or without flags the position of a record; the offset in bytes of the kernel. */
    long tail(int delta, int offset, boolean finalized, boolean paused);

    /** The slot of the sequence at a distance from the first one. */
    int slot(int delta);

    /** The word that counts this cause or fate: its records, or its sub-buffers if it has both. */
    long counter(String name);

    /** The distance of a sequence of the kernel from the first one. */
    int delta(long sequence);

    /** A tail word or a position taken apart: distance from the first sequence, offset, finalized, paused. */
    int[] parts(long tail);
}
