// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.concurrent.locks.LockSupport;

/** The thread, at most one for each buffer of a process, that sleeps until a sub-buffer is delivered. */
final class Waiter {
    private volatile Thread sleeper;

    /** The calling thread is about to sleep; to be called before {@code waiting} is set. */
    void enter() {
        sleeper = Thread.currentThread(); // volatile: seen by a deliverer that sees waiting [M22]
    }

    void leave() {
        sleeper = null; // volatile: as above [M22]
    }

    void wake() {
        LockSupport.unpark(sleeper); // volatile: as above [M22]
    }
}
