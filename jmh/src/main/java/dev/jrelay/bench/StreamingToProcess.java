// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.RelayDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How fast do messages go to another process: one writer that waits for room, one consumer in a JVM of its own that
 * maps the same files, spins and copies everything? What it got is compared with what was written. A channel's storage
 * is files here, as nothing else can be in two processes.
 *
 * <pre>
 * java -jar target/benchmarks.jar StreamingToProcess
 * </pre>
 */
@Question(value = "What does a message cost from one writer to a copying consumer in another process?",
        limits = {Relay.SHARED + "=stream", Relay.EXCLUSIVE + "=stream-single"})
@State(Scope.Thread)
public class StreamingToProcess extends Measured {
    /** Who is written to. */
    @Param(Group.TO_PROCESS)
    public String subject;

    /** Bytes of a message. */
    @Param({"64", "256"})
    public int size;

    /** Bytes of payload memory. */
    @Param("524288")
    public int capacity;

    private Losses losses;
    private Path directory;
    private Pipe pipe;
    private Subject.Writer writer;
    private ConsumerProcess consumer;

    /** Starts the other process. */
    @Setup(Level.Trial)
    public void open(Losses counters) throws IOException {
        losses = counters;
        directory = Files.createTempDirectory(RelayDirectory.root(), "jrelay-bench");
        final Setting setting = new Setting(size, capacity, Place.FILES);
        pipe = Pipe.open(subject, setting);
        pipe.create(directory);
        consumer = new ConsumerProcess(subject, directory, setting);
        writer = pipe.writer(directory);
    }

    /** Messages, each repeated until it is taken. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() {
        int written = writer.write(Subject.BATCH);
        while (written < Subject.BATCH) {
            losses.full++;
            do {
                Thread.onSpinWait();
            } while (!writer.hasRoom());
            written += writer.write(Subject.BATCH - written);
        }
        losses.messages += written;
    }

    /** Accounts for every message. */
    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        pipe.close();
        final long got = consumer.messages();
        try (var files = Files.list(directory)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
        if (got != losses.allMessages()) {
            throw new IllegalStateException(losses.allMessages() + " messages written, " + got
                    + " consumed in the other process");
        }
    }
}
