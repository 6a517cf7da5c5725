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

/** Stdout that says when it cannot be written to; the JVM's own one keeps silent, and a command goes on for nobody. */
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
        System.setOut(new PrintStream(new BufferedOutputStream(file), true, System.out.charset()));
    }
}
