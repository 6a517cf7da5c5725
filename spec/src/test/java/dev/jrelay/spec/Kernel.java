// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.function.BooleanSupplier;

/** One buffer of the real kernel, set up like a model. Implemented in the kernel's package, on its other side. */
public interface Kernel extends Machine {
    /** When a consumer that does not wait stops looking; by default never. */
    void stopWhen(BooleanSupplier condition);

    /** The shared words, as {@link Visible} lays them out; but for the permit, which nobody but the JVM can see. */
    @Override
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
