// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * A process of the model as a stackful coroutine: the kernel's own code, stopped in front of each step. It stands on
 * the JDK's continuations, the half of a virtual thread without the scheduler, because a switch then costs a fraction
 * of a microsecond and all processes run on one thread, in the order that the test wants.
 */
final class Coroutine {
    private static final MethodHandle NEW;
    private static final MethodHandle RUN;
    private static final MethodHandle YIELD;
    private static final Object SCOPE;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            final Class<?> type = Class.forName("jdk.internal.vm.Continuation");
            final Class<?> scope = Class.forName("jdk.internal.vm.ContinuationScope");
            NEW = lookup.findConstructor(type, MethodType.methodType(void.class, scope, Runnable.class))
                    .asType(MethodType.methodType(Object.class, Object.class, Runnable.class));
            RUN = lookup.findVirtual(type, "run", MethodType.methodType(void.class))
                    .asType(MethodType.methodType(void.class, Object.class));
            YIELD = lookup.findStatic(type, "yield", MethodType.methodType(boolean.class, scope))
                    .asType(MethodType.methodType(boolean.class, Object.class));
            SCOPE = lookup.findConstructor(scope, MethodType.methodType(void.class, String.class))
                    .invoke("process");
        } catch (Throwable e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The one that runs now; all of them share a thread. */
    private static Coroutine running;

    final String process;
    private final Object continuation;
    private Throwable failure;
    private boolean ended;
    private String accessor = "";
    private long a;
    private long b;
    private long c;
    private long d;
    private long result;
    private boolean free;

    Coroutine(String process, Runnable body) {
        this.process = process;
        try {
            continuation = NEW.invokeExact(SCOPE, (Runnable) () -> {
                try {
                    body.run();
                } catch (Throwable e) {
                    failure = e;
                }
                ended = true;
            });
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the step that the process stands in front of, and goes on to the next one. */
    void resume() {
        running = this;
        try {
            RUN.invokeExact(continuation);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            running = null;
        }
    }

    /** What ended it, if that was no return; else null. */
    Throwable failure() {
        return failure;
    }

    /** Called on a process in front of a step; nothing happens while no process runs. */
    static void pause(String accessor, long a, long b, long c, long d) {
        final Coroutine self = running;
        if (self == null || self.free) {
            return;
        }
        self.accessor = accessor;
        self.a = a;
        self.b = b;
        self.c = c;
        self.d = d;
        try {
            final boolean ignored = (boolean) YIELD.invokeExact(SCOPE);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The one that runs now, or null. */
    static Coroutine running() {
        return running;
    }

    /** Goes on to its end in one go from here. */
    void setFree() {
        free = true;
    }

    void setResult(long newResult) {
        result = newResult;
    }

    /** What the last step came to. */
    long result() {
        return result;
    }

    boolean ended() {
        return ended;
    }

    /** The step that comes next. */
    String accessor() {
        return accessor;
    }

    /** An argument of the step that comes next. */
    long argument(int index) {
        return switch (index) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            default -> d;
        };
    }

    @Override
    public String toString() {
        return ended ? "nothing, it has ended" : accessor + "(" + a + ", " + b + ", " + c + ", " + d + ")";
    }
}
