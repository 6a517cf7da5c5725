// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * The only writer of one buffer of an exclusive channel: the analogue of {@code __relay_write}. A record costs no
 * atomic read-modify-write: the owner keeps the state in plain fields and publishes its progress with one release
 * store.
 *
 * <pre>
 * reserve(len)   request = request word (acquire): flush, pause or finalize asked for by other threads?
 *                offset + len &lt;= S ? position : CLOSE, OPEN
 * commit         commit[q] = records, bytes; tail = (q, bytes) (release): the stable prefix that readers may copy
 * CLOSE          padding[q], records[q]; tail = (q + 1, 0); DELIVER as in SubBufferSwitch
 * OPEN           full? previous lap delivered? admitted? overwrite: push consumed; fence; onStart(q)
 * </pre>
 *
 * <p>Layout, consumer and loss accounting are those of the shared protocol ({@code SubBufferSwitch}).
 *
 * <p>Threads: all methods are for the owner thread, which may change over time if the hand-over is synchronized. A
 * flush, pause or close by another thread is carried out at the owner's next call; until then consumers can
 * {@link Consumer#read} the committed beginning of the current sub-buffer. Progress: wait-free.
 *
 * <p>One reservation at a time: {@code reserve} again before {@code commit} or {@code abort} throws
 * {@link IllegalStateException}.
 */
public final class ExclusiveWriter extends RecordWriter implements AutoCloseable {
    private final RelayBuffer buffer;
    private final ControlWords words;
    private final Runnable release;

    private long sequence;
    private int slot;
    /** Used bytes of the current sub-buffer, the header included; 0 while it is not open. */
    private int offset;
    private long records;
    private long reserved = -1L;
    private int reservedLength;
    private long seenRequest;
    /** Why writes fail at present: {@link Result#PAUSED}, {@link Result#CLOSED}, or 0. */
    private long barred;
    private boolean released;

    ExclusiveWriter(RelayBuffer buffer, Runnable release) {
        super(buffer.geometry, buffer.data);
        this.buffer = buffer;
        this.words = buffer.words;
        this.release = release;
        final long tail = words.tailAcquire();
        this.sequence = geometry.sequence(tail);
        this.slot = geometry.slot(sequence);
        this.offset = geometry.offset(tail);
        this.records = words.commitAcquire(slot) >>> 32;
        this.seenRequest = words.requestAcquire() & ~(ControlWords.REQUEST_PAUSE | ControlWords.REQUEST_FINALIZE);
    }

    @Override
    public long write(byte[] source, int from, int length) {
        // In one piece if the record goes behind the last one and does not fill the sub-buffer, else step by step.
        Objects.checkFromIndexSize(from, length, source.length);
        final int used = offset;
        if (used == 0 || length == 0 || length >= subBufferSize - used || barred != 0L || reserved >= 0L
                || words.requestAcquire() != seenRequest) {
            return super.write(source, from, length);
        }
        try {
            MemorySegment.copy(source, from, data, ValueLayout.JAVA_BYTE, geometry.slotOffset(slot) + used, length);
        } catch (Throwable failure) {
            return failed(reserveNext(length), length, failure);
        }
        records++;
        publish(used + length);
        return sequence << shift | used;
    }

    @Override
    long tryReserve(int length) {
        if (words.requestAcquire() != seenRequest) {
            obey();
        }
        if (offset == 0 || length > subBufferSize - offset || barred != 0L || reserved >= 0L) {
            final long result = makeRoom(length);
            if (result != 0L) {
                return result;
            }
        }
        return reserveNext(length);
    }

    private long reserveNext(int length) {
        reserved = sequence << shift | offset;
        reservedLength = length;
        return reserved;
    }

    /** Everything but the common case; 0 if {@code length} bytes now fit at {@code offset}. */
    private long makeRoom(int length) {
        if (reserved >= 0L) {
            throw new IllegalStateException("a record is reserved and neither committed nor aborted");
        }
        if (length > subBufferSize - headerBytes) {
            return buffer.protocol.lost(Result.TOO_LARGE, length);
        }
        if (barred != 0L) {
            return buffer.protocol.lost(barred, length);
        }
        if (offset != 0) {
            if (length <= subBufferSize - offset) {
                return 0L;
            }
            close(0L);
        }
        return open(length);
    }

    private long open(int length) {
        final long cause = buffer.protocol.obstacle(sequence);
        if (cause != 0L) {
            return buffer.protocol.lost(cause, length);
        }
        if (geometry.overwrite) {
            buffer.protocol.pushConsumed(sequence);
        }
        words.reservedFence();
        offset = headerBytes;
        try {
            buffer.callbacks.onStart(buffer, sequence, buffer.subBuffers[slot]);
        } catch (Throwable thrown) {
            return failed(reserveNext(length), length, thrown);
        }
        return 0L;
    }

    @Override
    public boolean hasRoom(int length) {
        return buffer.protocol.hasRoom(geometry.position(sequence, offset), length);
    }

    @Override
    public void commit(long position, int length) {
        checkReserved(position);
        records++;
        commitBytes(length);
    }

    @Override
    void abortCommit(long position, int length) {
        checkReserved(position);
        words.getAndAddCounter(ControlWords.ABORTED, 1L);
        words.getAndAddCounter(ControlWords.ABORTED + 8L, length);
        commitBytes(length);
    }

    private void checkReserved(long position) {
        if (position != reserved || position < 0L) {
            throw new IllegalStateException("position " + position + " is not reserved");
        }
    }

    private void commitBytes(int length) {
        reserved = -1L;
        offset += length;
        if (offset == subBufferSize) {
            close(0L);
        } else {
            publish(offset);
        }
    }

    private void publish(int used) {
        offset = used;
        words.commitOpaque(slot, records << 32 | used);
        words.tailRelease(Geometry.EXCLUSIVE | sequence << shift | used);
    }

    /** Closes and delivers the current sub-buffer; {@code flags} go into the tail. */
    private void close(long flags) {
        final int padding = subBufferSize - offset;
        final int closed = slot;
        final long delivered = sequence;
        words.paddingOpaque(closed, padding);
        sequence = geometry.plus(sequence, 1L);
        slot = geometry.slot(sequence);
        offset = 0;
        words.tailRelease(Geometry.EXCLUSIVE | flags | geometry.position(sequence, 0));
        final long count = records;
        records = 0L;
        buffer.protocol.deliver(delivered, closed, count);
    }

    /** Carries out what other threads asked for since the last call, unless a record is reserved: then later. */
    private void obey() {
        if (reserved >= 0L || released) {
            return;
        }
        final long request = words.requestAcquire();
        final boolean flush = request / ControlWords.REQUEST_FLUSH != seenRequest / ControlWords.REQUEST_FLUSH;
        seenRequest = request;
        if ((request & ControlWords.REQUEST_FINALIZE) != 0L) {
            finish();
            return;
        }
        barred = (request & ControlWords.REQUEST_PAUSE) != 0L ? Result.PAUSED : 0L;
        if (flush) {
            closeOpen();
        }
    }

    /** Closes the current sub-buffer if it holds anything, so that the consumer gets it. */
    public void flush() {
        if (words.requestAcquire() != seenRequest) {
            obey();
        }
        closeOpen();
    }

    private void closeOpen() {
        if (offset != 0 && reserved < 0L) {
            close(0L);
        }
    }

    private void finish() {
        if (barred == Result.CLOSED) {
            return;
        }
        barred = Result.CLOSED;
        try {
            if (offset != 0) {
                close(Geometry.FINALIZED);
            } else {
                words.tailRelease(Geometry.EXCLUSIVE | Geometry.FINALIZED | geometry.position(sequence, 0));
            }
        } finally {
            buffer.protocol.hangUp();
        }
    }

    /**
     * Gives the handle back, closing the current sub-buffer; the channel can then give the buffer to another writer. If
     * the channel is closed, consumers see the end. A reserved record is aborted. Writes through a closed handle fail
     * with {@link Result#CLOSED}. Idempotent.
     */
    @Override
    public void close() {
        if (released) {
            return;
        }
        try {
            if (reserved >= 0L) {
                abort(reserved, reservedLength);
            }
            obey();
            closeOpen();
        } finally {
            released = true;
            barred = Result.CLOSED;
            release.run();
        }
    }
}
