// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one buffer does, for one thread and without any concurrency: lists of strings. */
final class ReferenceBuffer {
    private final int size;
    private final int count;
    private final String header;
    private final boolean overwrite;

    /** Closed and not consumed, oldest first. */
    final List<Rig.Content> closed = new ArrayList<>();
    final long[] lost = new long[2 * Result.CAUSES];
    final long[] overwritten = new long[3];
    final long[] skipped = new long[3];
    final long[] delivered = new long[3];
    final long[] aborted = new long[2];

    private long sequence;
    private String current = "";
    private int records;
    private int readOffset;
    private long seen = -1L;
    private boolean paused;
    private boolean finished;

    ReferenceBuffer(int size, int count, int headerBytes, boolean overwrite) {
        this.size = size;
        this.count = count;
        this.header = "\0".repeat(headerBytes);
        this.overwrite = overwrite;
    }

    /** 0 or a {@link Result}; an aborted record leaves zeros. */
    long write(String record, boolean aborts) {
        final long cause = record.length() > size - header.length() ? Result.TOO_LARGE
                : finished ? Result.CLOSED : paused ? Result.PAUSED : makeRoom(record.length());
        if (cause != 0L) {
            lost[(int) (-2L - 2L * cause)]++;
            lost[(int) (-1L - 2L * cause)] += record.length();
            return cause;
        }
        current += aborts ? "\0".repeat(record.length()) : record;
        records += aborts ? 0 : 1;
        aborted[0] += aborts ? 1 : 0;
        aborted[1] += aborts ? record.length() : 0;
        if (current.length() == size) {
            flush();
        }
        return 0L;
    }

    private long makeRoom(int length) {
        if (current.length() + length > size) {
            flush();
        }
        if (current.isEmpty()) {
            if (closed.size() == count) {
                if (!overwrite) {
                    return Result.FULL;
                }
                take(overwritten);
            }
            current = header;
        }
        return 0L;
    }

    void flush() {
        if (!current.isEmpty()) {
            closed.add(new Rig.Content(sequence++, current, size - current.length(), records));
            current = "";
            records = 0;
        }
    }

    private Rig.Content take(long[] counter) {
        final Rig.Content oldest = closed.removeFirst();
        counter[0]++;
        counter[1] += oldest.records();
        counter[2] += oldest.text().length() - header.length();
        readOffset = 0;
        return oldest;
    }

    private long consumed() {
        return sequence - closed.size();
    }

    /** The oldest ready one, consumed at once in overwrite mode; null if there is none. */
    Rig.Content next() {
        seen = consumed();
        return closed.isEmpty() ? null : overwrite ? take(delivered) : closed.getFirst();
    }

    int subBuffersConsumed(int wanted) {
        if (overwrite || wanted == 0) {
            return 0;
        }
        final boolean stale = seen >= 0L && seen != consumed();
        seen = -1L;
        final int ready = stale ? 0 : Math.min(wanted, closed.size());
        for (int i = 0; i < ready; i++) {
            take(delivered);
        }
        return ready;
    }

    /** Null at the end. */
    String read(int length) {
        final StringBuilder read = new StringBuilder();
        while (read.length() < length) {
            final boolean whole = !closed.isEmpty();
            final String text = whole ? closed.getFirst().text() : current;
            final String rest = text.substring(readOffset);
            final String part = rest.substring(0, Math.min(rest.length(), length - read.length()));
            read.append(part);
            readOffset += part.length();
            if (whole && readOffset == text.length()) {
                take(delivered);
            } else if (!whole) {
                break;
            }
        }
        return read.isEmpty() && length > 0 && isDrained() ? null : read.toString();
    }

    boolean isDrained() {
        return finished && closed.isEmpty();
    }

    void reset() {
        flush();
        while (!closed.isEmpty()) {
            take(skipped);
        }
        for (final long[] counter : List.of(lost, overwritten, skipped, delivered, aborted)) {
            Arrays.fill(counter, 0L);
        }
    }

    void pause(boolean pauses) {
        paused = pauses;
    }

    void finish() {
        flush();
        finished = true;
    }

    /** What a snapshot shows. */
    List<Rig.Content> retained() {
        final List<Rig.Content> all = new ArrayList<>(closed);
        if (!current.isEmpty()) {
            all.add(new Rig.Content(sequence, current, size - current.length(), records));
        }
        return all;
    }

    long pendingRecords() {
        return retained().stream().mapToLong(Rig.Content::records).sum();
    }

    long pendingBytes() {
        return retained().stream().mapToLong(content -> content.text().length() - header.length()).sum();
    }

    boolean isFull() {
        return current.isEmpty() && closed.size() == count;
    }

    boolean hasRoom(int length) {
        final int used = closed.size() + (current.isEmpty() ? 0 : 1);
        return overwrite || !current.isEmpty() && current.length() + length <= size || used < count;
    }
}
