// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does an event with a time stamp cost beside the clock alone, and beside a JFR event with the same field? 16
 * bytes in place: {@code System.nanoTime()} and a value; overwrite mode, since JFR is a flight recorder too.
 *
 * <pre>
 * java -jar target/benchmarks.jar TimedEvent
 * </pre>
 */
@Question("What does an event with a time stamp cost beside the clock alone?")
@State(Scope.Thread)
public class TimedEvent extends Measured {
    private static final int CAPACITY = 512 << 10;

    /** Who takes it. */
    @Param(Group.TIMED)
    public String subject;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    private Timed timed;

    /** Opens who takes it. */
    @Setup(Level.Trial)
    public void open() {
        timed = Peers.open(Timed.class, subject, new Setting(Timed.EVENT, CAPACITY, storage));
    }

    /** Events. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public long event() {
        return timed.events(Subject.BATCH);
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        timed.close();
    }
}
