// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.apps.record.Recording;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;

/** A line on stderr that is renewed once a second while a recording runs, if stderr is a terminal. */
final class ProgressLine implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 1000L;
    private static final String CLEAR = "\r\033[K";

    private final Recording recording;
    private final Thread thread;
    private boolean shown;

    private ProgressLine(Recording recording, boolean isOn) {
        this.recording = recording;
        this.thread = isOn ? Thread.ofPlatform().daemon().name("progress").start(this::run) : null;
    }

    static ProgressLine start(Recording recording, boolean quiet) {
        return new ProgressLine(recording, !quiet && TerminalSize.of(TerminalSize.STDERR) != null);
    }

    private void run() {
        long bytesBefore = 0L;
        long before = System.nanoTime();
        try {
            for (;;) {
                Thread.sleep(INTERVAL_MILLIS);
                final Recording.Progress progress = recording.progress();
                final long now = System.nanoTime();
                show(Sizes.text(progress.bytesRead()) + " read, " + (progress.isChecking() ? "checking the output, "
                        : Rates.text(progress.bytesRead() - bytesBefore, now - before) + ", ")
                        + Sizes.count(progress.lostRecords()) + " lost");
                bytesBefore = progress.bytesRead();
                before = now;
            }
        } catch (InterruptedException ended) {
            // by close
        }
    }

    private synchronized void show(String text) {
        if (!Thread.currentThread().isInterrupted()) {
            shown = true;
            System.err.print(CLEAR + text);
            System.err.flush();
        }
    }

    @Override
    public void close() {
        clear();
    }

    /** Ends it and clears the line. Idempotent. */
    synchronized void clear() {
        if (thread != null) {
            thread.interrupt();
        }
        if (shown) {
            shown = false;
            System.err.print(CLEAR);
            System.err.flush();
        }
    }
}
