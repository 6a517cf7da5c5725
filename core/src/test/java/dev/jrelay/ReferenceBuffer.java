// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one buffer does, for one thread and without any concurrency, in lists and strings: relay's documentation, and
 * what the API promises on top of it about reservations, exclusive buffers and held sub-buffers.
 */
final class ReferenceBuffer {
    /** Sub-buffers, records and bytes. */
    private static final class Count {
        private long subBuffers;
        private long records;
        private long bytes;

        void add(long moreSubBuffers, long moreRecords, long moreBytes) {
            subBuffers += moreSubBuffers;
            records += moreRecords;
            bytes += moreBytes;
        }

        Tally tally() {
            return new Tally(subBuffers, records, bytes);
        }
    }

    /** One sub-buffer. */
    private final class Part {
        final long sequence;
        final char[] content = new char[size];
        int used = header;
        int records;
        int committed;
        int reservations;
        boolean closed;
        boolean passed;

        Part(long sequence) {
            this.sequence = sequence;
        }

        boolean isDelivered() {
            return closed && reservations == 0;
        }

        void put(int at, String record) {
            record.getChars(0, record.length(), content, at);
            committed += record.length();
        }

        /** What is readable: all of it, or nothing while a reservation is open; a header alone is no content. */
        int readable() {
            return reservations == 0 && used > header ? used : 0;
        }

        Rig.Content shown(int length) {
            return new Rig.Content(sequence, new String(content, 0, length), size - length, records);
        }
    }

    /** A record that is reserved. */
    static final class Reservation {
        final String record;
        private final Part part;
        private final int at;

        private Reservation(Part part, int at, String record) {
            this.part = part;
            this.at = at;
            this.record = record;
        }
    }

    final Map<Loss, Count> lost = new EnumMap<>(Loss.class);
    private final Count overwritten = new Count();
    private final Count skipped = new Count();
    private final Count delivered = new Count();
    private final Count aborted = new Count();

    private final int size;
    private final int count;
    private final int header;
    private final boolean overwrite;
    private final boolean exclusive;
    /** From the oldest that is not consumed to the current one, which is there only while it is open. */
    private final Deque<Part> parts = new ArrayDeque<>();
    private final List<Part> passed = new ArrayList<>();
    private long sequence;
    private long paddingBytes;
    private long maxBacklog;
    private int readOffset;
    /** Overwrite mode: the copy that the consumer has and has not reported. */
    private Rig.Content copy;
    private long first;
    private int shown;
    private boolean flushAsked;
    private boolean paused;
    private boolean finished;

    ReferenceBuffer(int size, int count, int headerBytes, Mode mode, boolean exclusive) {
        this.size = size;
        this.count = count;
        this.header = headerBytes;
        this.overwrite = mode == Mode.OVERWRITE;
        this.exclusive = exclusive;
        clear();
    }

    private void clear() {
        for (final Loss cause : Loss.values()) {
            lost.put(cause, new Count());
        }
        for (final Count counter : List.of(overwritten, skipped, delivered, aborted)) {
            counter.add(-counter.subBuffers, -counter.records, -counter.bytes);
        }
        paddingBytes = 0L;
    }

    // ---- writing ------------------------------------------------------------------------------------------------

    /** Null if the record is lost, counted under {@link #cause}. */
    Reservation reserve(String record) {
        final Loss cause = makeRoom(record.length());
        if (cause != null) {
            lost.get(cause).add(0L, 1L, record.length());
            lastCause = cause;
            return null;
        }
        final Part current = parts.getLast();
        final Reservation reservation = new Reservation(current, current.used, record);
        if (!exclusive) { // the owner of an exclusive buffer keeps its reservation to itself
            take(current, record.length());
        }
        return reservation;
    }

    private Loss lastCause;

    /** Why the last reservation failed. */
    Loss cause() {
        return lastCause;
    }

    private void take(Part current, int length) {
        current.used += length;
        current.reservations++;
        if (current.used == size) {
            close();
        }
    }

    private Loss makeRoom(int length) {
        obey();
        if (length > size - header) {
            return Loss.TOO_LARGE;
        }
        if (finished || paused) {
            return finished ? Loss.CLOSED : Loss.PAUSED;
        }
        if (isOpen() && parts.getLast().used + length > size) {
            close();
        }
        return isOpen() ? null : open();
    }

    private Loss open() {
        final long lapBefore = sequence - count;
        if (passed.stream().anyMatch(part -> part.sequence == lapBefore)
                || parts.stream().anyMatch(part -> part.sequence == lapBefore && !part.isDelivered())) {
            return Loss.STALLED;
        }
        if (parts.size() == count) {
            if (!overwrite) {
                return Loss.FULL;
            }
            consume(overwritten);
        }
        parts.addLast(new Part(sequence));
        return null;
    }

    private boolean isOpen() {
        return !parts.isEmpty() && !parts.getLast().closed;
    }

    private void close() {
        parts.getLast().closed = true;
        sequence++;
    }

    void finish(Reservation reservation, boolean aborts) {
        final Part part = reservation.part;
        final int length = reservation.record.length();
        part.put(reservation.at, aborts ? "\0".repeat(length) : reservation.record);
        part.records += aborts ? 0 : 1;
        if (aborts) {
            aborted.add(0L, 1L, length);
        }
        if (exclusive) {
            take(part, length);
        }
        part.reservations--;
        if (part.passed && part.isDelivered()) {
            passed.remove(part);
            skipped.add(1L, part.records, part.committed);
        }
    }

