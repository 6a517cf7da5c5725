// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

/** One sub-buffer of a {@link ReferenceBuffer}. */
final class ReferenceSubBuffer {
    final long sequence;
    final char[] content;
    int used;
    int records;
    int reservations;
    boolean closed;
    boolean passed;
    private final int header;
    private int committed;

    ReferenceSubBuffer(long sequence, int size, int header) {
        this.sequence = sequence;
        this.content = new char[size];
        this.header = header;
        this.used = header;
    }

    boolean isDelivered() {
        return closed && reservations == 0;
    }

    void put(int at, String record) {
        record.getChars(0, record.length(), content, at);
        committed += record.length();
    }

    /** Bytes that are readable: all of them, or none while a reservation is open; a header alone is no content. */
    int readable() {
        return reservations == 0 && used > header ? used : 0;
    }

    Rig.Content shown() {
        return new Rig.Content(sequence, new String(content, 0, used), content.length - used, records);
    }

    /** What is committed; an aborted record has bytes and is none. */
    Tally tally() {
        return new Tally(1L, records, committed);
    }
}
