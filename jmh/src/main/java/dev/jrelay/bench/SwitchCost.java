// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
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

/**
 * What does the switch to the next sub-buffer cost, and how much of it does a message pay for which size of sub-buffer?
 * {@code write} is a message in 8 MiB of memory cut into sub-buffers of the given size, {@code switching} a whole
 * sub-buffer opened, filled by one reservation and delivered, without any data.
 *
 * <pre>
 * java -jar target/benchmarks.jar SwitchCost
 * </pre>
 */
@Question("What does the switch to the next sub-buffer cost, over sub-buffer sizes?")
@State(Scope.Thread)
public class SwitchCost extends Measured {
    private static final int MEMORY = 8 << 20;

    /** Bytes of a sub-buffer. */
    @Param({"4096", "16384", "65536", "262144", "1048576", "4194304"})
    public int subBufferSize;

    /** Bytes of a message; at most a whole sub-buffer. */
    @Param("64")
    public int size;

    /** Where the channel has its memory. */
    @Param(Place.MEMORY)
    public String storage;

    private byte[] message;
    private Place place;
    private Channel channel;
    private SharedWriter writer;

    /** Opens the channel. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        message = new byte[Math.min(size, subBufferSize)];
        place = new Place(storage);
        channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).mode(Mode.OVERWRITE)
                .bufferCount(1).subBufferSize(subBufferSize).subBufferCount(MEMORY / subBufferSize).build());
        writer = channel.writer(0);
    }

    /** A message, its share of the switches included. */
    @Benchmark
    @OperationsPerInvocation(Subject.BATCH)
    public void write() {
        final SharedWriter to = writer;
        final byte[] bytes = message;
        for (int i = 0; i < Subject.BATCH; i++) {
            Losses.none(to.write(bytes, 0, bytes.length));
        }
    }

    /** A switch alone. */
    @Benchmark
    public long switching() {
        final long position = Losses.none(writer.reserve(subBufferSize));
        writer.commit(position, subBufferSize);
        return position;
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        channel.close();
        place.close();
    }
}
