// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The shared words of one buffer. Every access that two threads or processes can make to the same word is a method
 * here, named after the word and its access mode; nothing else in the kernel touches them. One call is one step of the
 * model in {@code spec/}, and the row in {@code docs/memory-ordering.md} that a comment names says what the mode pairs
 * with and why a weaker one fails.
 *
 * <p>The words lie in a control block, hot ones 128 bytes apart (two cache lines: adjacent-line prefetch couples
 * pairs). A polling consumer reads {@code delivered} and {@code closed} only, which no writer touches per record. The
 * block of a channel in memory is part of a {@code long[]}: what is touched per record is accessed there as an array
 * element, which costs one check; in a segment it costs six.
 *
 * <pre>
 *    +0     tail                          writers, per record
 *    +128   consumed                      consumer, per sub-buffer (and the opener in overwrite mode)
 *    +256   waiting                       consumer before it sleeps
 *    +384   request, closed               rare
 *    +512   lost[6] {records, bytes}      failing writers, one pair for each cause of {@link Result}
 *    +640   overwritten {sub-buffers, records, bytes}, skipped {the same}, aborted {records, bytes}
 *    +768   delivered {sub-buffers, records, bytes, padding bytes}, max backlog, read position     consumer
 *    +896   consumer owner, mapped readers [8], first sequence                                     attach and detach
 *    +1024  slot[n] {delivered, padding, records, complete}        per sub-buffer, 32 bytes each
 *    +...   commit[n]                     writers, per record, 128 bytes each
 * </pre>
 */
final class ControlWords {
    /** Bytes that keep two words from sharing a cache line or an adjacent-line prefetch. */
    static final long LINE = 128L;

    private static final long TAIL = 0L;
    private static final long CONSUMED = LINE;
    private static final long WAITING = 2L * LINE;
    private static final long REQUEST = 3L * LINE;
    private static final int REQUEST_INDEX = (int) (REQUEST / Long.BYTES);
    private static final long CLOSED = REQUEST + 8L;
    private static final long SLOTS = 8L * LINE;
    private static final long SLOT_SIZE = 32L;
    private static final long PADDING = 8L;
    private static final long RECORDS = 16L;
    private static final long COMPLETE = 24L;

    /** Counters: offsets for {@link #getAndAddCounter}, {@link #counterOpaque} and {@link #ownCounterOpaque}. */
    static final long LOST = 4L * LINE;
    static final long OVERWRITTEN = 5L * LINE;
    static final long SKIPPED = OVERWRITTEN + 24L;
    static final long ABORTED = SKIPPED + 24L;
    static final long DELIVERED = 6L * LINE;
    static final long DELIVERED_PADDING = DELIVERED + 24L;
    static final long MAX_BACKLOG = DELIVERED + 32L;
    static final long READ_POSITION = DELIVERED + 40L;
    static final long CONSUMER = 7L * LINE;
    static final long MAPPED = CONSUMER + 8L;
    static final int MAX_MAPPED = 8;
    static final long FIRST = MAPPED + 8L * MAX_MAPPED;

    /** Bits of the request word; above them the count of flush requests. */
    static final long REQUEST_FINALIZE = 1L;
    static final long REQUEST_PAUSE = 2L;
    static final long REQUEST_FLUSH = 4L;

    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private static final VarHandle ELEMENT =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final MemorySegment block;
    private final long commits;

    // If the block lies in an array: it, and the indices of words in it.
    private final long[] array;
    private final int tail;
    private final int firstCommit;

    /**
     * Binds the words of one buffer.
     *
     * @param block the control block, {@link #blockSize} bytes, 8-aligned
     * @param subBufferCount the number of sub-buffers
     */
    ControlWords(MemorySegment block, int subBufferCount) {
        this.block = block;
        this.commits = commitsOffset(subBufferCount);
        this.array = block.heapBase().orElse(null) instanceof long[] longs ? longs : null;
        this.tail = array == null ? 0 : (int) (block.address() / Long.BYTES);
        this.firstCommit = tail + (int) (commits / Long.BYTES);
    }

    /** Bytes of the control block of a buffer with this many sub-buffers: a multiple of 128. */
    static long blockSize(int subBufferCount) {
        return commitsOffset(subBufferCount) + subBufferCount * LINE;
    }

    private static long commitsOffset(int subBufferCount) {
        return SLOTS + (subBufferCount * SLOT_SIZE + LINE - 1L & -LINE);
    }

    private int commitIndex(int slot) {
        return firstCommit + slot * (int) (LINE / Long.BYTES);
    }

    private static long slotWord(int slot) {
        return SLOTS + slot * SLOT_SIZE;
    }

    /** Stores the initial state: sub-buffer {@code first} is next, and the lap before it counts as delivered. */
    void initialize(Geometry geometry, long first) {
        final int count = geometry.subBufferCount;
        for (int i = 0; i < count; i++) {
            final long sequence = geometry.plus(first, i);
            WORD.set(block, slotWord(geometry.slot(sequence)), geometry.plus(sequence, 1L - count));
        }
        WORD.set(block, FIRST, first);
        WORD.set(block, CONSUMED, first);
        WORD.set(block, READ_POSITION, geometry.position(first, 0));
        WORD.set(block, TAIL, geometry.position(first, 0) | (geometry.exclusive ? Geometry.EXCLUSIVE : 0L));
    }

    // ---- tail: flags, sequence, offset -------------------------------------------------------------------------

    long tailAcquire() {
        return array != null ? (long) ELEMENT.getAcquire(array, tail) // acquire: before consumed and delivered [M1]
                : (long) WORD.getAcquire(block, TAIL); // the same [M1]
    }

