// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.apps.record.Recording;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        return new ProgressLine(recording, !quiet && isTerminal());
    }

    /** Whether stderr is a terminal; {@link java.io.Console} answers for stdin and stdout only. */
    private static boolean isTerminal() {
        try {
            final String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
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
