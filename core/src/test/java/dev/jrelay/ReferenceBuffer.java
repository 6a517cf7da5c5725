// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one buffer does, for one thread and without any concurrency, in lists and strings: relay's documentation, and
 * what the API promises on top of it about reservations, exclusive buffers and held sub-buffers.
 */
final class ReferenceBuffer {
    /** A record that is reserved. */
    static final class Reservation {
        final String record;
        private final ReferenceSubBuffer part;
        private final int at;

        private Reservation(ReferenceSubBuffer part, int at, String record) {
            this.part = part;
            this.at = at;
            this.record = record;
        }
    }

    private final Map<Loss, Tally> lost = new EnumMap<>(Loss.class);
    private final Map<Fate, Tally> fates = new EnumMap<>(Fate.class);

    private final int size;
    private final int count;
    private final int header;
    private final boolean overwrite;
    private final boolean exclusive;
    /** From the oldest that is not consumed to the current one, which is there only while it is open. */
    private final Deque<ReferenceSubBuffer> parts = new ArrayDeque<>();
    private final List<ReferenceSubBuffer> passed = new ArrayList<>();
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
    private Loss lastCause;

    ReferenceBuffer(int size, int count, int headerBytes, Mode mode, boolean exclusive) {
        this.size = size;
        this.count = count;
        this.header = headerBytes;
        this.overwrite = mode == Mode.OVERWRITE;
        this.exclusive = exclusive;
    }

    private void clear() {
        lost.clear();
        fates.clear();
        paddingBytes = 0L;
    }

    // ---- writing ------------------------------------------------------------------------------------------------

    /** Null if the record is lost, counted under {@link #cause}. */
    Reservation reserve(String record) {
        final Loss cause = makeRoom(record.length());
        if (cause != null) {
            lose(cause, record.length());
            return null;
        }
        final ReferenceSubBuffer current = parts.getLast();
        final Reservation reservation = new Reservation(current, current.used, record);
        if (!exclusive) { // the owner of an exclusive buffer keeps its reservation to itself
            take(current, record.length());
        }
        return reservation;
    }

    /** Counts a record that is refused. */
    void lose(Loss cause, int length) {
        lost.merge(cause, new Tally(0L, 1L, length), Tally::plus);
        lastCause = cause;
    }

    /** Why the last reservation failed. */
    Loss cause() {
        return lastCause;
    }

    private void take(ReferenceSubBuffer current, int length) {
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
            consume(Fate.OVERWRITTEN);
        }
        parts.addLast(new ReferenceSubBuffer(sequence, size, header));
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
        final ReferenceSubBuffer part = reservation.part;
        final int length = reservation.record.length();
        part.put(reservation.at, aborts ? "\0".repeat(length) : reservation.record);
        part.records += aborts ? 0 : 1;
        if (aborts) {
            fates.merge(Fate.ABORTED, new Tally(0L, 1L, length), Tally::plus);
        }
        if (exclusive) {
            take(part, length);
        }
        part.reservations--;
        if (part.passed && part.isDelivered()) {
            passed.remove(part);
            fates.merge(Fate.SKIPPED, part.tally(), Tally::plus);
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
            consume(Fate.SKIPPED);
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

    private Rig.Content consume(Fate fate) {
        final long backlog = backlog();
        final ReferenceSubBuffer part = parts.removeFirst();
        fates.merge(fate, part.tally(), Tally::plus);
        if (fate == Fate.DELIVERED) {
            paddingBytes += size - part.used;
            maxBacklog = Math.max(maxBacklog, backlog);
        }
        readOffset = 0;
        return part.shown();
    }

    Rig.Content peek(int ahead) {
        if (overwrite) {
            if (ahead == 0 && copy == null && isReady()) {
                copy = consume(Fate.DELIVERED);
            }
            return ahead == 0 ? copy : null;
        }
        if (ahead == 0 || shown == 0) {
            shown = consumed() == first ? shown : 0;
            first = consumed();
        }
        final List<ReferenceSubBuffer> ready = parts.stream().takeWhile(ReferenceSubBuffer::isDelivered).toList();
        if (first != consumed() || ahead >= ready.size()) {
            return null;
        }
        shown += ahead == shown ? 1 : 0;
        return ready.get(ahead).shown();
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
            consume(Fate.DELIVERED);
        }
        first += most;
        shown -= most;
        return most;
    }

    /** Null at the end. */
    String read(int length) {
        final StringBuilder read = new StringBuilder();
        while (read.length() < length && !parts.isEmpty()) {
            final ReferenceSubBuffer oldest = parts.getFirst();
            final String text = new String(oldest.content, 0, oldest.readable());
            final int end = Math.min(text.length(), readOffset + length - read.length());
            read.append(text, Math.min(readOffset, end), end);
            readOffset = Math.max(readOffset, end);
            if (oldest.isDelivered() && end == text.length()) {
                consume(Fate.DELIVERED);
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
        final ReferenceSubBuffer part = parts.removeFirst();
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
                .map(ReferenceSubBuffer::shown).toList();
    }

    long backlog() {
        return parts.size() - (isOpen() ? 1L : 0L);
    }

    Tally pending() {
        final List<ReferenceSubBuffer> all = new ArrayList<>(parts);
        all.addAll(passed);
        final Tally sum = all.stream().map(ReferenceSubBuffer::tally).reduce(Tally.ZERO, Tally::plus);
        return new Tally(backlog(), sum.records(), sum.bytes());
    }

    Tally tally(Fate fate) {
        return fates.getOrDefault(fate, Tally.ZERO);
    }

    long paddingBytes() {
        return paddingBytes;
    }

    long maxBacklog() {
        return Math.max(maxBacklog, backlog());
    }

    Tally lost(Loss cause) {
        return lost.getOrDefault(cause, Tally.ZERO);
    }

    boolean isFull() {
        return !isOpen() && parts.size() == count;
    }

    boolean hasRoom(int length) {
        return overwrite || isOpen() && parts.getLast().used + length <= size || parts.size() < count;
    }
}
