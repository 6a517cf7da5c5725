// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;

/**
 * The only writer of an exclusive buffer: the analogue of {@code __relay_write}. A record costs no atomic
 * read-modify-write: the owner keeps the position in a plain field and publishes each record with one release store.
 *
 * <pre>
 * reserve(len)   request = the buffer's request word: flush, pause or finish asked for by other threads?
 *                position + len &lt; limit ? position : CLOSE, OPEN
 * commit         commit[q] = records, bytes (release): the stable prefix that readers may copy
 * CLOSE          padding[q]; tail = (q + 1, 0) (release); DELIVER as in SubBufferSwitch
 * OPEN           previous lap delivered? not full? admitted? overwrite: push consumed; tail = (q, open); fence;
 *                onStart(q)
 * </pre>
 *
 * <p>Position and limit decide: whatever keeps a record from being written at once (no sub-buffer is open, the channel
 * is paused or closed, the handle is given back) is {@code limit == position}; a record is reserved while {@code
 * reservedEnd != position}.
 *
 * <p>Layout, consumer and loss accounting are those of the shared protocol ({@code SubBufferSwitch}).
 *
 * <p>Threads: all methods are for the owner thread, which may change over time if the hand-over is synchronized. A
 * flush, pause or close by another thread is carried out at the owner's next call; until then consumers can read the
 * committed beginning of the current sub-buffer through their {@link Consumer#stream()}. Progress: wait-free.
 *
 * <p>One reservation at a time: {@code reserve} again before {@code commit} or {@code abort} throws
 * {@link IllegalStateException}.
 */
public final class ExclusiveWriter extends RecordWriter implements AutoCloseable {
    /** Where the next record goes. */
    private long position;
    /** Where the room for it ends: with the sub-buffer; or at the position, if nothing can be written at once. */
    private long limit;
    /** Records and bytes of the current sub-buffer, as in its commit word; 0 while it is not open. */
    private long committed;
    /** Where that commit word is, and what to add to a position to find its byte in {@link #data()}. */
    private int commitOffset;
    private long toData;
    /** Where the reserved record ends; the position, if none is. */
    private long reservedEnd;
    /** The request word that was carried out last. */
    private long obeyed;
    /** Why writes fail at present: PAUSED, CLOSED or null. */
    private Loss barred;
    private boolean released;

    ExclusiveWriter(RelayBuffer buffer, ControlWords words, Geometry geometry, MemorySegment data) {
        super(buffer, words, geometry, data);
        final long tail = words.tailAcquire(); // not by this object's own: the words may be moving to the heap now
        this.position = geometry.position(geometry.sequence(tail), 0);
        this.limit = position;
        this.reservedEnd = position;
        this.barred = tail < 0L ? Loss.CLOSED : null;
        this.obeyed = buffer.requestAcquire() & ~(RelayBuffer.REQUEST_PAUSE | RelayBuffer.REQUEST_FINISH);
    }

    @Override
    public long reserve(int length) {
        lookForRequests();
        final long at = position;
        if (length > 0 && length < limit - at && reservedEnd == at) {
            reservedEnd = at + length;
            return at;
        }
        return makeRoom(length);
    }

    /** Every reservation that does not simply go behind the last record. */
    private long makeRoom(int length) {
        protocol.checkLength(length);
        if (isReserved()) {
            throw new IllegalStateException("a record is reserved and neither committed nor aborted");
        }
        if (length > geometry.maxLength()) {
            return protocol.lost(Loss.TOO_LARGE, length);
        }
        if (barred != null) {
            return protocol.lost(barred, length);
        }
        if (isOpen() && length > subBufferSize - used()) {
            close(0L);
        }
        if (!isOpen()) {
            final Loss cause = protocol.obstacle(geometry.sequence(position));
            if (cause != null) {
                return protocol.lost(cause, length);
            }
            open(length);
        }
        reservedEnd = position + length;
        return position;
    }

    private boolean isReserved() {
        return reservedEnd != position;
    }

    private boolean isOpen() {
        return committed != 0L;
    }

    /** Used bytes of the current sub-buffer, the header included. */
    private int used() {
        return (int) committed;
    }

