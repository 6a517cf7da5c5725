// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (or SIGTERM) as a request to end in order: the command's thread finds out, finishes, and the process ends with
 * the command's own exit code. While it is open, {@link #await} is where a command waits.
 */
final class StopSignal implements AutoCloseable {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;
    private volatile int exitCode;

    /**
     * Begins to listen.
     *
     * @param onStop run on another thread when the signal comes
     */
    StopSignal(Runnable onStop) {
        hook = new Thread(() -> stopAndWait(onStop), "signal");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void stopAndWait(Runnable onStop) {
        stopped.countDown();
        onStop.run();
        try {
            ended.await();
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    boolean isStopped() {
        return stopped.getCount() == 0L;
    }

    /** Waits for the signal; true if it came. */
    boolean await(Duration atMost) throws InterruptedException {
        return stopped.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the signal, for as long as it takes. */
    void await() throws InterruptedException {
        stopped.await();
    }

    /** What the process returns if the signal has come. */
    int exitWith(int code) {
        exitCode = code;
        return code;
    }

    /** The command is done. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // it runs already
        }
    }
}
