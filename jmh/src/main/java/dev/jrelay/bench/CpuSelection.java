// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.CpuSelector;
import dev.jrelay.Mode;
import dev.jrelay.SharedWriter;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What does it cost to find the current thread's buffer? {@code select} is the choice alone, {@code write} a write of
 * 64 bytes through the channel with it, {@code writer} one by the buffer's writer; {@code fixed} knows its buffer.
 *
 * <pre>
 * java -jar target/benchmarks.jar CpuSelection
 * </pre>
 */
@Question("What does the choice of the CPU's buffer cost, alone and in a write of 64 bytes?")
@State(Scope.Benchmark)
public class CpuSelection extends Measured {
    private static final int BATCH = 256;

    /** How a thread finds its buffer. */
    @Param({"fixed", "striped", "cpuId"})
    public String selector;

    /** Where the channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    private final byte[] message = new byte[64];
    private Place place;
    private Channel channel;
    private CpuSelector chosen;

    /** Opens a channel with a buffer for each CPU. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        chosen = switch (selector) {
            case "fixed" -> buffers -> 0;
            case "striped" -> CpuSelector.striped();
            default -> CpuSelector.cpuId();
        };
        place = new Place(storage);
        channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).mode(Mode.OVERWRITE)
                .cpuSelector(chosen).subBufferSize(64 << 10).build());
    }

    /** The choice alone. */
    @Benchmark
    public int select() {
        return chosen.select(channel.bufferCount());
    }

    /** A write with it. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    @Threads(1)
    public void write(Losses losses) {
        batch(losses);
    }

    /** The same from two threads at once. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    @Threads(2)
    public void writeByTwo(Losses losses) {
        batch(losses);
    }

    /** The same from as many threads as there are cores. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    @Threads(Threads.MAX)
    public void writeByAll(Losses losses) {
        batch(losses);
    }

    /** A thread that loses its CPU in the middle of a record holds its sub-buffer, and stalls the others. */
    private void batch(Losses losses) {
        for (int i = 0; i < BATCH; i++) {
            while (channel.write(message, 0, message.length) < 0L) {
                losses.full++;
                Thread.onSpinWait();
            }
        }
        losses.messages += BATCH;
    }

    /** A write by the writer itself, which has nothing to choose. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    @Threads(1)
    public void writer() {
        final SharedWriter writer = channel.writer(0);
        for (int i = 0; i < BATCH; i++) {
            Losses.none(writer.write(message, 0, message.length));
        }
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        channel.close();
        place.close();
    }
}
