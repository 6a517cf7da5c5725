// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What does an event of four words cost that is written where it stays, without a staging copy?
 *
 * <pre>
 * java -jar target/benchmarks.jar ReserveCommit
 * </pre>
 */
@Question(value = "What does an event of 32 bytes cost, written in place (reserve, store, commit)?",
        limits = {Relay.SHARED + "=reserve-32", Relay.EXCLUSIVE + "=claim-32"})
@State(Scope.Thread)
public class ReserveCommit extends Measured {
    /** Who is written to. */
    @Param(Group.IN_PLACE)
    public String subject;

    /** Where a channel has its memory. */
    @Param({Place.MEMORY, Place.HEAP, Place.FILES})
    public String storage;

    /** Bytes of a message. */
    @Param("32")
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    private OneWriter writer;

    /** Opens the subject. */
    @Setup(Level.Trial)
    public void open(Losses losses) {
        writer = new OneWriter(subject, new Setting(size, capacity, storage), losses);
    }

    /** Events. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void event() {
        writer.events();
    }

    /** Accounts for every message. */
    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) {
        writer.close(params);
    }
}
