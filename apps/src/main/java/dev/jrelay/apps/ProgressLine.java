// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.apps.record.Recording;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Sizes;
import dev.jrelay.watch.ChannelWatch;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** A line on stderr that is renewed once a second while something runs, if stderr is a terminal. */
final class ProgressLine implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 1000L;
    private static final String CLEAR = "\r\033[K";

    private final Supplier<String> text;
    private Thread thread;
    private boolean shown;

    /** A line that is not shown yet. */
    ProgressLine(Supplier<String> text) {
        this.text = text;
    }

    /** Shows it from now on. */
    void start() {
        if (TerminalSize.of(TerminalSize.STDERR) != null) {
            thread = Thread.ofPlatform().daemon().name("progress").start(this::run);
        }
    }

    /** What a recording does. */
    static Supplier<String> of(Recording recording) {
        return new Supplier<>() {
            private long bytesBefore;
            private long before = System.nanoTime();

            @Override
            public String get() {
                final Recording.Progress progress = recording.progress();
                final long now = System.nanoTime();
                final String line = Sizes.text(progress.bytesRead()) + " read, "
                        + (progress.isChecking() ? "checking the output, "
                                : Rates.text(progress.bytesRead() - bytesBefore, now - before) + ", ")
                        + Sizes.count(progress.lostRecords()) + " lost";
                bytesBefore = progress.bytesRead();
                before = now;
                return line;
            }
        };
    }

    /** What a consumer has taken from a channel, how far it is behind, and what was lost meanwhile. */
    static String of(ChannelWatch.Reading sum) {
        return Sizes.count(sum.stats().consumed()) + " sub-buffers taken, "
                + Rates.text(sum.consumed().bytes(), sum.nanos()) + ", " + Sizes.count(sum.stats().backlog())
                + " waiting, " + Sizes.count(LossAdvice.lost(sum.stats()).records()) + " records lost";
    }

    private void run() {
        try {
            for (;;) {
                Thread.sleep(INTERVAL_MILLIS);
                show(text.get());
            }
        } catch (InterruptedException ended) {
            // by close
        }
    }

    private void show(String line) {
        shown = true;
        clearLine();
        System.err.print(line);
        System.err.flush();
    }

    @Override
    public void close() {
        clear();
    }

    /** Ends it and clears the line. Idempotent. */
    void clear() {
        if (thread != null) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            thread = null;
        }
        if (shown) {
            shown = false;
            clearLine();
            System.err.flush();
        }
    }

    /** As bytes: escape sequences in text are made visible. */
    private static void clearLine() {
        System.err.writeBytes(CLEAR.getBytes(StandardCharsets.US_ASCII));
    }
}
