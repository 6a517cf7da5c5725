// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The loop that takes whole sub-buffers from a channel and hands them to a {@link Sink}, a thread for each buffer.
 *
 * <pre>
 * safe = sink.resume
 * repeat
 *   gone = is the writers' process dead?           before the poll: a dead one delivers nothing after it
 *   found = poll
 *   while sub-buffers are ready                    at most sink.batch at once
 *     write those from safe on; commit; consume
 *   HANG_UP               end: the channel was closed, and everything is taken
 *   HELD, nobody writes   after a second pass the sub-buffer, see {@link HeldSubBuffers}
 *   TIMED_OUT, gone       write the stable beginning of the current sub-buffer; commit; end
 * the sink fails          ask whether to try again: the same sub-buffers are written once more
 * </pre>
 *
 * <p>Threads: all methods any. {@link Watch} is asked and told by the threads of the buffers, all at the same time.
 */
public final class Drain implements AutoCloseable {
    private static final long POLL_NANOS = 50_000_000L;
    /** With more buffers than this a look of each in a millisecond would keep the machine busy. */
    private static final int MANY = 64;
    /** How long one look of all threads may take: with 4,096 buffers each looks after 0.1 s. */
    private static final long PAUSE_NANOS = 25_000L;

    private final MappedChannel channel;
    private final Sink sink;
    private final Watch watch;
    private final List<Loop> loops = new ArrayList<>();
    private volatile boolean closed;
    private volatile InternalError truncation;

    /** How the draining of a buffer ended. */
    public enum End {
        /** It has not. */
        RUNNING,
        /** The channel was closed, and everything is taken. */
        CLOSED,
        /** The writers' process is dead; what it left is taken. */
        ORPHANED,
        /** {@link Watch#isLeft} said so, or {@link Drain#close}. */
        LEFT,
        /** The sink failed, and it was not to be tried again; or the loop failed by itself. */
        FAILED
    }

    /**
     * What a loop cannot know by itself, and what it tells. Who says no more than whether the writers are gone waits
     * for the end of the channel, and ends a buffer at the first failure of its sink.
     */
    @FunctionalInterface
    public interface Watch {
        /**
         * Whether the writers' process is dead.
         *
         * @return true if it is, and for ever
         */
        boolean isGone();

        /**
         * Whether nothing more will be written, though the process may live.
         *
         * @return true if the channel is closed, or about to be drained for the last time; default: false
         */
        default boolean isClosed() {
            return false;
        }

        /**
         * Whether to end once everything that is delivered is taken, with the channel still open.
         *
         * @return default: false
         */
        default boolean isLeft() {
            return false;
        }

        /**
         * Whether to try again, after a pause, what the sink could not take.
         *
         * @param buffer the buffer
         * @param failure what the sink said
         * @return true to try again; false to end this buffer
         * @throws IOException to end it with this failure; default: {@code failure}
         */
        default boolean tryAgain(int buffer, IOException failure) throws IOException {
            throw failure;
        }

        /**
         * A buffer is about to be drained.
         *
         * @param buffer the buffer
         * @param safe the sequence that the sink wants next
         * @param consumed the sequence that the channel gives next; if it is above {@code safe}, the sub-buffers
         *     between the two cannot be had any more, or they are in another sink
         */
        default void resumed(int buffer, long safe, long consumed) {
        }

        /**
         * Sub-buffers are in the sink and consumed.
         *
         * @param buffer the buffer
         * @param from sequence of the first one
         * @param to sequence behind the last one
         */
        default void saved(int buffer, long from, long to) {
        }

        /**
         * A sub-buffer was passed.
         *
         * @param buffer the buffer
         * @param sequence its sequence
         */
        default void passed(int buffer, long sequence) {
        }

        /**
         * A buffer has ended as {@link End#FAILED}.
         *
         * @param buffer the buffer
         * @param handedOver records that the channel had handed over, in overwrite mode, and that are lost now
         * @param failure what ended it; null if {@link #tryAgain} said no
         */
        default void failed(int buffer, long handedOver, Exception failure) {
        }
    }

