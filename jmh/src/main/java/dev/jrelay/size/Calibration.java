// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.SharedWriter;
import dev.jrelay.bench.Question;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a drained sub-buffer and a fresh page cost on this machine; for {@link Machines}. */
@Question("What do the parts of a relay cost that sizing needs?")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@State(Scope.Thread)
public class Calibration {
    static final int PAGE = 4096;
    static final int PAGES = 1024;
    private static final int COUNT = 64;

    /** Bytes of a sub-buffer. */
    @Param("65536")
    public int subBufferSize;

    private byte[] copy;
    private Channel channel;
    private SharedWriter writer;
    private Consumer consumer;

    /** Opens the channel. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        copy = new byte[subBufferSize];
        channel = Channel.open(ChannelConfig.builder("calibrate").bufferCount(1).subBufferSize(subBufferSize)
                .subBufferCount(COUNT).preTouch(true).build());
        writer = channel.writer(0);
        consumer = channel.consumer(0);
    }

    /** A sub-buffer delivered and copied by its consumer. */
    @Benchmark
    public int drain() {
        final long position = writer.reserve(subBufferSize);
        writer.commit(position, subBufferSize);
        return consumer.stream().read(copy, 0, copy.length);
    }

    /** {@link #PAGES} pages of fresh memory, touched and given back. */
    @Benchmark
    public long touch() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment fresh = arena.allocate((long) PAGES * PAGE, PAGE);
            for (long at = 0L; at < fresh.byteSize(); at += PAGE) {
                fresh.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
            }
            return fresh.address();
        }
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        consumer.close();
        channel.close();
    }
}
