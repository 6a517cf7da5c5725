// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.BufferStats;
import dev.jrelay.Loss;
import dev.jrelay.ctf.CtfSink;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.FileSink;
import java.nio.file.Path;

/** What the output files consist of. */
public enum OutputKind {
    /** Records, one after the other. */
    FILES,
    /** A CTF trace. */
    TRACE,
    /** A CTF trace of writers that wait for room: an attempt that found none is no loss. */
    TRACE_OF_WAITING;

    /**
     * Where the consumer writes to.
     *
     * @param output the directory, which exists
     * @return a sink that nobody goes on with
     */
    public DirectorySink sink(Path output) {
        return switch (this) {
            case FILES -> FileSink.once(output);
            case TRACE -> CtfSink.once(output, stats -> stats.lost().records());
            case TRACE_OF_WAITING -> CtfSink.once(output, OutputKind::lostForGood);
        };
    }

    private static long lostForGood(BufferStats stats) {
        return stats.lost().records() - stats.lost(Loss.FULL).records() - stats.lost(Loss.STALLED).records();
    }
}
