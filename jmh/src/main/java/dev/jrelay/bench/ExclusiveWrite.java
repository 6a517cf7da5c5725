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
 * What does a write cost when a buffer has one writer? The thread drains what it wrote, or overwrites it.
 *
 * <pre>
 * java -jar target/benchmarks.jar ExclusiveWrite
 * </pre>
 */
@Question(value = "What does a write cost when a buffer has one writer?",
        limits = {"relay=single"})
@State(Scope.Thread)
public class ExclusiveWrite extends Measured {
    /** Who is written to. */
    @Param(Group.ONE_WRITER)
    public String subject;

    /** Where a channel has its memory. */
    @Param({Place.MEMORY, Place.HEAP, Place.FILES})
    public String storage;

    /** Bytes of a message. */
    @Param({"16", "64", "256", "1024"})
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

    /** Messages. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() {
        writer.write();
    }

    /** Accounts for every message. */
    @TearDown(Level.Trial)
    public void close(BenchmarkParams params) {
        writer.close(params);
    }
}
