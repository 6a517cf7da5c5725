// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.RelayBuffer;
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

/** What a message, a switch, a drained sub-buffer and a fresh page cost on this machine; for {@link Machines}. */
@Question("What do the parts of a relay cost that sizing needs?")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@State(Scope.Thread)
public class Calibration {
    static final int PAGE = 4096;
    static final int PAGES = 1024;
    private static final int MEMORY = 8 << 20;

    /** Bytes of a message. */
    @Param("64")
    public int size;

    /** Bytes of a sub-buffer. */
    @Param("65536")
    public int subBufferSize;

    private byte[] message;
    private byte[] copy;
    private Channel channel;
    private Channel drained;
    private RelayBuffer buffer;
    private RelayBuffer drainedBuffer;
    private Consumer consumer;

    /** Opens the channels. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        final int count = Math.max(2, MEMORY / Integer.highestOneBit(subBufferSize));
        message = new byte[Math.min(size, subBufferSize)];
        copy = new byte[subBufferSize];
        channel = Channel.open(ChannelConfig.builder("calibrate").mode(dev.jrelay.Mode.OVERWRITE).bufferCount(1)
                .subBufferSize(subBufferSize).subBufferCount(count).preTouch(true).build());
        drained = Channel.open(ChannelConfig.builder("drained").bufferCount(1).subBufferSize(subBufferSize)
                .subBufferCount(count).preTouch(true).build());
        buffer = channel.buffer(0);
        drainedBuffer = drained.buffer(0);
        consumer = drained.consumer(0);
    }

    /** A message, its share of the switches included. */
    @Benchmark
    public long write() {
        return buffer.write(message, 0, message.length);
    }

    /** A switch alone: one reservation fills the sub-buffer, no data. */
    @Benchmark
    public long switching() {
        final long position = buffer.reserve(subBufferSize);
        buffer.commit(position, subBufferSize);
        return position;
    }

    /** A sub-buffer delivered and copied by its consumer. */
    @Benchmark
    public int drain() {
        final long position = drainedBuffer.reserve(subBufferSize);
        drainedBuffer.commit(position, subBufferSize);
        return consumer.read(copy, 0, copy.length);
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

    /** Closes the channels. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        consumer.close();
        drained.close();
        channel.close();
    }
}
