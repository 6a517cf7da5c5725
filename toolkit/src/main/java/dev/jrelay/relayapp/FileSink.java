// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Sub-buffers without their padding, one after the other, in one file for each buffer. */
public final class FileSink extends DirectorySink {
    /**
     * Files that another process can go on with if this one is killed.
     *
     * @param output their directory; created if it does not exist
     * @param replace whether existing files are replaced
     */
    public FileSink(Path output, boolean replace) {
        super(output, replace, true);
    }

    private FileSink(Path output) {
        super(output, true, false);
    }

    /**
     * Files that nobody goes on with.
     *
     * @param output their directory, which exists; what the files hold is replaced
     * @return a sink
     */
    public static FileSink once(Path output) {
        return new FileSink(output);
    }

    @Override
    protected void begin(int buffer, FileChannel file) {
        // the end of the file is all there is to know
    }

    @Override
    protected void moveTo(int buffer, FileChannel file) {
        // a file knows nothing of the one before it
    }

    @Override
    protected void append(FileChannel file, Taken taken) throws IOException {
        for (final ByteBuffer bytes = taken.bytes(); bytes.hasRemaining();) {
            file.write(bytes);
        }
    }
}
