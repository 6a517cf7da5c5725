// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.time.Duration;
import java.util.Objects;

/**
 * What {@link Channel#open} needs to know; immutable.
 *
 * {@snippet :
 * ChannelConfig config = ChannelConfig.builder("cpu").subBufferSize(256 << 10).subBufferCount(8).build();
 * }
 */
public final class ChannelConfig {
    private final Builder values;
    private final Geometry geometry;

    private ChannelConfig(Builder values) {
        this.values = values;
        this.geometry = new Geometry(values.subBufferSize, values.subBufferCount, values.headerBytes, values.mode);
    }

    /**
     * Starts a configuration with 8 sub-buffers of 256 KiB for each CPU, no-overwrite mode, in memory.
     *
     * @param baseName names the buffers {@code baseName0}, {@code baseName1}, …: 1 to 200 letters, digits, dots,
     *     hyphens and underscores, the first a letter, digit or underscore
     * @return a builder
     * @throws IllegalArgumentException if the name is not of this form
     */
    public static Builder builder(String baseName) {
        return new Builder(baseName);
    }

    Geometry geometry() {
        return geometry;
    }

    String baseName() {
        return values.baseName;
    }

    int bufferCount() {
        return values.bufferCount;
    }

    int exclusiveBuffers() {
        return values.exclusiveBuffers;
    }

    Callbacks callbacks() {
        return values.callbacks;
    }

    Storage storage() {
        return values.storage;
    }

    CpuSelector cpuSelector() {
        return values.cpuSelector;
    }

    boolean preTouch() {
        return values.preTouch;
    }

    boolean keep() {
        return values.keep;
    }

    Duration tickInterval() {
        return values.tickInterval;
    }

    Duration flushAfter() {
        return values.flushAfter;
    }

    long firstSequence() {
        return values.firstSequence;
    }

    /** Collects the values of a {@link ChannelConfig}; not thread-safe. */
    public static final class Builder implements Cloneable {
        private static final int DEFAULT_SUB_BUFFER_SIZE = 256 << 10;
        private static final int DEFAULT_SUB_BUFFER_COUNT = 8;
        private static final Duration MIN_DELAY = Duration.ofMillis(1);
        private static final Duration MAX_INTERVAL = Duration.ofDays(1);

        private final String baseName;
        private int subBufferSize = DEFAULT_SUB_BUFFER_SIZE;
        private int subBufferCount = DEFAULT_SUB_BUFFER_COUNT;
        private int headerBytes;
        private Mode mode = Mode.NO_OVERWRITE;
        private int exclusiveBuffers;
        private int bufferCount = Runtime.getRuntime().availableProcessors();
        private Callbacks callbacks = Callbacks.NONE;
        private Storage storage = Storage.memory();
        private CpuSelector cpuSelector = CpuSelector.striped();
        private boolean preTouch = true;
        private boolean keep;
        private Duration tickInterval = Duration.ofSeconds(1);
        private Duration flushAfter = Duration.ZERO;
        private long firstSequence;

        private Builder(String baseName) {
            this.baseName = ChannelFiles.checkBaseName(baseName);
        }

        /**
         * Size of a sub-buffer; also the largest record, less the header bytes.
         *
         * @param bytes a multiple of 8 from 8 to 2^30; default 256 KiB
         * @return this
         */
        public Builder subBufferSize(int bytes) {
            subBufferSize = bytes;
            return this;
        }

        /**
         * Sub-buffers of each buffer. One is allowed but a bad idea: while the consumer has it, there is nowhere to
         * write, so records are lost, or in overwrite mode the whole history at every switch.
         *
         * @param count a power of two from 1 to 2^20; default 8
         * @return this
         */
        public Builder subBufferCount(int count) {
            subBufferCount = count;
            return this;
        }

        /**
         * Bytes reserved for the client at the start of each sub-buffer, to be filled in by {@link Callbacks#onStart}
         * and {@link Callbacks#onEnd}: what {@code subbuf_start_reserve} reserved.
         *
         * @param bytes 0 to the sub-buffer size minus 1; default 0
         * @return this
         */
        public Builder headerBytes(int bytes) {
            headerBytes = bytes;
            return this;
        }

        /**
         * What happens when a buffer is full.
         *
         * @param newMode the mode; default {@link Mode#NO_OVERWRITE}
         * @return this
         */
        public Builder mode(Mode newMode) {
            mode = Objects.requireNonNull(newMode, "mode");
            return this;
        }

        /**
         * How many of the buffers have one writer at a time, through {@link Channel#exclusiveWriter} or
         * {@link Channel#tryExclusiveWriter}: the last ones. The others are shared by any number of writers.
         *
         * @param count 0 to the buffer count; default 0
         * @return this
         */
        public Builder exclusiveBuffers(int count) {
            exclusiveBuffers = count;
            return this;
        }

