// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.CpuSelector;
import dev.jrelay.Mode;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does it cost to find the current thread's buffer? {@code select} is the choice alone, {@code write} a write of
 * 64 bytes through the channel with it; {@code fixed} knows its buffer.
 *
 * <pre>
 * java -jar target/benchmarks.jar CpuSelection
 * </pre>
 */
@Question("What does the choice of the CPU's buffer cost, alone and in a write of 64 bytes?")
@State(Scope.Benchmark)
public class CpuSelection extends Measured {
    /** How a thread finds its buffer. */
    @Param({"fixed", "striped", "cpuId"})
    public String selector;

    private final byte[] message = new byte[64];
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
        channel = Channel.open(ChannelConfig.builder("bench").mode(Mode.OVERWRITE).cpuSelector(chosen)
                .subBufferSize(64 << 10).build());
    }

    /** The choice alone. */
    @Benchmark
    public int select() {
        return chosen.select(channel.bufferCount());
    }

    /** A write with it. */
    @Benchmark
    public long write() {
        return Losses.none(channel.write(message, 0, message.length));
    }

    /** Closes the channel. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        channel.close();
    }
}
