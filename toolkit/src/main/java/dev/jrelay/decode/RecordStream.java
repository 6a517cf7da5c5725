// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.decode;

import java.io.Closeable;
import java.io.IOException;

/** The records of one buffer, oldest first. To be used by one thread. */
public interface RecordStream extends Closeable {
    /**
     * Goes to the next one.
     *
     * @return a record, or what is missing there; null at the end
     * @throws IOException if it cannot be read
     */
    Decoded next() throws IOException;
}
