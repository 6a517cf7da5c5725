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

    /**
     * Fills a record that {@code write} is about to copy to an offset of the data; so late, it knows its sub-buffer.
     */
    void fill(byte[] record, long to);

    /** The position of the record, reserved and not yet committed, at an offset of the data. */
    long position(long to);

    /** Whether a process only looks for something to do, and has nothing else left; the model has no steps for that. */
    boolean idles(String process);

    /**
     * What ends a client's call in its middle, after this access: a read of the current sub-buffer, if that has become
     * whole, or if it has read something.
     *
     * @return null to go on
     */
    Seam.Abandoned abandon(String process, String accessor, long a, long result);

    /** The shared words, as {@link Visible} lays them out; but for the permit, which nobody but the JVM can see. */
    int[] visible();

    /** The kernel's sequence at a distance from the first one. */
    long sequence(int delta);

    /** The position of a record; the offset in bytes of the kernel. */
    long position(int delta, int offset);

    /** A tail word; the offset in bytes of the kernel. */
    long tail(int delta, int offset, boolean finalized, boolean paused);

    /** The slot of the sequence at a distance from the first one. */
    int slot(int delta);

    /** Where the commit word of a slot is. */
    long commitOffset(int slot);

    /** A {@code delivered} word that is marked as passed. */
    long passed(int delta);

    /** Whether a {@code delivered} word is marked as passed. */
    boolean isPassed(long delivered);

    /** The number of a cause or fate among its kind. */
    long counter(String name);

    /** The distance of a sequence of the kernel from the first one. */
    int delta(long sequence);

    /** A tail word or a position taken apart: distance from the first sequence, offset, finalized, paused. */
    int[] parts(long tail);
}
