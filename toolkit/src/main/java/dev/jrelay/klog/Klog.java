// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.Channel;
import dev.jrelay.Geometry;
import dev.jrelay.Result;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Writes formatted text and raw records into a channel, if one is attached; if not, a call does nothing, at the cost of
 * a load and a branch. The {@code klog} of the relay-apps: use it in place of a log that should not be cluttered.
 *
 * <p>Guarantees: no call ever blocks, and none throws, whatever its arguments, the channel's callbacks or its memory do
 * (but for {@link #raw} and {@link #text} with a range that is none): a part of a line that cannot be had is replaced
 * by a note, a record that cannot be written is {@link #FAILED}, and both are counted ({@link #failureCount()}). Text
 * that does not fit is cut off at a whole character, marked ({@link KlogRecord#TRUNCATED}) and counted
 * ({@link #truncatedCount()}); what the channel does not take is counted by the channel. Nothing is allocated for text
 * built of strings, numbers, characters and booleans with {@link #line()}, nor by the {@code printf} forms without
 * varargs for string and long arguments, nor by {@link #raw}. (A new {@code Klog} allocates for its first lines; more
 * lines are allocated while more threads than
 * 64 have one open.)
 *
 * <p>Threads: any, at any time, also {@link #attach} and {@link #detach()}. A call that is under way when the channel
 * is detached still goes to that channel, or counts there as lost when it is closed. Each platform thread writes
 * through an exclusive buffer of its own while the channel has any; the others, and virtual threads, share. Buffers of
 * threads that have ended are given to later ones.
 *
 * <p>Order: the records of a thread are in order by their timestamps, and within each buffer.
 *
 * <p>The channel must have a shared buffer, its header bytes a multiple of 8, and hold records of {@link KlogRecord}
 * only.
 *
 * {@snippet :
 * Klog klog = new Klog();
 * klog.printf("dropped");                                  // nothing attached: nothing happens
 * klog.attach(channel);
 * klog.printf("opened %s, %d bytes", name, size);
 * klog.line().add("load=").add(0.5).end();
 * }
 */
public final class Klog {
    /** The longest text of a {@code Klog} made without a size, bytes; as the original's format buffer. */
    public static final int DEFAULT_MAX_TEXT = 1024;

    /** Result of a call that could not even try to write, since something threw. */
    public static final long FAILED = Long.MIN_VALUE;

    private final LongSupplier clock;
    private final KlogLines lines;
    private final AtomicLong truncated = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final int maxText;
    /** Null while nothing is attached. Volatile: a writer that sees it sees a completely opened channel. */
    private volatile ThreadWriters writers;

    /** A klog with lines up to {@value #DEFAULT_MAX_TEXT} bytes and the clock of the process; nothing is attached. */
    public Klog() {
        this(DEFAULT_MAX_TEXT, KlogClock.system());
    }

    /**
     * A klog; nothing is attached.
     *
     * @param maxText the longest text, bytes of UTF-8, from 16; a channel with small sub-buffers cuts it off earlier
     * @param clock gives the records' timestamps, ns; read once for each record, by the writing thread, before the
     *     reservation
     * @throws IllegalArgumentException if {@code maxText} is below 16
     */
    public Klog(int maxText, LongSupplier clock) {
        if (maxText < 16) {
            throw new IllegalArgumentException("longest text " + maxText + " bytes: must be 16 or more");
        }
        this.clock = Objects.requireNonNull(clock, "clock");
        this.maxText = maxText;
        this.lines = new KlogLines(this, maxText);
    }

    /**
     * Writes go to this channel from now on, instead of the one attached before.
     *
     * @param newChannel the channel; to be closed by the caller, before or after {@link #detach()}
     * @return the channel attached before, or null
     * @throws IllegalArgumentException if the channel's header bytes are not a multiple of 8, no record fits, or all
     *     its buffers are exclusive
     */
    public Channel attach(Channel newChannel) {
        return attach(newChannel, Duration.ZERO);
    }

    /**
     * Writes go to this channel from now on, instead of the one attached before.
     *
     * @param newChannel the channel; to be closed by the caller, before or after {@link #detach()}
     * @param flushAfter a bound on the delay also for exclusive buffers whose threads have fallen silent: the channel's
     *     own {@link dev.jrelay.ChannelConfig.Builder#flushAfter} leaves those to their writers; zero for none
     * @return the channel attached before, or null
     * @throws IllegalArgumentException if the channel's header bytes are not a multiple of 8, no record fits, all its
     *     buffers are exclusive, or the delay is negative
     */
    public synchronized Channel attach(Channel newChannel, Duration flushAfter) {
        final Geometry geometry = newChannel.geometry();
        if (geometry.headerBytes() % KlogRecord.ALIGNMENT != 0 || geometry.maxLength() < KlogRecord.size(4)) {
            throw new IllegalArgumentException("channel with " + geometry.headerBytes()
                    + " header bytes and records up to " + geometry.maxLength() + ": must be a multiple of 8, and at "
                    + "least " + KlogRecord.size(4));
        }
        if (newChannel.buffer(0).isExclusive()) {
            throw new IllegalArgumentException("channel with exclusive buffers only: must have a shared one");
        }
        if (flushAfter.isNegative()) {
            throw new IllegalArgumentException("flush after " + flushAfter + ": must be 0 or more");
        }
        return replace(new ThreadWriters(newChannel, flushAfter, this::failed));
    }

    /**
     * Writes do nothing from now on, and the exclusive buffers that threads have are given back: at once, or by a
     * thread of the klog's as soon as a write that is under way is done.
     *
     * @return the channel that was attached, or null
     */
    public synchronized Channel detach() {
        return replace(null);
    }

    private Channel replace(ThreadWriters next) {
        final ThreadWriters before = writers;
        writers = next;
        if (before == null) {
            return null;
        }
        before.close();
        return before.channel();
    }

    /** Gives the exclusive buffers back; writes go on to the channel, and count there as lost once it is closed. */
    synchronized void share() {
        if (writers != null) {
            writers.close();
        }
    }

    /**
     * Whether a channel is attached, so that it is worth preparing arguments.
     *
     * @return true if so
     */
    public boolean isAttached() {
        return writers != null;
    }

    /**
     * Begins a line of text, to be finished by {@link KlogLine#end()} on the same thread.
     *
     * @return an empty line; one that ignores everything if nothing is attached
     */
    public KlogLine line() {
        return writers == null ? KlogLine.NONE : lines.take();
    }

    /**
     * Writes a text.
     *
     * @param text the text
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long print(CharSequence text) {
        return writers == null ? 0L : lines.take().add(text).end();
    }

    /**
     * Writes a text with one number in it.
     *
     * @param format see {@link KlogLine#format(String)}
     * @param a the argument
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long printf(String format, long a) {
        return writers == null ? 0L : lines.take().argument(a).format(format).end();
    }

    /**
     * Writes a text with two numbers in it.
     *
     * @param format see {@link KlogLine#format(String)}
     * @param a the first argument
     * @param b the second argument
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long printf(String format, long a, long b) {
        return writers == null ? 0L : lines.take().argument(a).argument(b).format(format).end();
    }

    /**
     * Writes a text with an object in it. A {@link CharSequence} is copied; anything else is asked for its string.
     *
     * @param format see {@link KlogLine#format(String)}
     * @param a the argument, may be null
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long printf(String format, Object a) {
        return writers == null ? 0L : lines.take().argument(a).format(format).end();
    }

    /**
     * Writes a text with an object and a number in it.
     *
     * @param format see {@link KlogLine#format(String)}
     * @param a the first argument, may be null
     * @param b the second argument
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long printf(String format, Object a, long b) {
        return writers == null ? 0L : lines.take().argument(a).argument(b).format(format).end();
    }

    /**
     * Writes a text with any arguments in it. The caller allocates the array, and boxes numbers; use {@link #line()} or
     * another form where that matters.
     *
     * @param format see {@link KlogLine#format(String)}
     * @param arguments the arguments, each may be null; not more than 8 are used
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     */
    public long printf(String format, Object... arguments) {
        if (writers == null) {
            return 0L;
        }
        final KlogLine line = lines.take();
        if (arguments != null) {
            for (final Object argument : arguments) {
                line.argument(argument);
            }
        }
        return line.format(format).end();
    }

    /**
     * Writes a text that is there as UTF-8: what a logging framework's layout has made. It is cut off like any other.
     *
     * @param utf8 the bytes
     * @param offset index of the first byte
     * @param length bytes, 0 or more
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if something is attached and the range is not within {@code utf8}
     */
    public long text(byte[] utf8, int offset, int length) {
        final ThreadWriters target = writers;
        if (target == null) {
            return 0L;
        }
        Objects.checkFromIndexSize(offset, length, utf8.length);
        try {
            final long timestamp = clock.getAsLong();
            final int limit = Math.min(maxText, limit(target));
            if (length <= limit) {
                return target.write(KlogRecord.TEXT, timestamp, utf8, null, offset, length);
            }
            truncated.getAndIncrement();
            return target.write(KlogRecord.TRUNCATED, timestamp, utf8, null, offset,
                    KlogLine.wholeCharacters(utf8, offset, limit));
        } catch (Throwable thrown) {
            return failed();
        }
    }

    /**
     * Writes bytes, uninterpreted. They are never cut off: a record that does not fit is lost, and counted.
     *
     * @param source the bytes
     * @param offset index of the first byte
     * @param length bytes, 0 or more
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if something is attached and the range is not within {@code source}
     */
    public long raw(byte[] source, int offset, int length) {
        final ThreadWriters target = writers;
        if (target == null) {
            return 0L;
        }
        Objects.checkFromIndexSize(offset, length, source.length);
        try {
            return target.write(KlogRecord.RAW, clock.getAsLong(), source, null, offset, length);
        } catch (Throwable thrown) {
            return failed();
        }
    }

    /**
     * Writes bytes, as {@link #raw(byte[], int, int)} does.
     *
     * @param source the bytes
     * @param offset offset of the first byte
     * @param length bytes, 0 or more
     * @return 0 or more for success (also if nothing is attached), or a {@link Result} below 0
     * @throws IndexOutOfBoundsException if something is attached and the range is not within {@code source}
     */
    public long raw(MemorySegment source, long offset, int length) {
        final ThreadWriters target = writers;
        if (target == null) {
            return 0L;
        }
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        try {
            return target.write(KlogRecord.RAW, clock.getAsLong(), null, source, offset, length);
        } catch (Throwable thrown) {
            return failed();
        }
    }

    /** Writes a finished line, and takes it back. */
    long write(KlogLine line) {
        final ThreadWriters target = writers;
        try {
            return target == null ? 0L : write(target, line); // detached since the line was begun: nothing happens
        } catch (Throwable thrown) {
            return failed();
        } finally {
            lines.give(line);
        }
    }

    private long write(ThreadWriters target, KlogLine line) {
        final long timestamp = clock.getAsLong(); // before the reservation
        line.limit(limit(target));
        int id = KlogRecord.TEXT;
        if (line.isTruncated()) {
            id = KlogRecord.TRUNCATED;
            truncated.getAndIncrement();
        }
        return target.write(id, timestamp, line.bytes(), null, 0L, line.length());
    }

    /** The longest text that fits into the channel. */
    private static int limit(ThreadWriters target) {
        return (target.channel().geometry().maxLength() & -KlogRecord.ALIGNMENT) - KlogRecord.HEADER_BYTES;
    }

    /**
     * Closes the attached channel's current sub-buffers, so that consumers get what was written. That of an exclusive
     * buffer whose thread writes at this moment is closed at its next write.
     */
    public void flush() {
        final ThreadWriters target = writers;
        if (target != null) {
            try {
                target.flush();
            } catch (Throwable thrown) {
                failed();
            }
        }
    }

    /** Counts what would have been thrown at who logs. */
    long failed() {
        failures.getAndIncrement();
        return FAILED;
    }

    /**
     * How often something threw that had to do with logging: the {@code toString} of an argument, which a note in the
     * line replaces; or callbacks, the clock, or memory whose file was truncated, so that the result was
     * {@link #FAILED}.
     *
     * @return notes and failed calls
     */
    public long failureCount() {
        return failures.get();
    }

    /**
     * Texts that were cut off, whether the channel took the rest or not.
     *
     * @return lines
     */
    public long truncatedCount() {
        return truncated.get();
    }
}