    private Drain(MappedChannel channel, Sink sink, Watch watch) {
        this.channel = channel;
        this.sink = sink;
        this.watch = watch;
    }

    /**
     * Becomes the consumer of all buffers, asks the sink what it has, and starts.
     *
     * @param channel the channel
     * @param sink where to; open
     * @param watch what the loops ask and tell
     * @return the drain, which runs
     * @throws IOException if the sink cannot say what is safe
     * @throws IllegalStateException if a buffer has a consumer
     */
    public static Drain start(MappedChannel channel, Sink sink, Watch watch) throws IOException {
        final Drain drain = new Drain(channel, sink, watch);
        try {
            for (int i = 0; i < channel.bufferCount(); i++) {
                drain.loops.add(drain.new Loop(i, channel.consumer(i)));
                drain.loops.get(i).safe = sink.resume(i);
                watch.resumed(i, drain.loops.get(i).safe, channel.statsSinceOpen(i).consumed());
            }
        } catch (IOException | RuntimeException refused) {
            drain.loops.forEach(loop -> loop.consumer.close());
            throw refused;
        }
        drain.loops.forEach(loop -> loop.thread.start());
        return drain;
    }

    /**
     * Waits for the end of all buffers.
     *
     * @param time how long at most
     * @return true if all have ended
     * @throws InterruptedException if the calling thread is interrupted
     * @throws InternalError if the channel's control file was truncated
     */
    public boolean await(Duration time) throws InterruptedException {
        final long deadline = System.nanoTime() + time.toNanos();
        for (final Loop loop : loops) {
            if (!loop.thread.join(Duration.ofNanos(Math.max(1L, deadline - System.nanoTime())))) {
                return false;
            }
        }
        if (truncation != null) {
            throw truncation;
        }
        return true;
    }

    /**
     * How a buffer ended.
     *
     * @param buffer the buffer
     * @return {@link End#RUNNING} until then
     */
    public End end(int buffer) {
        return loops.get(buffer).end;
    }

    /**
     * Whether any buffer ended so.
     *
     * @param end an end
     * @return true if one did
     */
    public boolean any(End end) {
        return loops.stream().anyMatch(loop -> loop.end == end);
    }

    /**
     * The sub-buffers of a buffer that were passed, by their sequences.
     *
     * @param buffer the buffer, which has ended
     * @return in their order
     */
    public List<Long> passed(int buffer) {
        return loops.get(buffer).held.passed();
    }

    /** Ends all loops, after what they are at, and waits for them. What is not taken stays in the channel. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (final Loop loop : loops) {
            while (loop.thread.isAlive()) {
                try {
                    loop.thread.join();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread of one buffer. */
    private final class Loop {
        private final int buffer;
        private final Consumer consumer;
        private final HeldSubBuffers held;
        private final Thread thread;
        private final int batch = sink.batch();
        private long safe;
        /** The sub-buffer that was written first since the last commit. */
        private long first;
        private volatile End end = End.RUNNING;
        /** Kept so that the look at it is not optimized away. */
        private byte unusedLastByte;

        Loop(int buffer, Consumer consumer) {
            this.buffer = buffer;
            this.consumer = consumer;
            this.held = new HeldSubBuffers(consumer);
            this.thread = Thread.ofPlatform().daemon().name("drain-" + buffer).unstarted(this::run);
        }

        private void run() {
            End reached = End.FAILED;
            Exception failure = null;
            try (consumer) {
                try {
                    reached = drain();
                } catch (IOException | RuntimeException failed) {
                    failure = failed;
                }
                if (reached == End.FAILED) {
                    watch.failed(buffer, handedOver(), failure);
                }
            } catch (InternalError truncated) {
                told(truncated);
            } finally {
                end = reached;
            }
        }

        /** Tells that a file of the channel was truncated by somebody; then counters may be gone with it. */
        private void told(InternalError truncated) {
            try {
                watch.failed(buffer, 0L, new IOException("a file of the channel was truncated", truncated));
            } catch (InternalError again) {
                truncation = again; // whoever waits is told by this
            }
        }

