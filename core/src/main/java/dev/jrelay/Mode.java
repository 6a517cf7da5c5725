// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** What happens when a writer needs a sub-buffer that holds data nobody has consumed yet. */
public enum Mode {
    /**
     * The default: a write that would need an unconsumed sub-buffer fails with {@link Result#FULL} and is counted as
     * lost. Data that was accepted is never destroyed; what is lost is the newest.
     */
    NO_OVERWRITE,

    /**
     * Flight recorder: the oldest sub-buffer is overwritten, whether consumed or not, and its records are counted as
     * overwritten. Writes never fail for want of space; what is lost is the oldest.
     */
    OVERWRITE
}
