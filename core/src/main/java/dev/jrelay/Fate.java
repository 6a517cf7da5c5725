// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** What became of accepted records that are no longer pending; each has a {@link Tally} in the control words. */
enum Fate {
    /** Consumed. */
    DELIVERED,
    /** Overwritten before they were consumed. */
    OVERWRITTEN,
    /** Dropped unread: by a reset, a consumer that jumped ahead, or one that passed a held sub-buffer. */
    SKIPPED,
    /** Reserved and given up; their bytes stay in their sub-buffers. */
    ABORTED
}
