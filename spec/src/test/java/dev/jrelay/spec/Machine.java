// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

/** A part of the real kernel, set up like a model, that can be replayed. Implemented in the kernel's package. */
public interface Machine {
    /** Brings it into its initial state. */
    void reset();

    /**
     * What a process of the model does, from its beginning to its end.
     *
     * @param process its name in the configuration
     */
    Runnable body(String process);

    /** What both sides can see, as the model's view lays it out. */
    int[] visible();

    /** Whether an access is a step of the model. */
    default boolean isStep(String accessor) {
        return true;
    }

    /** Whether a process waits for something that is no access; the model has no steps for that. */
    default boolean idles(String process) {
        return false;
    }

    /**
     * What ends a client's call in its middle, after this access: a read of the current sub-buffer, if that has become
     * whole, or if it has read something.
     *
     * @return null to go on
     */
    default Seam.Abandoned abandon(String process, String accessor, long a, long result) {
        return null;
    }

    /** A step of the world: time passes, or a process is stopped or dies; the state is the one after it. */
    default void happen(String action, int[] state) {
        throw new IllegalStateException("nothing like " + action + " happens here");
    }

    /** Fills a record that {@code write} is about to copy to an offset of the data, with what tells its sub-buffer. */
    default void fill(byte[] record, long to) {
    }

    /** The position of the record, reserved and not yet committed, at an offset of the data. */
    default long position(long to) {
        return 0L;
    }

    /** The machine's clock, ns. */
    default long nanoTime() {
        return System.nanoTime();
    }

    /** The word that stands for the process that a thread is in. */
    default long self(String thread) {
        throw new IllegalStateException("no word for " + thread);
    }

    /** What a thread sees of a process: the ordinal of a {@code Life}. */
    default int life(String thread, long process) {
        throw new IllegalStateException(thread + " sees nobody");
    }
}