    boolean casTail(long expected, long next) {
        return array != null ? ELEMENT.compareAndSet(array, tail, expected, next) // full: one owner each [M2]
                : WORD.compareAndSet(block, TAIL, expected, next); // the same [M2]
    }

    void tailRelease(long next) {
        if (array != null) {
            ELEMENT.setRelease(array, tail, next); // release: publishes the record of an exclusive writer [M3]
        } else {
            WORD.setRelease(block, TAIL, next); // the same [M3]
        }
    }

    /** Orders a reservation's store of the tail before its stores of data, for readers that validate on the tail. */
    void reservedFence() {
        VarHandle.storeStoreFence(); // fence: a CAS does not order its own store before later stores [M4]
    }

    // ---- commit: committed records (high half) and bytes (low half) of this lap --------------------------------

    long getAndAddCommit(int slot, long recordsAndBytes) {
        // full: publishes this writer's data and acquires every other committer's for the deliverer
        return array != null ? (long) ELEMENT.getAndAdd(array, commitIndex(slot), recordsAndBytes) // [M5]
                : (long) WORD.getAndAdd(block, commits + slot * LINE, recordsAndBytes); // [M5]
    }

    long commitAcquire(int slot) {
        return (long) WORD.getAcquire(block, commits + slot * LINE); // acquire: the stable prefix [M6]
    }

    void commitOpaque(int slot, long recordsAndBytes) {
        if (array != null) {
            ELEMENT.setOpaque(array, commitIndex(slot), recordsAndBytes); // opaque: delivered or tail publishes it [M7]
        } else {
            WORD.setOpaque(block, commits + slot * LINE, recordsAndBytes); // the same [M7]
        }
    }

    // ---- padding, records, complete: written once per lap, published by the delivery ---------------------------

    long paddingOpaque(int slot) {
        return (long) WORD.getOpaque(block, slotWord(slot) + PADDING); // opaque: ordered by delivered [M8]
    }

    void paddingOpaque(int slot, long padding) {
        WORD.setOpaque(block, slotWord(slot) + PADDING, padding); // opaque: ordered by the closer's commit [M8]
    }

    long recordsOpaque(int slot) {
        return (long) WORD.getOpaque(block, slotWord(slot) + RECORDS); // opaque: ordered by delivered [M9]
    }

    void recordsOpaque(int slot, long records) {
        WORD.setOpaque(block, slotWord(slot) + RECORDS, records); // opaque: published by delivered [M9]
    }

    /** Notes, before the commit word is cleared, that a sub-buffer is whole: for a recovery, if a kill comes then. */
    void completeOpaque(int slot, long sequenceAfter) {
        WORD.setOpaque(block, slotWord(slot) + COMPLETE, sequenceAfter); // opaque: in program order [M28]
    }

    // ---- delivered: q + 1 of the last sub-buffer delivered in this slot ----------------------------------------

    long deliveredAcquire(int slot) {
        return (long) WORD.getAcquire(block, slotWord(slot)); // acquire: the sub-buffer's data [M10]
    }

    long deliveredVolatile(int slot) {
        return (long) WORD.getVolatile(block, slotWord(slot)); // volatile: re-checked after waiting is set [M27]
    }

    void deliveredVolatile(int slot, long sequenceAfter) {
        WORD.setVolatile(block, slotWord(slot), sequenceAfter); // volatile: publishes; then looks at waiting [M11]
    }

    // ---- consumed: sequence of the oldest sub-buffer that is not consumed ---------------------------------------

    long consumedAcquire() {
        return (long) WORD.getAcquire(block, CONSUMED); // acquire: reuse after the consumer's reads [M12]
    }

    boolean casConsumed(long expected, long consumed) {
        return WORD.compareAndSet(block, CONSUMED, expected, consumed); // full: who moves it accounts for it [M13]
    }

    /** Orders a snapshot's copy before its validation on the tail. */
    void copiedFence() {
        VarHandle.acquireFence(); // fence: plain reads of the copy before the re-read of the tail [M14]
    }

    // ---- waiting and closed: sleep and hang-up ------------------------------------------------------------------

    long waitingVolatile() {
        return (long) WORD.getVolatile(block, WAITING); // volatile: after delivered, Dekker with the sleeper [M15]
    }

    void waitingVolatile(long waiting) {
        WORD.setVolatile(block, WAITING, waiting); // volatile: before the re-check of delivered [M15]
    }

    long closedVolatile() {
        return (long) WORD.getVolatile(block, CLOSED); // volatile: re-checked after waiting is set [M16]
    }

    void closedVolatile(long closed) {
        WORD.setVolatile(block, CLOSED, closed); // volatile: before the look at waiting [M16]
    }

    // ---- request: what other threads ask of the owner of an exclusive buffer ------------------------------------

    long requestAcquire() {
        return array != null ? (long) ELEMENT.getAcquire(array, tail + REQUEST_INDEX) // acquire: what led to it [M17]
                : (long) WORD.getAcquire(block, REQUEST); // the same [M17]
    }

    boolean casRequest(long expected, long request) {
        return WORD.compareAndSet(block, REQUEST, expected, request); // full: no request is lost [M18]
    }

    // ---- counters -----------------------------------------------------------------------------------------------

    long getAndAddCounter(long counter, long amount) {
        return (long) WORD.getAndAdd(block, counter, amount); // atomic add: several threads count [M19]
    }

    long counterOpaque(long counter) {
        return (long) WORD.getOpaque(block, counter); // opaque: a statistic, exact at a quiet moment [M20]
    }

    void ownCounterOpaque(long counter, long value) {
        WORD.setOpaque(block, counter, value); // opaque: only the consumer writes its own counters [M20]
    }

    boolean casCounter(long counter, long expected, long value) {
        return WORD.compareAndSet(block, counter, expected, value); // full: claims of readers [M21]
    }
}
