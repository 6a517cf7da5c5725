// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Where a check is, on a terminal: one line that is rewritten in place each second, with how many of how many are
 * done, how long that took, and what is running since when. Elsewhere it writes what long runs say of themselves, a
 * line each.
 */
final class StatusLine implements AutoCloseable {
    /** The line must not wrap, or it could not be rewritten in place. */
    private static final int WIDTH = 79;

    private record Run(long start, String note) { }

    private final PrintStream screen;
    private final boolean inPlace;
    private final int count;
    private final LongSupplier nanos;
    private final long start;
    private final Map<String, Run> running = new LinkedHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private int done;

    /**
     * Makes a line.
     *
     * @param inPlace whether the stream is a terminal
     * @param count of how many runs it tells
     */
    StatusLine(PrintStream screen, boolean inPlace, int count, LongSupplier nanos) {
        this.screen = screen;
        this.inPlace = inPlace;
        this.count = count;
        this.nanos = nanos;
        start = nanos.getAsLong();
        if (inPlace) {
            clock.scheduleAtFixedRate(this::show, 1, 1, TimeUnit.SECONDS);
        }
    }

    synchronized void started(String name) {
        running.put(name, new Run(nanos.getAsLong(), ""));
        show();
    }

    /** What a run says of itself. */
    synchronized void note(String name, String note) {
        running.computeIfPresent(name, (same, run) -> new Run(run.start(), note));
        if (inPlace) {
            show();
        } else {
            screen.println(name + ": " + note);
        }
    }

    /**
     * A run has ended.
     *
     * @param report writes what was found, above this line
     */
    synchronized void ended(String name, Runnable report) {
        running.remove(name);
        done++;
        clear();
        report.run();
        show();
    }

    /** How many have ended, of how many. */
    synchronized String position() {
        return done + "/" + count;
    }

    private synchronized void show() {
        if (inPlace && !clock.isShutdown()) {
            final String line = text();
            clear();
            screen.print(line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line);
            screen.flush();
        }
    }

    private String text() {
        return position() + "  " + time(start) + "  " + running.entrySet().stream()
                .map(run -> run.getKey() + " " + time(run.getValue().start())
                        + (run.getValue().note().isEmpty() ? "" : " " + run.getValue().note()))
                .collect(Collectors.joining(", "));
    }

    private String time(long since) {
        final Duration time = Duration.ofNanos(nanos.getAsLong() - since);
        return time.toMinutes() + ":" + String.format("%02d", time.toSecondsPart());
    }

    private void clear() {
        if (inPlace) {
            screen.print("\r\033[K");
            screen.flush();
        }
    }

    @Override
    public synchronized void close() {
        clock.shutdownNow();
        clear();
    }
}
