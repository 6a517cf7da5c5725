// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;

/** Something that takes events of a time stamp, which it reads itself, and a value. One thread uses it. */
abstract class Timed implements AutoCloseable {
    /** Bytes of an event. */
    static final int EVENT = 16;

    /** So many events; what it returns keeps the compiler from dropping one. */
    abstract long events(int count);

    @Override
    public void close() throws IOException {
    }
}