    /** The owner of an exclusive buffer carries out what others asked for. */
    private void obey() {
        if (flushAsked) {
            flush();
        }
    }

    /** A flush that takes place at once: of a shared buffer, or by the owner, who has nothing reserved. */
    void flush() {
        flushAsked = false;
        if (isOpen()) {
            close();
        }
    }

    /** A flush by somebody else. */
    void askFlush() {
        if (exclusive) {
            flushAsked = true;
        } else {
            flush();
        }
    }

    void pause(boolean pauses) {
        paused = pauses;
    }

    void finish() {
        flush();
        finished = true;
    }

    /** Whether nothing of before stays. */
    boolean reset() {
        askFlush();
        while (!parts.isEmpty() && parts.getFirst().isDelivered()) {
            consume(skipped);
        }
        clear();
        return parts.isEmpty();
    }

    // ---- consuming ----------------------------------------------------------------------------------------------

    private long consumed() {
        return sequence - backlog();
    }

    private boolean isReady() {
        return !parts.isEmpty() && parts.getFirst().isDelivered();
    }

    private Rig.Content consume(Count fate) {
        final long backlog = backlog();
        final Part part = parts.removeFirst();
        fate.add(1L, part.records, part.committed);
        if (fate == delivered) {
            paddingBytes += size - part.used;
            maxBacklog = Math.max(maxBacklog, backlog);
        }
        readOffset = 0;
        return part.shown(part.used);
    }

    Rig.Content peek(int ahead) {
        if (overwrite) {
            if (ahead == 0 && copy == null && isReady()) {
                copy = consume(delivered);
            }
            return ahead == 0 ? copy : null;
        }
        if (ahead == 0 || shown == 0) {
            shown = consumed() == first ? shown : 0;
            first = consumed();
        }
        final List<Part> ready = parts.stream().takeWhile(Part::isDelivered).toList();
        if (first != consumed() || ahead >= ready.size()) {
            return null;
        }
        shown += ahead == shown ? 1 : 0;
        return ready.get(ahead).shown(ready.get(ahead).used);
    }

    int subBuffersConsumed(int wanted) {
        final int most = Math.min(wanted, overwrite ? copy == null ? 0 : 1 : shown);
        if (overwrite) {
            copy = most == 1 ? null : copy;
            return most;
        }
        if (most > 0 && first != consumed()) {
            shown = 0;
            return 0;
        }
        for (int i = 0; i < most; i++) {
            consume(delivered);
        }
        first += most;
        shown -= most;
        return most;
    }

    /** Null at the end. */
    String read(int length) {
        final StringBuilder read = new StringBuilder();
        while (read.length() < length && !parts.isEmpty()) {
            final Part oldest = parts.getFirst();
            final String text = new String(oldest.content, 0, oldest.readable());
            final int end = Math.min(text.length(), readOffset + length - read.length());
            read.append(text, Math.min(readOffset, end), end);
            readOffset = Math.max(readOffset, end);
            if (oldest.isDelivered() && end == text.length()) {
                consume(delivered);
            } else if (end == text.length()) {
                break;
            }
        }
        return read.isEmpty() && length > 0 && isDrained() ? null : read.toString();
    }

    /** The sequence of the oldest one if it is closed and held, or -1. */
    long held() {
        return !parts.isEmpty() && parts.getFirst().closed && !isReady() ? parts.getFirst().sequence : -1L;
    }

    boolean pass() {
        if (held() < 0L) {
            return false;
        }
        final Part part = parts.removeFirst();
        part.passed = true;
        passed.add(part);
        readOffset = 0;
        return true;
    }

    Readiness poll(boolean waits) {
        return copy != null || isReady() ? Readiness.READABLE : isDrained() ? Readiness.HANG_UP
                : waits && held() >= 0L ? Readiness.HELD : Readiness.TIMED_OUT;
    }

    boolean isDrained() {
        return finished && parts.isEmpty();
    }

    // ---- looking ------------------------------------------------------------------------------------------------

    /** What a snapshot shows. */
    List<Rig.Content> snapshot() {
        return parts.stream().filter(part -> part.isDelivered() || !part.closed && part.readable() > 0)
                .map(part -> part.shown(part.used)).toList();
    }

    long backlog() {
        return parts.size() - (isOpen() ? 1L : 0L);
    }

    Tally pending() {
        final List<Part> all = new ArrayList<>(parts);
        all.addAll(passed);
        return new Tally(backlog(), all.stream().mapToLong(part -> part.records).sum(),
                all.stream().mapToLong(part -> part.committed).sum());
    }

    List<Tally> fates() {
        return Arrays.asList(delivered.tally(), overwritten.tally(), skipped.tally(), aborted.tally());
    }

    long paddingBytes() {
        return paddingBytes;
    }

    long maxBacklog() {
        return Math.max(maxBacklog, backlog());
    }

    Tally lost(Loss cause) {
        return lost.get(cause).tally();
    }

    boolean isFull() {
        return !isOpen() && parts.size() == count;
    }

    boolean hasRoom(int length) {
        return overwrite || isOpen() && parts.getLast().used + length <= size || parts.size() < count;
    }
}
