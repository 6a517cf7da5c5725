// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.tee;

import dev.jrelay.klog.Klog;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;

/** Passes everything on to another stream, and lines to a klog until it is ended. */
final class TeeStream extends PrintStream {
    private final PrintStream original;
    private final Lines lines;
    private volatile boolean ended;

    private TeeStream(PrintStream original, Lines lines) {
        super(lines, false, original.charset()); // characters become the bytes that the original would make of them
        this.original = original;
        this.lines = lines;
    }

    static TeeStream over(PrintStream original, Klog klog) {
        return new TeeStream(original, new Lines(original, klog));
    }

    /** The stream behind an ended tee, and behind those that it was laid over and that are ended too. */
    static PrintStream behind(TeeStream ended) {
        PrintStream stream = ended;
        while (stream instanceof TeeStream tee && tee.ended) {
            stream = tee.original;
        }
        return stream;
    }

    /** Passes on only, from now on; a line that has no end yet becomes a record. */
    void end() {
        flush();
        ended = true;
        lines.end();
    }

    @Override
    public boolean checkError() {
        return original.checkError() | super.checkError();
    }

    /** As for the original: whoever closes System.out does so. */
    @Override
    public void close() {
        super.close();
        original.close();
    }

    /** Where the bytes go: to the original at once, and line by line to the klog. */
    private static final class Lines extends OutputStream {
        private static final int LONGEST = 64 << 10;

        private final PrintStream original;
        private byte[] line = new byte[256];
        private int length;
        /** Null after the end. */
        private Klog klog;

        Lines(PrintStream original, Klog klog) {
            this.original = original;
            this.klog = klog;
        }

        @Override
        public void write(int b) {
            original.write(b);
            synchronized (this) {
                add((byte) b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            original.write(bytes, offset, count);
            synchronized (this) {
                for (int i = 0; i < count; i++) {
                    add(bytes[offset + i]);
                }
            }
        }

        @Override
        public void flush() {
            original.flush();
        }

        private void add(byte b) {
            if (klog == null) {
                return;
            }
            if (b == '\n' || length == LONGEST) {
                writeLine();
            }
            if (b != '\n') {
                if (length == line.length) {
                    line = Arrays.copyOf(line, 2 * length);
                }
                line[length++] = b;
            }
        }

        private void writeLine() {
            final int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
            length = 0;
            klog.print(new String(line, 0, end, original.charset()));
        }

        synchronized void end() {
            if (klog != null && length > 0) {
                writeLine();
            }
            klog = null;
        }
    }
}
