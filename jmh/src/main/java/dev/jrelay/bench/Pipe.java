// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One writer here, one consumer in another process, and files that both map between them. Here are called
 * {@link #create}, then, when the other process is ready, {@link #writer}, and {@link #close}; there, on an object of
 * its own, {@link #consume}.
 */
abstract class Pipe implements AutoCloseable {
    /** Makes what must be there before the consumer starts. */
    void create(Path directory) throws IOException {
    }

    /** The writing side. */
    abstract Subject.Writer writer(Path directory) throws IOException;

    /** Says that nothing more follows. */
    @Override
    public abstract void close() throws IOException;

    /**
     * Copies everything, spinning, until the writer has closed.
     *
     * @param ready to be run as soon as the writer may begin
     * @return the number of messages
     */
    abstract long consume(Path directory, Runnable ready) throws IOException;

    static Pipe open(String name, Setting setting) {
        return Peers.open(Pipe.class, name, setting);
    }
}
