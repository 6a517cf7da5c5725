// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The shared words of one buffer. Every access that two threads or processes can make to the same word is a method
 * here, named after the word and its access mode; nothing else in the kernel touches them. One call is one step of the
 * model in {@code spec/}, and the row in {@code docs/memory-ordering.md} that a comment names says what the mode pairs
 * with and why a weaker one fails. A {@link RecordWriter} <em>is</em> the words of its buffer, so that a record reaches
 * them without a step over another object.
 *
 * <p>The words lie in a control block, hot ones 128 bytes apart (two cache lines: adjacent-line prefetch couples
 * pairs). A polling consumer reads {@code delivered} and {@code closed} only, which no writer touches per record.
 *
 * <pre>
 *    +0     tail                          writers, per record (of an exclusive buffer: per sub-buffer)
 *    +128   consumed                      consumer, per sub-buffer (and the opener in overwrite mode)
 *    +256   waiting                       consumer before it sleeps
 *    +384   closed                        once
 *    +512   lost[6] {records, bytes}      failing writers, one pair for each {@link Loss}
 *    +640   overwritten, skipped, aborted {sub-buffers, records, bytes} each
 *    +768   delivered {sub-buffers, records, bytes}, padding bytes, max backlog, read position     consumer
 *    +896   consumer {process, beat}, first sequence               attach and detach; beats once a second
 *    +1024  mapped[8] {process, beat}                              the same
 *    +1152  slot[n] {delivered, padding, records, complete}        per sub-buffer, 32 bytes each
 *    +...   commit[n]                     writers, per record, 128 bytes each
 * </pre>
 */
class ControlWords extends Words {
    /** Bytes that keep two words from sharing a cache line or an adjacent-line prefetch. */
    static final int LINE = 128;
    /** Entries for processes that have mapped the buffer. */
    static final int MAX_MAPPED = 8;
    /** In {@code delivered}: the consumer has passed the sub-buffer that is held in this slot. */
    static final long PASSED = 1L << 63;

    private static final int TAIL = 0;
    private static final int CONSUMED = LINE;
    private static final int WAITING = 2 * LINE;
    private static final int CLOSED = 3 * LINE;
    private static final int LOST = 4 * LINE;
    private static final int OVERWRITTEN = 5 * LINE;
    private static final int SKIPPED = OVERWRITTEN + 24;
    private static final int ABORTED = SKIPPED + 24;
    private static final int DELIVERED_TALLY = 6 * LINE;
    private static final int DELIVERED_PADDING = DELIVERED_TALLY + 24;
    private static final int MAX_BACKLOG = DELIVERED_TALLY + 32;
    private static final int READ_POSITION = DELIVERED_TALLY + 40;
    private static final int CONSUMER = 7 * LINE;
    private static final int CONSUMER_BEAT = CONSUMER + 8;
    private static final int FIRST = CONSUMER + 16;
    private static final int MAPPED = 8 * LINE;
    private static final int MAPPED_BEAT = MAPPED + 8;
    private static final int MAPPED_SIZE = 16;
    private static final int SLOTS = 9 * LINE;
    private static final int SLOT_SIZE = 32;
    private static final int DELIVERED = SLOTS;
    private static final int PADDING = SLOTS + 8;
    private static final int RECORDS = SLOTS + 16;
    private static final int COMPLETE = SLOTS + 24;

    private final int commits;

    /**
     * Binds the words of one buffer.
     *
     * @param block the control block, {@link #blockSize} bytes, 8-aligned, in a {@code long[]} or in native memory
     * @param subBufferCount the number of sub-buffers
     */
    ControlWords(MemorySegment block, int subBufferCount) {
        super(block);
        this.commits = commitsOffset(subBufferCount);
    }

    /** The same words, in an object of their own. */
    ControlWords(ControlWords words) {
        super(words);
        this.commits = words.commits;
    }

    /** Bytes of the control block of a buffer with this many sub-buffers: a multiple of 128. */
    static int blockSize(int subBufferCount) {
        return commitsOffset(subBufferCount) + subBufferCount * LINE;
    }

    private static int commitsOffset(int subBufferCount) {
        return SLOTS + (subBufferCount * SLOT_SIZE + LINE - 1 & -LINE);
    }

    /** Stores the initial state: sub-buffer {@code first} is next, and the lap before it counts as delivered. */
    static void initialize(MemorySegment block, Geometry geometry, long first, boolean exclusive) {
        for (int i = 0; i < geometry.subBufferCount(); i++) {
            final long sequence = geometry.plus(first, i);
            block.set(ValueLayout.JAVA_LONG, DELIVERED + geometry.slot(sequence) * SLOT_SIZE,
                    geometry.after(geometry.lapBefore(sequence)));
        }
        block.set(ValueLayout.JAVA_LONG, FIRST, first);
        block.set(ValueLayout.JAVA_LONG, CONSUMED, first);
        block.set(ValueLayout.JAVA_LONG, TAIL, geometry.position(first, 0) | (exclusive ? Geometry.EXCLUSIVE : 0L));
    }

