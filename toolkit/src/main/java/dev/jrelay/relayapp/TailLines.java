// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.klog.KlogReader;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Makes lines of one buffer's bytes, and keeps what is not a whole line yet. */
final class TailLines {
    static final int HEX_BYTES = 16;
    private static final int MAX_LINE = 1 << 20;
    /** Behind a line of which the end was not seen, or that is too long for one. */
    private static final byte[] CUT = " …".getBytes(StandardCharsets.UTF_8);
    private static final long NANOS = 1_000_000_000L;

    private final int cpu;
    private final TailFormat format;
    private final KlogReader reader = new KlogReader();
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

    TailLines(int cpu, TailFormat format) {
        this.cpu = cpu;
        this.format = format;
    }

    /** Takes a sub-buffer's bytes: {@code memory} is all of it, of which those from {@code from} to {@code length}. */
    void add(MemorySegment memory, long sequence, int from, int length, Consumer<Tail.Line> to) {
        if (format == TailFormat.KLOG) {
            final long start = from + 7L & -8L;
            if (start < length) {
                addRecords(reader.wrap(memory, sequence, start, length), to);
            }
        } else {
            addBytes(memory.asSlice(from, length - from).asByteBuffer(), to);
        }
    }

    /** Takes bytes of a file. */
    void addStream(ByteBuffer bytes, Consumer<Tail.Line> to) {
        if (format != TailFormat.KLOG) {
            addBytes(bytes, to);
            return;
        }
        final byte[] chunk = new byte[bytes.remaining()];
        bytes.get(chunk);
        rest.writeBytes(chunk);
        readRecords(false, to);
    }

    /** Takes records from the beginning of the rest; unless it is the last one, one that is cut at its end stays. */
    private void readRecords(boolean last, Consumer<Tail.Line> to) {
        final MemorySegment memory = MemorySegment.ofArray(rest.toByteArray());
        if (last) {
            reader.wrapStream(memory);
        } else {
            reader.wrapPiece(memory);
        }
        addRecords(reader, to);
        rest.reset();
        rest.writeBytes(memory.asSlice(reader.end()).toArray(ValueLayout.JAVA_BYTE));
    }

    private void addRecords(KlogReader records, Consumer<Tail.Line> to) {
        while (records.next()) {
            add(to);
        }
    }

    private void add(Consumer<Tail.Line> to) {
        final long time = reader.timestamp();
        to.accept(new Tail.Line(cpu, time, Instant.ofEpochSecond(Math.floorDiv(time, NANOS), Math.floorMod(time, NANOS))
                + " " + reader.text().stripTrailing(), 0L));
    }

    private void addBytes(ByteBuffer bytes, Consumer<Tail.Line> to) {
        while (bytes.hasRemaining()) {
            final byte next = bytes.get();
            if (format == TailFormat.TEXT && next == '\n') {
                flush(to);
            } else {
                rest.write(next);
                if (format == TailFormat.HEX && rest.size() == HEX_BYTES) {
                    flush(to);
                } else if (rest.size() == MAX_LINE) {
                    cut(to);
                }
            }
        }
    }

    private void flush(Consumer<Tail.Line> to) {
        to.accept(new Tail.Line(cpu, 0L, format == TailFormat.HEX
                ? HexFormat.ofDelimiter(" ").formatHex(rest.toByteArray()) : rest.toString(StandardCharsets.UTF_8),
                0L));
        rest.reset();
    }

    /** What follows does not belong to what was before: a line that had begun there is shown as it is, cut. */
    void cut(Consumer<Tail.Line> to) {
        if (rest.size() > 0) {
            if (format == TailFormat.TEXT) {
                rest.writeBytes(CUT);
            }
            flush(to);
        }
    }

    /** Makes a line of what is left. */
    void end(Consumer<Tail.Line> to) {
        if (format == TailFormat.KLOG) {
            readRecords(true, to);
        } else if (rest.size() > 0) {
            flush(to);
        }
    }
}
