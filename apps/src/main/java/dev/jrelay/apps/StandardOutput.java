// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;

/**
 * Stdout that says when it cannot be written to, while the JVM's own one keeps silent, so that a command would go on
 * for nobody. And both streams of a command: text that is printed, wherever it comes from, reaches no terminal with
 * escape sequences in it; who means them writes bytes.
 */
final class StandardOutput {
    private static final String CLOSED_PIPE = "Broken pipe";

    private StandardOutput() {
    }

    /** Thrown by whatever prints. */
    static final class FailedException extends UncheckedIOException {
        private static final long serialVersionUID = 1L;

        FailedException(IOException cause) {
            super("stdout: " + cause.getMessage(), cause);
        }

        /** Whether there is nobody any more who reads, as behind {@code | head}: no error. */
        boolean isClosedPipe() {
            return CLOSED_PIPE.equals(getCause().getMessage());
        }
    }

    /** Shows control characters of text instead of sending them; bytes pass. */
    private static final class PlainStream extends PrintStream {
        PlainStream(OutputStream out, Charset charset) {
            super(new BufferedOutputStream(out), true, charset);
        }

        @Override
        public void print(String text) {
            super.print(Terminal.plainLines(String.valueOf(text)));
        }

        @Override
        public void print(Object text) {
            print(String.valueOf(text));
        }
    }

    /** Makes it {@code System.out}. */
    static void install() {
        final OutputStream file = new FilterOutputStream(new FileOutputStream(FileDescriptor.out)) {
            private boolean hasFailed;

            @Override
            public void write(byte[] bytes, int offset, int length) {
                if (hasFailed) {
                    return; // it was said once
                }
                try {
                    out.write(bytes, offset, length);
                } catch (IOException failed) {
                    hasFailed = true;
                    throw new FailedException(failed);
                }
            }
        };
        System.setOut(new PlainStream(file, System.out.charset()));
    }

    /** Makes the other one {@code System.err}. */
    static void installErr() {
        System.setErr(new PlainStream(new FileOutputStream(FileDescriptor.err), System.err.charset()));
    }
}
