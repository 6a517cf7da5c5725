// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.time.Instant;

/**
 * Identifies a process in a shared word: its pid in the high half, the second it was started (to tell it from a later
 * process with the same pid) in the low half. 0 is nobody.
 */
final class ProcessId {
    private static final long SELF = of(ProcessHandle.current());

    private ProcessId() {
    }

    static long self() {
        return SELF;
    }

    private static long of(ProcessHandle process) {
        final long started = process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
        return process.pid() << 32 | started & 0xffff_ffffL;
    }

    static long pid(long id) {
        return id >>> 32;
    }

    /** Whether the process runs. If its start is unknown, a process with that pid counts. */
    static boolean isAlive(long id) {
        if (id == SELF) {
            return true;
        }
        return ProcessHandle.of(pid(id)).filter(ProcessHandle::isAlive)
                .map(process -> (int) of(process) == 0 || (int) id == 0 || of(process) == id).orElse(false);
    }
}
