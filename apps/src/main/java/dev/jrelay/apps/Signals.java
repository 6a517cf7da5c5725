// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Signals of the operating system. The JDK has a class for them, which is not part of the platform's API; it is looked
 * up, since the compiler warns of each use that it may be gone one day. A shutdown hook is no substitute: it sees the
 * first signal only, so that whoever is impatient has nothing left but SIGKILL.
 */
final class Signals {
    /** The signals that ask a process to end. */
    static final List<String> END = List.of("INT", "TERM", "HUP");

    private Signals() {
    }

    /**
     * Has signals handled, each on a thread of its own. Those that are ignored stay so.
     *
     * @param names without SIG
     * @param handler is given the number of the signal
     * @return puts back what was before
     */
    static Runnable handle(List<String> names, IntConsumer handler) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlers},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            handler.accept((int) signal.getMethod("getNumber").invoke(arguments[0]));
                            yield null;
                        }
                        case "hashCode" -> System.identityHashCode(self);
                        case "equals" -> self == arguments[0];
                        default -> "relay";
                    });
            Runnable restore = () -> { };
            for (final String name : names) {
                final Object which = signal.getConstructor(String.class).newInstance(name);
                final Object before = signal.getMethod("handle", signal, handlers).invoke(null, which, proxy);
                restore = then(restore, () -> signal.getMethod("handle", signal, handlers).invoke(null, which, before));
            }
            return restore;
        } catch (ReflectiveOperationException without) {
            return () -> { }; // then a signal ends the process at once, as ever
        }
    }

    private interface Step {
        void run() throws ReflectiveOperationException;
    }

    private static Runnable then(Runnable first, Step second) {
        return () -> {
            first.run();
            try {
                second.run();
            } catch (ReflectiveOperationException impossible) {
                throw new AssertionError(impossible); // it went before
            }
        };
    }
}