    // ---- tail: flags, sequence, offset -------------------------------------------------------------------------

    final long tailAcquire() {
        return getAcquire(TAIL); // acquire: before delivered and consumed [M1]
    }

    final boolean casTail(long expected, long next) {
        return compareAndSet(TAIL, expected, next); // full: one owner each [M2]
    }

    final void tailRelease(long next) {
        setRelease(TAIL, next); // release: an exclusive writer's switch after the records before it [M3]
    }

    /** Orders a store of the tail before the stores of data behind it, for readers that validate on the tail. */
    final void reservedFence() {
        VarHandle.storeStoreFence(); // fence: neither a CAS nor a release orders its own store before later ones [M4]
    }

    // ---- commit: committed records (high half) and bytes (low half) of this lap --------------------------------

    /** Where the commit word of a slot is. */
    final int commitOffset(int slot) {
        return commits + slot * LINE;
    }

    final long getAndAddCommit(int slot, long recordsAndBytes) {
        // full: publishes this writer's data and acquires every other committer's for the deliverer
        return getAndAdd(commitOffset(slot), recordsAndBytes); // [M5]
    }

    final long commitAcquire(int slot) {
        return getAcquire(commitOffset(slot)); // acquire: the stable prefix [M6]
    }

    /** An exclusive writer keeps the {@link #commitOffset} of its sub-buffer. */
    final void commitRelease(int commitOffset, long recordsAndBytes) {
        setRelease(commitOffset, recordsAndBytes); // release: publishes the record [M30]
    }

    final void commitOpaque(int slot, long recordsAndBytes) {
        setOpaque(commitOffset(slot), recordsAndBytes); // opaque: delivered publishes it [M7]
    }

    // ---- padding, records, complete: written once per lap, published by the delivery ---------------------------

    final long paddingOpaque(int slot) {
        return getOpaque(PADDING + slot * SLOT_SIZE); // opaque: ordered by delivered [M8]
    }

    final void paddingOpaque(int slot, long padding) {
        setOpaque(PADDING + slot * SLOT_SIZE, padding); // opaque: ordered by the closer's commit [M8]
    }

    final long recordsOpaque(int slot) {
        return getOpaque(RECORDS + slot * SLOT_SIZE); // opaque: ordered by delivered [M9]
    }

    final void recordsOpaque(int slot, long records) {
        setOpaque(RECORDS + slot * SLOT_SIZE, records); // opaque: published by delivered [M9]
    }

    /** Notes, before the commit word is cleared, that a sub-buffer is whole: for a recovery, if a kill comes then. */
    final void completeOpaque(int slot, long sequenceAfter) {
        setOpaque(COMPLETE + slot * SLOT_SIZE, sequenceAfter); // opaque: in program order [M28]
    }

    final long completeOpaque(int slot) {
        return getOpaque(COMPLETE + slot * SLOT_SIZE); // opaque: its writer is gone [M28]
    }

    // ---- delivered: q + 1 of the last sub-buffer delivered in this slot ----------------------------------------

    final long deliveredAcquire(int slot) {
        return getAcquire(DELIVERED + slot * SLOT_SIZE); // acquire: the sub-buffer's data [M10]
    }

    final long deliveredVolatile(int slot) {
        return getVolatile(DELIVERED + slot * SLOT_SIZE); // volatile: re-checked after waiting is set [M27]
    }

    final boolean casDelivered(int slot, long expected, long next) {
        // full: one deliverer or one who passes; publishes; then looks at waiting and closed
        return compareAndSet(DELIVERED + slot * SLOT_SIZE, expected, next); // [M11]
    }

    final void deliveredVolatile(int slot, long sequenceAfter) {
        setVolatile(DELIVERED + slot * SLOT_SIZE, sequenceAfter); // volatile: frees a slot that was passed [M31]
    }

    // ---- consumed: sequence of the oldest sub-buffer that is not consumed ---------------------------------------

    final long consumedAcquire() {
        return getAcquire(CONSUMED); // acquire: reuse after the consumer's reads [M12]
    }

    final boolean casConsumed(long expected, long consumed) {
        return compareAndSet(CONSUMED, expected, consumed); // full: who moves it accounts for it [M13]
    }

    /** Orders a snapshot's copy before its validation on the tail. */
    final void copiedFence() {
        VarHandle.acquireFence(); // fence: plain reads of the copy before the re-read of the tail [M14]
    }

    // ---- waiting and closed: sleep and hang-up ------------------------------------------------------------------

