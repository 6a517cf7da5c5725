// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts messages and keeps none: what the benchmark itself costs, contained in every other row. The count is an opaque
 * store for each message, which the compiler can neither drop nor join with the next one.
 */
final class NoSubject extends Subject {
    private static final VarHandle WRITTEN = writtenHandle();

    private long written;
    private long drained;

    private static VarHandle writtenHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(NoSubject.class, "written", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private int count(int messages) {
        for (int i = 0; i < messages; i++) {
            WRITTEN.setOpaque(this, written + 1L);
        }
        return messages;
    }

    @Override
    Writer newWriter() {
        return new Writer() {
            @Override
            int write(int count) {
                return count(count);
            }

            @Override
            int events(int count) {
                return count(count);
            }
        };
    }

    @Override
    long drain() {
        final long taken = written - drained;
        drained = written;
        return taken;
    }
}
