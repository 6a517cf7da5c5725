// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.klog;

import dev.jrelay.SubBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Goes through the records of a sub-buffer; nothing is allocated but by {@link #text()} and {@link #bytes()}.
 *
 * <p>Every record is verified by its check (but see {@link #wrapStream}). Zeros, which aborted reservations leave, are
 * skipped and counted. Anything else that is no record is passed over in steps of 8 bytes and counted as damaged. In a
 * delivered sub-buffer of a klog channel nothing is damaged. In an unstable one, that of a process which died, damaged
 * bytes are reservations that it did not finish and rests of earlier laps, and what this class returns is exactly the
 * records that were finished: nothing is invented, also nothing from an earlier lap.
 *
 * <p>To be used by one thread.
 *
 * {@snippet :
 * for (reader.wrap(subBuffer, 0); reader.next();) {
 *     System.out.println(reader.timestamp() + " " + reader.text());
 * }
 * }
 */
public final class KlogReader {
    /** A longer record is not waited for: damaged bytes may say any length. */
    private static final int MAX_CUT = 1 << 26;

    private MemorySegment segment;
    private long subBufferSize;
    /** Below 0 if it is not known, so that nothing can be verified. */
    private long sequence;
    private long limit;
    private long at;
    private long following;
    private long zeroBytes;
    private long damagedBytes;
    private boolean mayGoOn;

    /** Creates a reader without records; see {@link #wrap(SubBuffer, int)}. */
    public KlogReader() {
        // following and limit are 0: next() finds nothing
    }

    /**
     * Goes to the beginning of a delivered sub-buffer, or of the committed beginning of one in a snapshot.
     *
     * @param subBuffer the sub-buffer; must stay valid while its records are read
     * @param headerBytes the channel's header bytes, a multiple of 8
     * @return this
     */
    public KlogReader wrap(SubBuffer subBuffer, int headerBytes) {
        return wrap(subBuffer.segment(), subBuffer.sequence(), headerBytes, subBuffer.length());
    }

    /**
     * Goes to the beginning of a sub-buffer in memory, for instance of an unstable one in the file of a process that
     * died.
     *
     * @param memory the whole sub-buffer: its size is part of the checks
     * @param itsSequence the sub-buffer's sequence: records of another one are not recognized
     * @param from where to begin, bytes: the channel's header bytes, or the end of a stable part; a multiple of 8
     * @param to where to end, bytes: what was reserved, if known, else the sub-buffer size
     * @return this
     * @throws IllegalArgumentException if {@code from} is not a multiple of 8
     * @throws IndexOutOfBoundsException if {@code from} to {@code to} is not within {@code memory}
     */
    public KlogReader wrap(MemorySegment memory, long itsSequence, long from, long to) {
        Objects.checkFromToIndex(from, to, memory.byteSize());
        if ((from & KlogRecord.ALIGNMENT - 1) != 0L) {
            throw new IllegalArgumentException("records from byte " + from + ": must be a multiple of 8");
        }
        segment = memory;
        subBufferSize = memory.byteSize();
        sequence = itsSequence;
        limit = to;
        at = from;
        following = from;
        zeroBytes = 0L;
        damagedBytes = 0L;
        mayGoOn = false;
        return this;
    }

    /**
     * Goes to the beginning of a file that a collector has written of a channel without header bytes, padding stripped:
     * records one after the other. Their positions are not known any more, so the checks cannot be verified, and
     * damage is found only if it makes a record impossible.
     *
     * @param stream the file's content
     * @return this
     */
    public KlogReader wrapStream(MemorySegment stream) {
        return wrap(stream, -1L, 0L, stream.byteSize());
    }

    /**
     * Goes to the beginning of a piece of such a file, which may end within a record: there {@link #next()} stops, and
     * what is from {@link #end()} on belongs before the next piece.
     *
     * @param piece some of the file's content, from the beginning or the end of a piece before
     * @return this
     */
    public KlogReader wrapPiece(MemorySegment piece) {
        wrapStream(piece);
        mayGoOn = true;
        return this;
    }

    /**
     * How far the records go that {@link #next()} has found.
     *
     * @return offset of the first byte behind them, and behind what was passed over
     */
    public long end() {
        return following;
    }

    /**
     * Goes to the next record.
     *
     * @return false if there is none
     */
    public boolean next() {
        at = following;
        while (at <= limit - KlogRecord.MIN_SIZE) {
            final int size = validSize();
            if (size > 0) {
                following = at + size;
                if (id() != KlogRecord.ABORTED) {
                    return true;
                }
                zeroBytes += size;
                at = following;
            } else if (mayGoOn && isCut()) {
                break;
            } else {
                pass(KlogRecord.ALIGNMENT);
            }
        }
        if (mayGoOn) {
            following = at;
            return false;
        }
        pass(limit - at);
        following = limit;
        return false;
    }

    private void pass(long bytes) {
        if (bytes == KlogRecord.ALIGNMENT ? segment.get(KlogRecord.LONG, at) == 0L : isZero(bytes)) {
            zeroBytes += bytes;
        } else {
            damagedBytes += bytes;
        }
        at += bytes;
    }

    private boolean isZero(long bytes) {
        for (long i = 0L; i < bytes; i++) {
            if (segment.get(ValueLayout.JAVA_BYTE, at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The size of the record at {@code at}, or 0 if there is none. */
    private int validSize() {
        final int check = segment.get(KlogRecord.INT, at + KlogRecord.CHECK);
        final int length = segment.get(KlogRecord.INT, at + KlogRecord.LENGTH);
        if (check == 0 || id() < KlogRecord.TEXT || id() > KlogRecord.ABORTED || length < 0
                || length > limit - at - KlogRecord.HEADER_BYTES) {
            return 0;
        }
        final int size = KlogRecord.size(length);
        if (size > limit - at) {
            return 0;
        }
        if (sequence < 0L) {
            return size;
        }
        final long position = KlogRecord.position(sequence, at, subBufferSize);
        return KlogRecord.check(segment, at, position, id(), size) == check ? size : 0;
    }

    /** Whether a record begins at {@code at} that would be one with more bytes behind it. */
    private boolean isCut() {
        final int length = segment.get(KlogRecord.INT, at + KlogRecord.LENGTH);
        return segment.get(KlogRecord.INT, at + KlogRecord.CHECK) != 0 && id() >= KlogRecord.TEXT
                && id() <= KlogRecord.ABORTED && length >= 0 && length <= MAX_CUT;
    }

    /**
     * What the current record is.
     *
     * @return {@link KlogRecord#TEXT}, {@link KlogRecord#RAW} or {@link KlogRecord#TRUNCATED}
     */
    public int id() {
        return segment.get(KlogRecord.INT, at);
    }

    /**
     * When the current record was written.
     *
     * @return ns; of {@link KlogClock} since 1970
     */
    public long timestamp() {
        return segment.get(KlogRecord.LONG, at + KlogRecord.TIMESTAMP);
    }

    /**
     * The length of the current record's text or raw bytes.
     *
     * @return bytes
     */
    public int length() {
        return segment.get(KlogRecord.INT, at + KlogRecord.LENGTH);
    }

    /**
     * Where the current record's text or raw bytes are.
     *
     * @return offset of the first byte in the sub-buffer
     */
    public long offset() {
        return at + KlogRecord.HEADER_BYTES;
    }

    /**
     * The current record's text.
     *
     * @return its bytes, decoded as UTF-8
     */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /**
     * The current record's text or raw bytes.
     *
     * @return a copy
     */
    public byte[] bytes() {
        final byte[] bytes = new byte[length()];
        MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset(), bytes, 0, bytes.length);
        return bytes;
    }

    /**
     * Zeros passed over so far: aborted reservations.
     *
     * @return bytes
     */
    public long zeroBytes() {
        return zeroBytes;
    }

    /**
     * Bytes passed over so far that are neither records nor zeros.
     *
     * @return bytes
     */
    public long damagedBytes() {
        return damagedBytes;
    }
}
