// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * How a logging framework's configuration file describes a {@link LogChannel}: every option is a text, which is checked
 * when the channel is opened, so that the framework can say what is wrong in its own way. Not thread-safe.
 */
public final class LogOptions {
    private static final int DEFAULT_BUFFERS = 4;
    private static final int MAX_BUFFERS = 4096;
    private static final int MAX_SIZE = 1 << 28;
    private static final int MAX_NAME = 200;
    private static final Duration MIN_DELAY = Duration.ofMillis(1L);
    private static final Duration MAX_DELAY = Duration.ofDays(1L);

    private final Map<Option, String> values = new EnumMap<>(Option.class);

    /** The options; each is said by the name that configuration files use. */
    public enum Option {
        /**
         * The channel's base name, and its name in JMX: what the framework calls the appender; default {@code log}.
         * What a base name cannot have becomes an underscore.
         */
        NAME("name", "log"),
        /** The file that events are written to, by a thread of the channel's. */
        FILE("file", null),
        /** Whether the file is kept when it exists and written behind its end; default true. */
        APPEND("append", "true"),
        /** The directory of the channel's files, for other processes; without it the channel is in memory. */
        DIRECTORY("directory", null),
        /** Whether {@code relay collect} opens the channel, in {@link #DIRECTORY}, and drains it; default false. */
        COLLECT("collect", "false"),
        /** Size of a sub-buffer, and so of the longest event; default 256k. */
        SUB_BUFFER_SIZE("subBufferSize", "256k"),
        /** Sub-buffers of each buffer, a power of two; default 8. */
        SUB_BUFFER_COUNT("subBufferCount", "8"),
        /** {@code no-overwrite} (default) or, without a file, {@code overwrite}. */
        MODE("mode", "no-overwrite"),
        /** Buffers that threads share; default one for each CPU, but no more than 4. */
        BUFFERS("buffers", null),
        /** Buffers for one thread each, while there are any; default 4. */
        EXCLUSIVE_BUFFERS("exclusiveBuffers", "4"),
        /** How long an event may take to the file, or to another process, at most; default 200ms. */
        FLUSH_AFTER("flushAfter", "200ms"),
        /** The longest event; what is longer is cut off; default 32k. */
        MAX_EVENT("maxEvent", "32k");

        private final String word;
        private final String initially;

        Option(String word, String initially) {
            this.word = word;
            this.initially = initially;
        }
    }

    /** Everything has its default. */
    public LogOptions() {
        // no value is set
    }

    /**
     * Sets an option.
     *
     * @param option which
     * @param value its value; null or blank for the default
     * @return this
     */
    public LogOptions set(Option option, String value) {
        if (value == null || value.isBlank()) {
            values.remove(option);
        } else {
            values.put(option, value.strip());
        }
        return this;
    }

    /**
     * Checks all options, and that they go together.
     *
     * @return this
     * @throws IllegalArgumentException if one is wrong, naming it, its value and what it may be
     */
    public LogOptions check() {
        channel();
        return this;
    }

    /**
     * What there can be one log of at a time: a name, and where its events go.
     *
     * @return the name, the file and the directory, in one line
     */
    public String identity() {
        return name() + ", file " + file() + ", directory " + directory();
    }

    private String text(Option option) {
        return values.getOrDefault(option, option.initially);
    }

    String name() {
        final String name = text(Option.NAME).replaceAll("[^A-Za-z0-9._-]|^[.-]", "_");
        return ChannelFiles.checkBaseName(name.substring(0, Math.min(name.length(), MAX_NAME)));
    }

    /** The file that events are written to, or null. */
    Path file() {
        return path(Option.FILE);
    }

    /** The directory of the channel's files, or null for memory. */
    Path directory() {
        return path(Option.DIRECTORY);
    }

    private Path path(Option option) {
        final String path = text(option);
        try {
            return path == null ? null : Path.of(path);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(option.word + " '" + path + "': must be a path", invalid);
        }
    }

    boolean append() {
        return isTrue(Option.APPEND);
    }

    boolean collect() {
        return isTrue(Option.COLLECT);
    }

    Duration flushAfter() {
        final Duration delay = parsed(Option.FLUSH_AFTER, Times::parse);
        if (delay.compareTo(MIN_DELAY) < 0 || delay.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException(Option.FLUSH_AFTER.word + " '" + text(Option.FLUSH_AFTER)
                    + "': must be 1ms to 24h");
        }
        return delay;
    }

    int maxEvent() {
        return (int) size(Option.MAX_EVENT, 16, MAX_SIZE);
    }

    private Mode mode() {
        final String mode = text(Option.MODE).toLowerCase(Locale.ROOT);
        final boolean toFile = file() != null;
        if (mode.equals("no-overwrite")) {
            return Mode.NO_OVERWRITE;
        }
        if (mode.equals("overwrite") && !toFile) {
            return Mode.OVERWRITE;
        }
        throw new IllegalArgumentException(Option.MODE.word + " '" + text(Option.MODE) + "': must be no-overwrite"
                + (toFile ? " for a channel that is written to a file" : " or overwrite"));
    }

    /** What to open the channel with, callbacks aside; checks all options. */
    ChannelConfig.Builder channel() {
        final int shared = number(Option.BUFFERS, 1, MAX_BUFFERS);
        final int exclusive = number(Option.EXCLUSIVE_BUFFERS, 0, MAX_BUFFERS - shared);
        final ChannelConfig.Builder builder = ChannelConfig.builder(name())
                .subBufferSize((int) size(Option.SUB_BUFFER_SIZE, KlogRecord.size(16), MAX_SIZE))
                .subBufferCount(number(Option.SUB_BUFFER_COUNT, 1, 1 << 20)).mode(mode())
                .bufferCount(shared + exclusive).exclusiveBuffers(exclusive)
                .storage(directory() == null ? Storage.memory() : Storage.files(directory()));
        maxEvent();
        if (file() == null) {
            builder.flushAfter(flushAfter());
        }
        if (file() == null && directory() == null) {
            throw new IllegalArgumentException("neither file nor directory: one of them must say where events go");
        }
        if (collect() && (file() != null || directory() == null)) {
            throw new IllegalArgumentException("collect 'true': must come with a directory, and without a file");
        }
        append();
        builder.build();
        return builder;
    }

    private boolean isTrue(Option option) {
        final String text = text(option).toLowerCase(Locale.ROOT);
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(option.word + " '" + text(option) + "': must be true or false");
        }
        return text.equals("true");
    }

    private int number(Option option, int from, int to) {
        final String text = text(option);
        if (text == null) {
            return Math.min(DEFAULT_BUFFERS, Runtime.getRuntime().availableProcessors());
        }
        try {
            final int number = Integer.parseInt(text);
            if (number >= from && number <= to) {
                return number;
            }
        } catch (NumberFormatException none) {
            // said below
        }
        throw new IllegalArgumentException(option.word + " '" + text + "': must be a number from " + from + " to "
                + to);
    }

    private long size(Option option, int from, int to) {
        final long size = parsed(option, Sizes::parse);
        if (size < from || size > to) {
            throw new IllegalArgumentException(option.word + " '" + text(option) + "': must be " + from + " to "
                    + Sizes.option(to));
        }
        return size;
    }

    private <T> T parsed(Option option, Function<String, T> parser) {
        try {
            return parser.apply(text(option));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(option.word + " " + wrong.getMessage(), wrong);
        }
    }

    /** What was set, in one line. */
    @Override
    public String toString() {
        return values.toString();
    }
}
