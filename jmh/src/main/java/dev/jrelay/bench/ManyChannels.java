// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
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
 * What does a write cost when one call site serves several channels, of files and of memory in turn?
 *
 * <pre>
 * java -jar target/benchmarks.jar ManyChannels
 * </pre>
 */
@Question("What does a write of 64 bytes cost when one call site serves several channels?")
@State(Scope.Thread)
public class ManyChannels extends Measured {
    private static final int BATCH = 256;
    private static final String MIXED = "mixed";

    /** How many. */
    @Param({"1", "2", "8"})
    public int channels;

    /** Where they have their memory; mixed is files and memory in turn. */
    @Param({Place.FILES, MIXED})
    public String storage;

    private final byte[] message = new byte[64];
    private Place[] places;
    private Channel[] all;
    private int next;

    /** Opens the channels. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        places = new Place[] {new Place(storage.equals(MIXED) ? Place.FILES : storage),
            new Place(storage.equals(MIXED) ? Place.MEMORY : storage)};
        all = new Channel[channels];
        for (int i = 0; i < channels; i++) {
            all[i] = Channel.open(ChannelConfig.builder("bench" + (char) ('a' + i)).bufferCount(1).mode(Mode.OVERWRITE)
                    .subBufferSize(64 << 10).storage(places[i % places.length].storage()).build());
        }
    }

    /** A batch into the next channel. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void write() {
        final Channel channel = all[next++ % all.length];
        for (int i = 0; i < BATCH; i++) {
            Losses.none(channel.write(message, 0, message.length));
        }
    }

    /** Closes the channels. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        for (final Channel channel : all) {
            channel.close();
        }
        for (final Place place : places) {
            place.close();
        }
    }
}
