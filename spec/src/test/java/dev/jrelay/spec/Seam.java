// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

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
        void before(String accessor, long a, long b, long c, long d);

        /** The step has been made; a boolean result is 1 or 0, none is 0. */
        void after(long result);

        /** {@code write} is about to copy a record to where it belongs; the source can still be filled. */
        default void copying(byte[] source, long to, int length) {
        }

        /** A process has nothing to do before a condition holds; the looks at it are no steps. */
        default void await(BooleanSupplier condition) {
        }

        /** A snapshot has no whole prefix yet and tries again. */
        default void spin() {
            Thread.onSpinWait();
        }

        /** The consumer goes to sleep. */
        default void park(Object blocker, long nanos) {
            LockSupport.parkNanos(blocker, nanos);
        }

        /** A writer wakes the consumer. */
        default void unpark(Thread sleeper) {
            LockSupport.unpark(sleeper);
        }

        /** The clock of the beats. */
        default long nanoTime() {
            return System.nanoTime();
        }

        /** The word of the process that this thread is in. */
        default long self() {
            return 0L;
        }

        /** What is seen of a process: the ordinal of a {@code Life}. */
        default int life(long process) {
            return 0;
        }
    }

    /** Ends a client's call in its middle, as if the client had made another one or none. */
    public static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final long position;

        /** At a position in the buffer; 0 if that is of no interest. */
        public Abandoned(long position) {
            super(null, null, false, false);
            this.position = position;
        }

        public long position() {
            return position;
        }
    }

    private static final Hook NONE = new Hook() {
        @Override
        public void before(String accessor, long a, long b, long c, long d) {
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

    public static void before(String accessor, long a, long b, long c, long d) {
        hook.before(accessor, a, b, c, d);
    }

    public static void after(long result) {
        hook.after(result);
    }

    /** A step of the client: it touches no shared word, or data only. */
    public static void point(String name, long a, long b, long c) {
        hook.before(name, a, b, c, 0L);
        hook.after(0L);
    }

    /** A process has nothing to do before a condition holds. */
    public static void await(BooleanSupplier condition) {
        hook.await(condition);
    }

    /** In front of the copy in {@code RecordWriter.write}. */
    public static void copying(byte[] source, int offset, long to, int length) {
        hook.copying(source, to, length);
    }

    /** In front of a reader's copy: the step is named, what is copied where is not. */
    public static void copy() {
        point("copy", 0L, 0L, 0L);
    }

    /** Takes the place of the CAS by which one thread, the first, lets go of the memory. */
    public static boolean compareAndSet(AtomicBoolean flag, boolean expected, boolean next) {
        return step("settle", 0L, 0L, () -> flag.compareAndSet(expected, next) ? 1L : 0L) != 0L;
    }

    /** Takes the place of a look at the count of who uses the memory. */
    public static int get(AtomicInteger count) {
        return (int) step("get", 0L, 0L, count::get);
    }

    /** Takes the place of the CAS on that count. */
    public static boolean compareAndSet(AtomicInteger count, int expected, int next) {
        return step("compareAndSet", expected, next, () -> count.compareAndSet(expected, next) ? 1L : 0L) != 0L;
    }

    /** Takes the place of its decrement. */
    public static int decrementAndGet(AtomicInteger count) {
        return (int) step("decrementAndGet", 0L, 0L, count::decrementAndGet);
    }

    private static long step(String accessor, long a, long b, LongSupplier access) {
        hook.before(accessor, a, b, 0L, 0L);
        final long result = access.getAsLong();
        hook.after(result);
        return result;
    }

    /** Takes the place of {@link Thread#onSpinWait} in the kernel. */
    public static void onSpinWait() {
        hook.spin();
    }

    /** Takes the place of {@link LockSupport#parkNanos(Object, long)} in the kernel. */
    public static void parkNanos(Object blocker, long nanos) {
        hook.park(blocker, nanos);
    }

    /** Takes the place of {@link LockSupport#unpark} in the kernel. */
    public static void unpark(Thread sleeper) {
        hook.unpark(sleeper);
    }

    /** Takes the place of {@link System#nanoTime} in the beats. */
    public static long nanoTime() {
        return hook.nanoTime();
    }

    /** Takes the place of {@code ProcessId.self} in the claims. */
    public static long self() {
        return hook.self();
    }

    /** Takes the place of {@code ProcessId.life} in the claims; the ordinal of what that returns. */
    public static int life(long process) {
        return hook.life(process);
    }
}
