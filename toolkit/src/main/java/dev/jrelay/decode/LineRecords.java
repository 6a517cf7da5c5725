// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines of text, without their ends. They have no times. A line of more than 1 MiB is cut into several. */
final class LineRecords implements RecordStream {
    private static final int MAX_LINE = 1 << 20;

    private final int cpu;
    private final InputStream in;

    /** Lines of a buffered stream. */
    LineRecords(int cpu, InputStream in) {
        this.cpu = cpu;
        this.in = in;
    }

    @Override
    public Decoded next() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            line.write(next);
            if (line.size() == MAX_LINE) {
                return record(line, Decoded.Kind.TRUNCATED);
            }
        }
        return record(line, Decoded.Kind.TEXT);
    }

    private Decoded record(ByteArrayOutputStream line, Decoded.Kind kind) {
        return new Decoded(cpu, Decoded.NO_TIME, kind, line.toByteArray(), 0L);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