        /**
         * Number of buffers; 1 makes a global buffer.
         *
         * @param count 1 to 4096; default one for each available CPU
         * @return this
         */
        public Builder bufferCount(int count) {
            bufferCount = count;
            return this;
        }

        /**
         * The client's hooks.
         *
         * @param newCallbacks default {@link Callbacks#NONE}
         * @return this
         */
        public Builder callbacks(Callbacks newCallbacks) {
            callbacks = Objects.requireNonNull(newCallbacks, "callbacks");
            return this;
        }

        /**
         * Where the memory comes from.
         *
         * @param newStorage default {@link Storage#memory()}
         * @return this
         */
        public Builder storage(Storage newStorage) {
            storage = Objects.requireNonNull(newStorage, "storage");
            return this;
        }

        /**
         * How a thread finds its buffer.
         *
         * @param selector default {@link CpuSelector#striped()}
         * @return this
         */
        public Builder cpuSelector(CpuSelector selector) {
            cpuSelector = Objects.requireNonNull(selector, "cpuSelector");
            return this;
        }

        /**
         * Whether to touch every page at open, so that no write meets a page fault (2 to 10 µs each).
         *
         * @param touch default true
         * @return this
         */
        public Builder preTouch(boolean touch) {
            preTouch = touch;
            return this;
        }

        /**
         * Whether the memory's names (files) stay when the channel is closed; removing them is then the client's task.
         *
         * @param keepFiles default false
         * @return this
         */
        public Builder keep(boolean keepFiles) {
            keep = keepFiles;
            return this;
        }

        /**
         * How often a thread of the channel calls {@link Channel#tick()}, for storage that other processes can map. The
         * thread shows once a second, or more often if the interval is shorter, that consumers here live.
         *
         * @param interval up to 1 day, default 1 s; zero for no thread: the client calls {@code tick} or does without.
         *     A consumer here then needs a tick each second, or one in another container may take its place
         * @return this
         */
        public Builder tickInterval(Duration interval) {
            tickInterval = Objects.requireNonNull(interval, "tickInterval");
            return this;
        }

        /**
         * A bound on the delay: a record reaches the consumer at most that long after it was committed, though writers
         * fall silent. A thread of the channel looks at the buffers twice in this time and flushes what has been open
         * since its last look; writers pay nothing. An exclusive buffer is flushed by its writer's next call; while
         * that writer is silent, {@link RelayStream} and {@link Snapshot} find its records. (To close it from outside,
         * each of its records would need a read-modify-write or a full fence, which is what it is there to do without.)
         *
         * @param delay 1 ms to 1 day, or the default, zero: sub-buffers are closed when they are full
         * @return this
         */
        public Builder flushAfter(Duration delay) {
            flushAfter = Objects.requireNonNull(delay, "flushAfter");
            return this;
        }

        /** The sequence of the first sub-buffer; for tests of the wrap-around. */
        Builder firstSequence(long sequence) {
            firstSequence = sequence;
            return this;
        }

        /**
         * Checks the values.
         *
         * @return the configuration
         * @throws IllegalArgumentException naming the value that is out of range, and the range
         */
        public ChannelConfig build() {
            if (bufferCount < 1 || bufferCount > ControlPage.MAX_BUFFERS) {
                throw new IllegalArgumentException("buffer count " + bufferCount + ": must be 1 to "
                        + ControlPage.MAX_BUFFERS);
            }
            if (exclusiveBuffers < 0 || exclusiveBuffers > bufferCount) {
                throw new IllegalArgumentException("exclusive buffers " + exclusiveBuffers
                        + ": must be 0 to the buffer count, " + bufferCount);
            }
            if (tickInterval.isNegative() || tickInterval.compareTo(MAX_INTERVAL) > 0) {
                throw new IllegalArgumentException("tick interval " + tickInterval + ": must be 0 to " + MAX_INTERVAL);
            }
            if (!flushAfter.isZero()
                    && (flushAfter.compareTo(MIN_DELAY) < 0 || flushAfter.compareTo(MAX_INTERVAL) > 0)) {
                throw new IllegalArgumentException("flush after " + flushAfter + ": must be 0 or " + MIN_DELAY + " to "
                        + MAX_INTERVAL);
            }
            final ChannelConfig config = new ChannelConfig(copy());
            if ((long) subBufferCount * bufferCount > ControlPage.MAX_SUB_BUFFERS) {
                throw new IllegalArgumentException(subBufferCount + " sub-buffers in " + bufferCount
                        + " buffers: must be " + ControlPage.MAX_SUB_BUFFERS + " or less together");
            }
            return config;
        }

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
