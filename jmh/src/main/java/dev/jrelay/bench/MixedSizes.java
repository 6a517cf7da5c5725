// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.RecordWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does a write cost when sizes differ, drawn at random from 16 to 64 bytes, so that no branch on the size can be
 * predicted? From each kind of source.
 *
 * <pre>
 * java -jar target/benchmarks.jar MixedSizes
 * </pre>
 */
@Question("What does a write of 16 to 64 bytes, at random, cost?")
@State(Scope.Thread)
public class MixedSizes extends Measured {
    private static final int BATCH = 4096;
    private static final int LONGEST = 64;

    /** Who writes. */
    @Param({"shared", "exclusive"})
    public String writer;

    /** Where the channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    private final int[] lengths = new SplittableRandom(1).ints(BATCH, 16, LONGEST + 1).toArray();
    private final byte[] bytes = new byte[LONGEST];
    private final MemorySegment segment = MemorySegment.ofArray(new byte[LONGEST]);
    private final ByteBuffer direct = ByteBuffer.allocateDirect(LONGEST);
    private Place place;
    private Channel channel;
    private RecordWriter to;

    /** Opens the channel. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        final boolean exclusive = writer.equals("exclusive");
        place = new Place(storage);
        channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).bufferCount(1)
                .exclusiveBuffers(exclusive ? 1 : 0).mode(Mode.OVERWRITE).subBufferSize(64 << 10).build());
        to = exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
    }

    /** From an array. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void array() {
        for (final int length : lengths) {
            Losses.none(to.write(bytes, 0, length));
        }
    }

    /** From a segment. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void segment() {
        for (final int length : lengths) {
            Losses.none(to.write(segment, 0L, length));
        }
    }

    /** From a direct buffer. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void direct() {
        for (final int length : lengths) {
            Losses.none(to.write(direct.limit(length).position(0)));
        }
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        channel.close();
        place.close();
    }
}
