// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (or SIGTERM, or the end of the terminal) as a request to end in order: the command's thread finds out,
 * finishes, and the process ends with the command's own exit code. The second signal ends the process at once. While it
 * is open, {@link #await} is where a command waits; nowhere else may it wait for what may never come.
 */
final class StopSignal implements AutoCloseable {
    private static final int KILLED_BY = 128;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Runnable onStop;
    private final Runnable restore;

    /**
     * Begins to listen.
     *
     * @param onStop run on another thread when the signal comes
     */
    StopSignal(Runnable onStop) {
        this.onStop = onStop;
        this.restore = Signals.handle(Signals.END, this::received);
    }

    private void received(int signal) {
        if (isStopped()) {
            Runtime.getRuntime().halt(KILLED_BY + signal);
        }
        stopped.countDown();
        onStop.run();
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

    /** The command is done. */
    @Override
    public void close() {
        restore.run();
    }
}
