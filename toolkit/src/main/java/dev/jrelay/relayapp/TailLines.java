// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogReader;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/** Makes lines of one buffer's bytes, and keeps what is not a whole line yet. */
final class TailLines {
    private static final int HEX_BYTES = 16;
    private static final long NANOS = 1_000_000_000L;

    private final int cpu;
    private final TailFormat format;
    private final KlogReader reader = new KlogReader();
    private final ByteArrayOutputStream rest = new ByteArrayOutputStream();

    TailLines(int cpu, TailFormat format) {
        this.cpu = cpu;
        this.format = format;
    }

    /** Takes a sub-buffer's bytes from {@code from} on. */
    void add(SubBuffer subBuffer, int from, List<Tail.Line> to) {
        if (format == TailFormat.KLOG) {
            final long start = from + 7L & -8L;
            if (start < subBuffer.length()) {
                addRecords(reader.wrap(subBuffer.segment(), subBuffer.sequence(), start, subBuffer.length()), to);
            }
        } else {
            addBytes(subBuffer.bytes().position(from), to);
        }
    }

    /** Takes bytes of a file. */
    void addStream(ByteBuffer bytes, List<Tail.Line> to) {
        if (format != TailFormat.KLOG) {
            addBytes(bytes, to);
            return;
        }
        while (bytes.hasRemaining()) {
            rest.write(bytes.get());
        }
        final byte[] all = rest.toByteArray();
        final MemorySegment memory = Arena.ofAuto().allocate(Math.max(1L, all.length), 8L);
        MemorySegment.copy(MemorySegment.ofArray(all), 0L, memory, 0L, all.length);
        long end = 0L;
        for (reader.wrapStream(memory.asSlice(0L, all.length)); reader.next();) {
            add(to);
            end = reader.offset() + reader.length() + 7L & -8L;
        }
        rest.reset();
        rest.write(all, (int) Math.min(end, all.length), (int) Math.max(0L, all.length - end));
    }

    private void addRecords(KlogReader records, List<Tail.Line> to) {
        while (records.next()) {
            add(to);
        }
    }

    private void add(List<Tail.Line> to) {
        final long time = reader.timestamp();
        to.add(new Tail.Line(cpu, time, Instant.ofEpochSecond(Math.floorDiv(time, NANOS), Math.floorMod(time, NANOS))
                + " " + reader.text().stripTrailing(), 0L));
    }

    private void addBytes(ByteBuffer bytes, List<Tail.Line> to) {
        while (bytes.hasRemaining()) {
            final byte next = bytes.get();
            if (format == TailFormat.TEXT && next == '\n') {
                flush(to);
            } else {
                rest.write(next);
                if (format == TailFormat.HEX && rest.size() == HEX_BYTES) {
                    flush(to);
                }
            }
        }
    }

    private void flush(List<Tail.Line> to) {
        to.add(new Tail.Line(cpu, 0L, format == TailFormat.HEX
                ? HexFormat.ofDelimiter(" ").formatHex(rest.toByteArray()) : rest.toString(StandardCharsets.UTF_8),
                0L));
        rest.reset();
    }

    /** What was before is gone: the rest does not belong to what follows. */
    void restart() {
        rest.reset();
    }

    /** Makes a line of what is left. */
    void end(List<Tail.Line> to) {
        if (format != TailFormat.KLOG && rest.size() > 0) {
            flush(to);
        }
    }
}
