// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What do the first 100,000 records of a fresh channel cost? The first value of each JVM is that of cold code, the
 * others are of fresh channels in a warm JVM.
 *
 * <pre>
 * java -jar target/benchmarks.jar FreshChannel
 * </pre>
 */
@Question("What do the first 100,000 records of 64 bytes into a fresh channel cost, each?")
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 20)
public class FreshChannel extends Measured {
    private static final int RECORDS = 100_000;

    /** Where the channel has its memory. */
    @Param({Place.MEMORY, Place.HEAP, Place.FILES})
    public String storage;

    private final byte[] message = new byte[64];
    private Place place;
    private Channel channel;

    /** Opens a channel that holds them all. */
    @Setup(Level.Iteration)
    public void open() throws IOException {
        place = new Place(storage);
        channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).bufferCount(1)
                .subBufferSize(1 << 20).subBufferCount(8).build());
    }

    /** The records. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void write() {
        for (int i = 0; i < RECORDS; i++) {
            Losses.none(channel.write(message, 0, message.length));
        }
    }

    /** Closes the channel. */
    @TearDown(Level.Iteration)
    public void close() throws IOException {
        channel.close();
        place.close();
    }
}
