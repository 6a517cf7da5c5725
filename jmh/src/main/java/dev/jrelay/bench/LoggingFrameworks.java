// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What does a log event cost that ends in a file: through a relay channel, Logback's {@code AsyncAppender}, or Log4j's
 * asynchronous loggers; and as nobody can write as fast as these threads log: what does each lose, and does it say so?
 * {@code async} waits when its queue is full, {@code async-drop} and {@code relay} do not. A line of output at the end
 * of each JVM has the losses, by counting the lines of the file, and what the framework's own status says about them;
 * of a relay channel both must be the same. {@code recorder} has no file to wait for, and so shows what the threads
 * that log cost each other: one to as many threads as there are cores should cost the same for each event. What they
 * cost each other without a channel is shown by {@code encode}, and the channel without a framework by
 * {@code channel-recorder}.
 *
 * <p>Log4j over Disruptor 4.0.0 loses events with several threads though it is told to wait, and says nothing; over
 * 3.4.4 it does not: {@code results/jmh/2026-11-26-logging}.
 *
 * <pre>
 * java -jar target/benchmarks.jar LoggingFrameworks
 * </pre>
 */
@Question("What does a log event cost that ends in a file?")
@State(Scope.Benchmark)
public class LoggingFrameworks extends Measured {
    /** Framework, and the way to the file. */
    @Param(Group.LOGGING)
    public String framework;

    private LoggingFramework log;
    private long events;
    private int threads;

    /** One thread's events. */
    @State(Scope.Thread)
    public static class Events {
        private long count;

        /** One thread more. */
        @Setup(Level.Trial)
        public void join(LoggingFrameworks all) {
            synchronized (all) {
                all.threads++;
            }
        }

        /** The last thread accounts for the events of all. */
        @TearDown(Level.Trial)
        public void leave(LoggingFrameworks all) throws IOException {
            synchronized (all) {
                all.events += count;
                if (--all.threads == 0) {
                    System.out.println(all.log.account(all.framework, all.events));
                    all.events = 0L;
                }
            }
        }
    }

    /** Starts the framework. */
    @Setup(Level.Trial)
    public void start() throws IOException {
        log = LoggingFramework.start(framework);
    }

    /** One event. */
    @Benchmark
    @Threads(1)
    public void one(Events mine) {
        log.log(mine.count++);
    }

    /** One event of each of two threads. */
    @Benchmark
    @Threads(2)
    public void two(Events mine) {
        log.log(mine.count++);
    }

    /** One event of each of four threads. */
    @Benchmark
    @Threads(4)
    public void four(Events mine) {
        log.log(mine.count++);
    }
}
