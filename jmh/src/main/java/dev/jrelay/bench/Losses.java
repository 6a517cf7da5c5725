// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Result;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What one writer did, beside its rate. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Losses {
    /** Messages accepted. */
    public long messages;
    /** Writes that found no room; each was repeated. */
    public long full;
    /** Messages given up. */
    public long lost;

    private long allMessages;

    /** JMH sets the counters to zero before each iteration; this keeps the sum. */
    @TearDown(Level.Iteration)
    public void addUp() {
        allMessages += messages;
    }

    /** Passes a position on; a benchmark in which no write can fail is not to measure failures. */
    static long none(long position) {
        if (position < 0L) {
            throw new IllegalStateException("a write failed: " + Result.name(position));
        }
        return position;
    }

    /** Messages accepted in all iterations, warm-up included. */
    long allMessages() {
        return allMessages;
    }
}
