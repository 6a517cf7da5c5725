// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A logging framework that writes to a file by way of a second thread: its own, or a relay channel; or into a channel
 * in files that nobody reads, a flight recorder. All have the same pattern; sizes are the frameworks' defaults, but for
 * Logback's queue of 256 events.
 */
abstract class LoggingFramework {
    static final String RELAY = "relay";
    private static final int BUFFER = 256 << 10;

    final Path file;
    private final long start = System.nanoTime();
    /** What the framework's status says, warnings and worse. */
    final List<String> said = Collections.synchronizedList(new ArrayList<>());

    /** How an event gets to its end. */
    enum Way {
        /** Through a relay channel to the file. */
        RELAYED("relay", "over jrelay", Group.LOGGING, Group.LOGGING_KEPT),
        /** Into a relay channel that overwrites. */
        RECORDER("recorder", "over jrelay, overwrite", Group.LOGGING),
        /** By the framework's own queue and thread, waiting when it is full. */
        ASYNC("async", "async", Group.LOGGING, Group.LOGGING_KEPT),
        /** The same, dropping events when it is full. */
        DROPPING("async-drop", "async, dropping", Group.LOGGING),
        /** Its text is made and dropped. */
        ENCODE("encode", "text alone", Group.LOGGING);

        private final String word;
        private final String label;
        private final String[] groups;

        Way(String word, String label, String... groups) {
            this.word = word;
            this.label = label;
            this.groups = groups;
        }

        boolean hasChannel() {
            return this == RELAYED || this == RECORDER;
        }
    }

    private final Way way;

    LoggingFramework(Way way) throws IOException {
        this.way = way;
        file = Files.createTempFile("jrelay-logging", ".log");
    }

    /** A framework, in each way. */
    static List<Peer> peers(String name, String label, Function<Way, Peer.Opener> opener) {
        return Stream.of(Way.values()).map(way -> {
            final String full = name + "-" + way.word;
            final String called = label + " " + way.label;
            return (way.hasChannel() ? Peer.own(full, called) : Peer.other(full, called))
                    .as(LoggingFramework.class, opener.apply(way), way.groups);
        }).toList();
    }

    /** Starts the peer of that name; nothing of its setting is asked for. */
    static LoggingFramework start(String name) {
        return Peers.open(LoggingFramework.class, name, new Setting(0, 0, Place.MEMORY));
    }

    /** Logs one event. */
    abstract void log(long number);

    /** Flushes and ends it. */
    abstract void stop() throws IOException;

    /** The relay channel; null if there is none. */
    abstract Channel channel();

    /** Where the channel's files are. */
    final Path directory() {
        return file.resolveSibling(file.getFileName() + ".relay");
    }

    /** Ends it, and tells what became of the events. */
    final String account(String name, long events) throws IOException {
        final Channel channel = channel();
        stop();
        if (way == Way.ENCODE) {
            Files.delete(file);
            return name + ": nothing is written";
        }
        final double seconds = (System.nanoTime() - start) / 1e9;
        if (way == Way.RECORDER) {
            return recorded(name, events, channel.statsSinceReset());
        }
        try {
            final long lost = events - lines();
            final List<String> losses = said.stream().filter(line -> line.matches("(?i).*(lost|discard).*")).toList();
            final String last = losses.isEmpty() ? "nothing" : losses.getLast();
            if (lost < 0L || way == Way.RELAYED && lost > 0L
                    && !last.endsWith(String.format(Locale.ROOT, "%,d in all", lost))) {
                throw new IllegalStateException(name + " lost " + lost + " of " + events + " events, and says " + said);
            }
            return String.format(Locale.ROOT, "%s: %,d events, %,d lost, %,.0f a second in the file; it says: %s", name,
                    events, lost, (events - lost) / seconds, last);
        } finally {
            Files.delete(file);
        }
    }

    /** A flight recorder must have taken every event. */
    private String recorded(String name, long events, BufferStats stats) throws IOException {
        Files.delete(file);
        Files.delete(directory());
        if (stats.attempted().records() != events || stats.lost().records() > 0L) {
            throw new IllegalStateException(name + " took " + stats + " of " + events + " events, and says " + said);
        }
        return String.format(Locale.ROOT, "%s: %,d events, nothing lost, the newest kept", name, events);
    }

    private long lines() throws IOException {
        long lines = 0L;
        final byte[] chunk = new byte[BUFFER];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    lines += chunk[i] == '\n' ? 1L : 0L;
                }
            }
        }
        return lines;
    }
}
