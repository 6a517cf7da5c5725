// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.concurrent.locks.LockSupport;

/**
 * Where the instrumented kernel reports each access to a shared word. The shipped classes call nothing here: the calls
 * are woven in by {@link Instrumenter} when a test loads the kernel.
 */
public final class Seam {
    /** Sees every step of the kernel and of its clients, on the thread that makes it. */
    public interface Hook {
        /**
         * A step is about to be made.
         *
         * @param accessor the name and the number of arguments, as in {@code casTail/2}
         */
        void before(String accessor, long a, long b, long c);

        /** The step has been made; a boolean result is 1 or 0, none is 0. */
        void after(long result);

        /** The consumer goes to sleep. */
        default void park(Object blocker, long nanos) {
            LockSupport.parkNanos(blocker, nanos);
        }

        /** A writer wakes the consumer. */
        default void unpark(Thread sleeper) {
            LockSupport.unpark(sleeper);
        }
    }

    private static final Hook NONE = new Hook() {
        @Override
        public void before(String accessor, long a, long b, long c) {
        }

        @Override
        public void after(long result) {
        }
    };

    private static volatile Hook hook = NONE;

    private Seam() {
    }

    /** Installs a hook; null for none. */
    static void install(Hook newHook) {
        hook = newHook == null ? NONE : newHook;
    }

    public static void before(String accessor, long a, long b, long c) {
        hook.before(accessor, a, b, c);
    }

    public static void after(long result) {
        hook.after(result);
    }

    /** A step of the client: it touches no shared word, or data only. */
    public static void point(String name, long a, long b, long c) {
        hook.before(name, a, b, c);
        hook.after(0L);
    }

    /** Takes the place of {@link LockSupport#parkNanos(Object, long)} in the kernel. */
    public static void parkNanos(Object blocker, long nanos) {
        hook.park(blocker, nanos);
    }

    /** Takes the place of {@link LockSupport#unpark} in the kernel. */
    public static void unpark(Thread sleeper) {
        hook.unpark(sleeper);
    }
}
