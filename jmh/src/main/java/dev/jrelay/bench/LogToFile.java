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
 * What does a message cost that ends in a file (page cache): through a channel and a thread that writes sub-buffers of
 * 1 MiB, through a {@code BufferedOutputStream}, a {@code FileChannel}, a mapping, or a Chronicle Queue? The file is in
 * {@code java.io.tmpdir} and starts again after 256 MiB (Chronicle, which never overwrites, with a new queue); nothing
 * is lost, the writer waits for room.
 *
 * <pre>
 * java -jar target/benchmarks.jar LogToFile
 * </pre>
 */
@Question("What does a message cost that ends in a file?")
@State(Scope.Thread)
public class LogToFile extends Measured {
    /** How it gets there. */
    @Param(Group.TO_FILE)
    public String logger;

    /** Where a channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    /** Bytes of a message. */
    @Param({"64", "256"})
    public int size;

    private Losses losses;
    private FileLogger log;

    /** Opens the file. */
    @Setup(Level.Trial)
    public void open(Losses counters) throws IOException {
        losses = counters;
        log = FileLogger.open(logger, new Setting(size, 0, storage));
    }

    /** Messages. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() throws IOException {
        int full = 0;
        for (int i = 0; i < Subject.BATCH; i++) {
            full += log.write();
        }
        losses.full += full;
        losses.messages += Subject.BATCH;
    }

    /** Accounts for every byte and removes the file. */
    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        log.close();
        if (log.bytes() != losses.allMessages() * size) {
            throw new IllegalStateException(logger + ": " + losses.allMessages() + " messages of " + size + " bytes, "
                    + log.bytes() + " bytes written");
        }
    }
}