    /** Opens the next sub-buffer; the tail's offset only says that it is open. */
    private void open(int length) {
        final long sequence = geometry.sequence(position);
        final int header = geometry.headerBytes();
        if (geometry.overwrites()) {
            buffer.window.push(sequence);
        }
        tailRelease(Geometry.EXCLUSIVE | geometry.position(sequence, Math.max(header, 1)));
        reservedFence();
        commitOffset = commitOffset(geometry.slot(sequence));
        toData = geometry.dataOffset(position) - position;
        committed = header;
        limit = position + subBufferSize;
        position += header;
        reservedEnd = position;
        try {
            protocol.start(sequence);
        } catch (Throwable thrown) {
            reservedEnd = position + length;
            abort(position, length);
            throw thrown;
        }
    }

    @Override
    public long dataOffset(long position) {
        return position + toData;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if {@code position} and {@code length} are not those of the reserved record
     */
    @Override
    public void commit(long position, int length) {
        checkReserved(position, length);
        advance(length, RECORD);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if {@code position} and {@code length} are not those of the reserved record
     */
    @Override
    public void abort(long position, int length) {
        checkReserved(position, length);
        try {
            data.asSlice(dataOffset(position), length).fill((byte) 0);
        } finally {
            getAndAddTally(Fate.ABORTED, 0L, 1L, length);
            advance(length, 0L);
        }
    }

    private void checkReserved(long at, int length) {
        if (length == 0 || at != position || at + length != reservedEnd) {
            throw new IllegalStateException("position " + at + " with " + length + " bytes is not reserved");
        }
    }

    private void advance(int length, long records) {
        final long end = reservedEnd;
        position = end;
        committed += records + length;
        if (end == limit) {
            close(0L);
        } else {
            commitRelease(commitOffset, committed);
        }
    }

    /** Closes and delivers the current sub-buffer; {@code flags} go into the tail. */
    private void close(long flags) {
        final long sequence = geometry.sequence(position - 1L);
        final long records = committed >>> 32;
        paddingOpaque(geometry.slot(sequence), subBufferSize - used());
        position = geometry.position(geometry.after(sequence), 0);
        limit = position;
        reservedEnd = position;
        committed = 0L;
        tailRelease(Geometry.EXCLUSIVE | flags | position);
        protocol.deliver(sequence, records);
    }

    private void lookForRequests() {
        if (buffer.requestAcquire() != obeyed) {
            obey();
        }
    }

    /** Carries out what other threads asked for since the last call; while a record is reserved: nothing. */
    private void obey() {
        if (isReserved() || released) {
            return;
        }
        final long request = buffer.requestAcquire();
        final boolean flush = request / RelayBuffer.REQUEST_FLUSH != obeyed / RelayBuffer.REQUEST_FLUSH;
        obeyed = request;
        if ((request & RelayBuffer.REQUEST_FINISH) != 0L) {
            finish();
            return;
        }
        barred = (request & RelayBuffer.REQUEST_PAUSE) != 0L ? Loss.PAUSED : null;
        if (flush) {
            closeOpen();
        }
        limit = barred != null || !isOpen() ? position : position + subBufferSize - used();
    }

    private void closeOpen() {
        if (isOpen()) {
            close(0L);
        }
    }

    private void finish() {
        if (barred == Loss.CLOSED) {
            return;
        }
        barred = Loss.CLOSED;
        limit = position;
        try {
            if (isOpen()) {
                close(Geometry.FINALIZED);
            } else {
                tailRelease(Geometry.EXCLUSIVE | Geometry.FINALIZED | position);
            }
        } finally {
            protocol.hangUp();
        }
    }

    /**
     * Closes the current sub-buffer if it holds anything, so that the consumer gets it. While a record is reserved it
     * does nothing: flush after the commit.
     */
    public void flush() {
        lookForRequests();
        if (!isReserved()) {
            closeOpen();
        }
    }

    @Override
    public boolean hasRoom(int length) {
        return protocol.hasRoom(position, length);
    }

    /**
     * Gives the handle back, closing the current sub-buffer; the channel can then give the buffer to another writer. If
     * the channel is closed, consumers see the end. A reserved record is aborted. Writes through a closed handle fail
     * with {@link Result#CLOSED}. Idempotent. A thread that ends should close its writer: until then the buffer is
     * taken, and a closed channel keeps its memory.
     */
    @Override
    public void close() {
        if (released) {
            return;
        }
        try {
            if (isReserved()) {
                abort(position, (int) (reservedEnd - position));
            }
            lookForRequests();
            closeOpen();
        } finally {
            released = true;
            barred = Loss.CLOSED;
            limit = position;
            buffer.unclaim();
        }
    }
}