        /** Records that the channel counts as delivered, and that are in no sink. */
        private long handedOver() {
            final SubBuffer shown = channel.geometry().mode() == Mode.OVERWRITE ? consumer.peek(0) : null;
            return shown == null ? 0L : shown.records();
        }

        private End drain() throws IOException {
            for (boolean idle = true;;) {
                final boolean gone = idle && watch.isGone();
                final Readiness found = idle && loops.size() > MANY ? pollOfMany() : consumer.poll(POLL_NANOS);
                idle = found != Readiness.READABLE;
                if (!takeReady()) {
                    return End.FAILED;
                }
                if (found == Readiness.HANG_UP) {
                    return End.CLOSED;
                }
                if (closed || idle && watch.isLeft()) {
                    return End.LEFT;
                }
                final long passed = held.look(found, found == Readiness.HELD && (gone || watch.isClosed()));
                if (passed >= 0L) {
                    watch.passed(buffer, passed);
                }
                if (found == Readiness.TIMED_OUT && gone) {
                    return takeRest() ? End.ORPHANED : End.FAILED;
                }
            }
        }

        /** All threads together look so often that it costs little, though each of them looks less often then. */
        private Readiness pollOfMany() {
            LockSupport.parkNanos(this, PAUSE_NANOS * loops.size());
            return consumer.poll(1L);
        }

        /** Takes all that is ready; false if the sink failed for good. */
        private boolean takeReady() throws IOException {
            for (;;) {
                try {
                    final int count = writeReady();
                    if (count == 0) {
                        return true;
                    }
                    sink.commit(buffer);
                    final int consumed = consumer.subBuffersConsumed(count);
                    if (consumed > 0) { // else a reset took them
                        watch.saved(buffer, first, first + consumed);
                    }
                } catch (IOException failure) {
                    if (closed || !watch.tryAgain(buffer, failure)) {
                        return false;
                    }
                }
            }
        }

        /** Writes what is ready and not safe; returns how many can be consumed after a commit. */
        private int writeReady() throws IOException {
            int count = 0;
            for (SubBuffer next = consumer.peek(0); next != null && count < batch; next = consumer.peek(count)) {
                first = count == 0 ? next.sequence() : first;
                if (next.sequence() >= safe) {
                    write(next, true);
                }
                count++;
            }
            return count;
        }

        private void write(SubBuffer subBuffer, boolean isWhole) throws IOException {
            touch(subBuffer);
            try {
                sink.write(new Sink.Taken(buffer, subBuffer.sequence(), subBuffer.records(), subBuffer.segment(),
                        subBuffer.length(), isWhole, System.currentTimeMillis(), () -> channel.statsSinceOpen(buffer)));
            } catch (IOException failure) {
                touch(subBuffer); // it may have been truncated meanwhile: to the system, memory at a bad address
                throw failure;
            }
        }

        /** A truncated file is no failure of the sink, which would be tried again: the JVM's error says so. */
        private void touch(SubBuffer subBuffer) {
            if (subBuffer.length() > 0) {
                unusedLastByte = subBuffer.segment().get(ValueLayout.JAVA_BYTE, subBuffer.length() - 1L);
            }
        }

        /** The stable beginning of a dead writer's current sub-buffer. It stays in the channel too. */
        private boolean takeRest() throws IOException {
            final BufferStats stats = channel.statsSinceOpen(buffer);
            final List<SubBuffer> rest = channel.snapshot(buffer).subBuffers();
            for (;;) {
                try {
                    long next = stats.consumed();
                    for (final SubBuffer part : rest) {
                        if (part.sequence() == next++ && part.sequence() >= safe) {
                            write(part, part.sequence() < stats.produced());
                        }
                    }
                    sink.commit(buffer);
                    return true;
                } catch (IOException failure) {
                    if (closed || !watch.tryAgain(buffer, failure)) {
                        return false;
                    }
                }
            }
        }
    }
}
