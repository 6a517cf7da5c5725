// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import dev.jrelay.klog.KlogReader;
import dev.jrelay.klog.KlogRecord;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** klog's records one after the other, as a collector writes them. */
final class KlogRecords implements RecordStream {
    private static final int PIECE = 1 << 16;

    private final int cpu;
    private final InputStream in;
    private final KlogReader reader = new KlogReader();
    private byte[] piece = new byte[PIECE];
    private int length;
    private boolean isEnded;
    private long damaged;
    private long time = Decoded.NO_TIME;

    KlogRecords(int cpu, InputStream in) {
        this.cpu = cpu;
        this.in = in;
    }

    @Override
    public Decoded next() throws IOException {
        for (;;) {
            if (reader.next()) {
                final Decoded record = of(cpu, reader);
                time = record.timeNanos();
                return record;
            }
            damaged += reader.damagedBytes();
            if (isEnded) {
                final long found = damaged;
                damaged = 0L;
                reader.wrapStream(MemorySegment.ofArray(new byte[0]));
                return found == 0L ? null : Decoded.lack(cpu, time, Decoded.Kind.DAMAGED, found);
            }
            fill();
        }
    }

    /** The reader's current record. */
    static Decoded of(int cpu, KlogReader reader) {
        final Decoded.Kind kind = switch (reader.id()) {
            case KlogRecord.RAW -> Decoded.Kind.RAW;
            case KlogRecord.TRUNCATED -> Decoded.Kind.TRUNCATED;
            default -> Decoded.Kind.TEXT;
        };
        return new Decoded(cpu, reader.timestamp(), kind, reader.bytes(), 0L);
    }

    /** Reads more, behind what belongs to a record that is not whole yet. */
    private void fill() throws IOException {
        final int from = (int) reader.end();
        System.arraycopy(piece, from, piece, 0, length - from);
        length -= from;
        if (length == piece.length) {
            piece = Arrays.copyOf(piece, 2 * piece.length); // a record longer than that
        }
        final int read = in.readNBytes(piece, length, piece.length - length);
        length += read;
        final MemorySegment memory = MemorySegment.ofArray(piece).asSlice(0L, length);
        if (read == 0) {
            isEnded = true;
            reader.wrapStream(memory);
        } else {
            reader.wrapPiece(memory);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
