// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.BufferStats;
import dev.jrelay.MappedChannel;
import dev.jrelay.Snapshot;
import dev.jrelay.SubBuffer;
import dev.jrelay.Tally;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What is new since the last look: in a channel, looked at by snapshots and without consuming, or in a growing file.
 * Memory for one sub-buffer, or one piece of the file, and for an unfinished line of each buffer is all that it takes.
 *
 * <p>To be used by one thread.
 */
public final class Tail implements AutoCloseable {
    private static final int CHUNK = 1 << 20;
    private static final long SETTLE_NANOS = 1_000_000_000L;

    private final MappedChannel channel;
    private final FileChannel file;
    private final TailLines[] lines;
    private final Look[] looks;
    /** Of the sub-buffer that is looked at; null for a file. */
    private final MemorySegment copy;

    /**
     * A line to be shown.
     *
     * @param cpu the buffer
     * @param timestamp klog's time, ns since 1970; 0 in other formats
     * @param text the text, without its end
     * @param unseen if above 0: not a line, but this many records that were gone before they could be looked at
     */
    public record Line(int cpu, long timestamp, String text, long unseen) {
    }

    private Tail(MappedChannel channel, FileChannel file, int count, TailFormat format) {
        this.channel = channel;
        this.file = file;
        this.lines = new TailLines[count];
        this.looks = new Look[channel == null ? 0 : count];
        this.copy = channel == null ? null : Arena.ofAuto().allocate(channel.geometry().subBufferSize(), 8L);
        for (int i = 0; i < count; i++) {
            lines[i] = new TailLines(i, format);
        }
        for (int i = 0; i < looks.length; i++) {
            looks[i] = new Look(i);
        }
    }

    /**
     * Looks at a channel.
     *
     * @param channel the channel, which stays the caller's to close
     * @param format how to show it
     * @return the tail
     */
    public static Tail of(MappedChannel channel, TailFormat format) {
        return new Tail(channel, null, channel.bufferCount(), format);
    }