    final long waitingVolatile() {
        return getVolatile(WAITING); // volatile: after delivered, Dekker with the sleeper [M15]
    }

    final void waitingVolatile(long waiting) {
        setVolatile(WAITING, waiting); // volatile: before the re-check of delivered [M15]
    }

    final long closedVolatile() {
        return getVolatile(CLOSED); // volatile: after waiting is set, and after delivered [M16]
    }

    final void closedVolatile(long closed) {
        setVolatile(CLOSED, closed); // volatile: before the look at waiting and at delivered [M16]
    }

    // ---- counters -----------------------------------------------------------------------------------------------

    final void getAndAddLost(Loss cause, long bytes) {
        final int at = LOST + cause.ordinal() * 16;
        getAndAdd(at, 1L); // full: several threads count [M19]
        getAndAdd(at + 8, bytes); // full: as above [M19]
    }

    final Tally lostOpaque(Loss cause) {
        final int at = LOST + cause.ordinal() * 16;
        return new Tally(0L, getOpaque(at), getOpaque(at + 8)); // opaque: exact at a quiet moment [M20]
    }

    final void getAndAddTally(Fate fate, long subBuffers, long records, long bytes) {
        final int at = tallyOffset(fate);
        getAndAdd(at, subBuffers); // full: several threads count [M19]
        getAndAdd(at + 8, records); // full: as above [M19]
        getAndAdd(at + 16, bytes); // full: as above [M19]
    }

    final Tally tallyOpaque(Fate fate) {
        final int at = tallyOffset(fate);
        return new Tally(getOpaque(at), getOpaque(at + 8), getOpaque(at + 16)); // opaque: as the lost ones [M20]
    }

    private static int tallyOffset(Fate fate) {
        return switch (fate) {
            case DELIVERED -> DELIVERED_TALLY;
            case OVERWRITTEN -> OVERWRITTEN;
            case SKIPPED -> SKIPPED;
            case ABORTED -> ABORTED;
        };
    }

    /** Counts a sub-buffer as delivered; only the consumer does. */
    final void ownDeliveredOpaque(long records, long bytes, long padding) {
        addOwn(DELIVERED_TALLY, 1L);
        addOwn(DELIVERED_TALLY + 8, records);
        addOwn(DELIVERED_TALLY + 16, bytes);
        addOwn(DELIVERED_PADDING, padding);
    }

    private void addOwn(int at, long amount) {
        setOpaque(at, getOpaque(at) + amount); // opaque: only the consumer writes its own counters [M20]
    }

    final long deliveredPaddingOpaque() {
        return getOpaque(DELIVERED_PADDING); // opaque: a statistic [M20]
    }

    final long maxBacklogOpaque() {
        return getOpaque(MAX_BACKLOG); // opaque: a statistic [M20]
    }

    final void maxBacklogOpaque(long subBuffers) {
        setOpaque(MAX_BACKLOG, subBuffers); // opaque: only the consumer writes it [M20]
    }

    final long firstOpaque() {
        return getOpaque(FIRST); // opaque: never changes [M20]
    }

    // ---- read position: how far a byte stream has come in a sub-buffer that is not consumed ---------------------

    final long readPositionOpaque() {
        return getOpaque(READ_POSITION); // opaque: the consumer's own, handed on by its claim [M21]
    }

    final void readPositionOpaque(long position) {
        setOpaque(READ_POSITION, position); // opaque: as above [M21]
    }

    // ---- claims: who consumes, who has mapped the buffer --------------------------------------------------------

    final long consumerOpaque() {
        return getOpaque(CONSUMER); // opaque: looked at before the CAS, which decides [M21]
    }

    final boolean casConsumer(long expected, long owner) {
        return compareAndSet(CONSUMER, expected, owner); // full: one consumer [M21]
    }

    final long consumerBeatOpaque() {
        return getOpaque(CONSUMER_BEAT); // opaque: a clock reading that orders nothing [M24]
    }

    final void consumerBeatOpaque(long nanoTime) {
        setOpaque(CONSUMER_BEAT, nanoTime); // opaque: as above [M24]
    }

    final long mappedOpaque(int entry) {
        return getOpaque(MAPPED + MAPPED_SIZE * entry); // opaque: looked at before the CAS, which decides [M21]
    }

    final boolean casMapped(int entry, long expected, long owner) {
        return compareAndSet(MAPPED + MAPPED_SIZE * entry, expected, owner); // full: one owner each [M21]
    }

    final long mappedBeatOpaque(int entry) {
        return getOpaque(MAPPED_BEAT + MAPPED_SIZE * entry); // opaque: a clock reading that orders nothing [M24]
    }

    final void mappedBeatOpaque(int entry, long nanoTime) {
        setOpaque(MAPPED_BEAT + MAPPED_SIZE * entry, nanoTime); // opaque: as above [M24]
    }
}
