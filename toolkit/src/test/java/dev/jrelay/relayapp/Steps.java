// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.util.ArrayList;
import java.util.List;

/**
 * The seam in front of each access to a shared word, and the book of what a {@link StepScenario} has done. From the
 * chosen access on, every one is refused with {@link Killed}: nothing in the channel's files changes any more, which
 * is what a kill at that place leaves.
 *
 * <p>Public, since the scenario lives under another class loader. One thread.
 */
public final class Steps {
    private static long left = Long.MAX_VALUE;

    private final List<Entry> entries = new ArrayList<>();
    private Entry inFlight;

    /** The kill. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed here", null, false, false);
        }
    }

    /** One record. */
    public static final class Entry {
        final int number;
        byte[] bytes;
        private long position = -1L;
        boolean finished;
        boolean aborted;

        Entry(int number, byte[] bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        /** The bytes to be written. */
        public byte[] bytes() {
            return bytes;
        }

        /** Where it lies; below 0 while that is not known. */
        public long position() {
            return position;
        }

        /** Notes where it lies. */
        public void at(long where) {
            position = where;
        }
    }

    /** Lets {@code accesses} happen; the next one is the kill. */
    static void killAfter(long accesses) {
        left = accesses;
    }

    /** Called by the woven kernel before each access. */
    public static void before() {
        if (left == 0L) {
            throw new Killed();
        }
        left--;
    }

    /**
     * Begins a record: its length, its number, and bytes that follow from both.
     *
     * @param length 2 to 127 bytes
     */
    public Entry begin(int length) {
        final int number = entries.size();
        final byte[] bytes = new byte[length];
        bytes[0] = (byte) length;
        bytes[1] = (byte) number;
        for (int i = 2; i < length; i++) {
            bytes[i] = (byte) (number * 7 + i);
        }
        final Entry entry = new Entry(number, bytes);
        entries.add(entry);
        inFlight = entry;
        return entry;
    }

    /** The record's write or commit is under way. */
    public void enter(Entry entry) {
        inFlight = entry;
    }

    /** The write or commit has returned; {@code position} is below 0 if nothing was written. */
    public void finish(Entry entry, long position) {
        entry.position = position;
        entry.finished = position >= 0L;
        inFlight = null;
    }

    /** Nothing of a record is under way, though it may be reserved. */
    public void leave() {
        inFlight = null;
    }

    /** The record is being given up: its bytes become zeros. */
    public void abort(Entry entry) {
        entry.aborted = true;
        entry.bytes = new byte[entry.bytes.length];
    }

    /** The one record that was given up. */
    Entry aborted() {
        return entries.stream().filter(entry -> entry.aborted).findAny().orElseThrow();
    }

    List<Entry> entries() {
        return entries;
    }

    Entry inFlight() {
        return inFlight;
    }
}
