// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;

/**
 * How long does the slowest log event hold up its thread, at a rate that the file can take? By a time table, as in
 * {@link TailLatency}: event i is due at {@code start + i / rate}, and its latency counts from then.
 *
 * <pre>
 * java -jar target/benchmarks.jar LoggingLatency
 * </pre>
 */
@Question("How long does the slowest log event hold up its thread?")
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@State(Scope.Thread)
public class LoggingLatency extends Measured {
    /** Framework, and the way to the file. */
    @Param(Group.LOGGING_KEPT)
    public String framework;

    /** Events a second. */
    @Param("50000")
    public int rate;

    /** Events of one run. */
    @Param("100000")
    public int messages;

    private LoggingFramework log;
    private TimeTable table;
    private long events;

    /** Starts the framework. */
    @Setup(Level.Trial)
    public void start() throws IOException {
        log = LoggingFramework.start(framework);
        table = new TimeTable(rate);
    }

    /** One run by the time table. */
    @Benchmark
    public void run() {
        table.run(messages, this::log);
    }

    private void log() {
        log.log(events++);
    }

    /** Keeps the latencies of measured iterations. */
    @TearDown(Level.Iteration)
    public void keep(IterationParams iteration) {
        table.keep(iteration);
    }

    /** Accounts for every event. */
    @TearDown(Level.Trial)
    public void stop(BenchmarkParams params) throws IOException {
        System.out.println(log.account(framework, events));
        table.save(framework + ", logging, " + rate + "/s", params);
    }
}