    /**
     * Looks at a file that a collector writes.
     *
     * @param file the file
     * @param format how to show it
     * @param lastLines how many of the lines that are there already matter: of text and hexadecimal, what is before
     *     them is not read, however long it is
     * @return the tail; close it
     * @throws IOException if the file cannot be opened
     */
    public static Tail of(Path file, TailFormat format, long lastLines) throws IOException {
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            final long size = channel.size(); // 0 of a FIFO
            final long begin = switch (format) {
                case TEXT -> size == 0L ? 0L : lineBegin(channel, size, lastLines);
                case HEX -> (size - Math.min(size, lastLines * TailLines.HEX_BYTES)) & -TailLines.HEX_BYTES;
                case KLOG -> 0L; // only from the beginning is it certain where a record begins
            };
            if (begin > 0L) {
                channel.position(begin);
            }
            return new Tail(null, channel, 1, format);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    /** Where the last lines begin. Longer ones are cut, so that so many of the longest are enough. */
    private static long lineBegin(FileChannel file, long size, long lines) throws IOException {
        final long oldest = lines >= size / CHUNK ? 0L : size - (lines + 1L) * CHUNK;
        final ByteBuffer piece = ByteBuffer.allocate(CHUNK);
        long ends = 0L;
        for (long end = size; end > oldest;) {
            final long from = Math.max(oldest, end - CHUNK);
            piece.clear().limit((int) (end - from));
            while (piece.hasRemaining() && file.read(piece, from + piece.position()) > 0) {
                continue;
            }
            for (int i = piece.position() - 1; i >= 0; i--) {
                if (piece.get(i) == '\n' && ends++ == lines) {
                    return from + i + 1L;
                }
            }
            end = from;
        }
        return oldest;
    }

    /**
     * What is new.
     *
     * @param last whether nothing more will be asked, so that an unfinished line is a line
     * @param to takes the lines, buffer by buffer, each oldest first
     * @throws IOException if the file cannot be read
     */
    public void poll(boolean last, Consumer<Line> to) throws IOException {
        if (file != null) {
            final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (file.read(chunk) > 0) {
                lines[0].addStream(chunk.flip(), to);
                chunk.clear();
            }
        }
        for (final Look look : looks) {
            look.again(to);
        }
        if (last) {
            endLines(to);
        }
    }

    private void endLines(Consumer<Line> to) {
        for (final TailLines source : lines) {
            source.end(to);
        }
    }

    /**
     * The last look at a channel that is closed, or whose process is dead: looks until every record is shown or
     * reported. A second at most, as a collector that was killed between its two steps never counts what it took, and
     * a record that is never finished holds others; these are then reported as not seen.
     *
     * @param to takes the lines, buffer by buffer, each oldest first
     * @throws IOException if the file cannot be read
     */
    public void end(Consumer<Line> to) throws IOException {
        final long begin = System.nanoTime();
        poll(false, to);
        while (!Arrays.stream(looks).allMatch(Look::isSettled)) {
            if (System.nanoTime() - begin > SETTLE_NANOS) {
                Arrays.stream(looks).forEach(Look::reportRest);
                break;
            }
            LockSupport.parkNanos(SETTLE_NANOS / 1000L);
            poll(false, to);
        }
        endLines(to);
    }

    /**
     * One buffer, from look to look. How many records were gone before they could be seen follows from the channel's
     * own counters: those that left it, minus those of them that were shown.
     *
     * <pre>
     * unseen = records of sub-buffers that left since the first look - records shown of these - reported before
     * </pre>
     *
     * <p>Both sides are read one after the other while a consumer counts; the side that is subtracted is read last, so
     * that at worst something is reported one look later, never what was seen.
     */
    private final class Look implements Snapshot.Target {
        private final int cpu;
        private final ArrayDeque<Shown> shown = new ArrayDeque<>();
        private Consumer<Line> to;
        private Tally base;
        private long sequence = -1L;
        private int offset;
        private boolean isWhole;
        private long left;
        private long reported;

        /** How many records of a sub-buffer were shown. */
        private record Shown(long sequence, long records, boolean isWhole) {
        }

        Look(int cpu) {
            this.cpu = cpu;
        }

        void again(Consumer<Line> lineTarget) throws IOException {
            to = lineTarget;
            if (base == null) {
                base = gone(channel.statsSinceOpen(cpu));
            }
            report(); // what left before this look is not in it
            channel.snapshot(cpu, sequence, this);
            report();
        }

        @Override
        public void copy(SubBuffer live) {
            MemorySegment.copy(live.segment(), 0L, copy, 0L, live.length());
        }

        @Override
        public void keep(SubBuffer copied, boolean isComplete) {
            final boolean known = copied.sequence() == sequence;
            if (copied.sequence() < sequence || known && copied.length() <= offset) {
                if (known && isComplete && !isWhole) { // nothing more came into it
                    isWhole = true;
                    final Shown open = shown.pollLast();
                    if (open != null) {
                        shown.add(new Shown(open.sequence(), open.records(), true));
                    }
                }
                return;
            }
            if (sequence >= 0L && !known && !(copied.sequence() == sequence + 1L && (isWhole || sawAllThatLeft()))) {
                lines[cpu].cut(to);
            }
            final int from = known ? offset : Math.min(copied.length(), channel.geometry().headerBytes());
            lines[cpu].add(copy, copied.sequence(), from, copied.length(), to);
            if (known) {
                shown.pollLast();
            }
            shown.add(new Shown(copied.sequence(), copied.records(), isComplete));
            sequence = copied.sequence();
            offset = copied.length();
            isWhole = isComplete;
        }

        /** Whether of everything up to the sub-buffer seen last, which has left, every record was shown. */
        private boolean sawAllThatLeft() {
            final BufferStats stats = channel.statsSinceOpen(cpu);
            return stats.consumed() > sequence && gone(stats).subBuffers() == stats.consumed() && report() == 0L;
        }

        private static Tally gone(BufferStats stats) {
            return stats.delivered().plus(stats.overwritten()).plus(stats.skipped());
        }

        /** Whether all that was written is accounted for, and every sub-buffer is closed, delivered and shown. */
        boolean isSettled() {
            final BufferStats stats = channel.statsSinceOpen(cpu);
            return gone(stats).subBuffers() == stats.consumed() && rest(stats) == 0L
                    && shown.stream().filter(Shown::isWhole).count() >= stats.backlog();
        }

        /** Records that are neither shown nor reported. */
        private long rest(BufferStats stats) {
            return gone(stats).records() + stats.pending().records() - base.records()
                    - left - shown.stream().mapToLong(Shown::records).sum() - reported;
        }

        void reportRest() {
            tell(rest(channel.statsSinceOpen(cpu)));
        }

        /** Tells how many records were not seen; returns how many were told now. */
        private long report() {
            final long records = gone(channel.statsSinceOpen(cpu)).records() - base.records();
            final long consumed = channel.statsSinceOpen(cpu).consumed();
            while (!shown.isEmpty() && shown.peek().sequence() < consumed) {
                left += shown.poll().records();
            }
            return tell(records - left - reported);
        }

        private long tell(long unseen) {
            if (unseen <= 0L) {
                return 0L;
            }
            reported += unseen;
            lines[cpu].cut(to);
            to.accept(new Line(cpu, 0L, "", unseen));
            return unseen;
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
