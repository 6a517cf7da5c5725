// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.SharedWriter;
import dev.jrelay.SubBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How fast does a consumer write sub-buffers to a file, in place and through the page cache? One operation is 16 MiB;
 * {@code plain} writes as much from one block of the same size, as {@code dd} does, {@code plainSpread} from 16 MiB.
 * The file is in {@code java.io.tmpdir} and starts again after 256 MiB. {@code relaySynced} and {@code plainSynced} do
 * the same and then wait until it is on the disk ({@code fdatasync}): what the page cache hides.
 *
 * <pre>
 * java -jar target/benchmarks.jar DrainToFile
 * </pre>
 */
@Question("How fast are 16 MiB drained to a file, into the page cache and on to the disk, beside plain writes?")
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class DrainToFile extends Measured {
    private static final int MEMORY = 16 << 20;
    private static final long FILE = 256L << 20;

    /** Bytes of a sub-buffer, of a write. */
    @Param({"65536", "262144", "1048576"})
    public int subBufferSize;

    private FileChannel file;
    private Path path;
    private ByteBuffer block;
    private ByteBuffer memory;

    /** The channel, where one is drained. */
    @State(Scope.Thread)
    public static class Source {
        /** Where it has its memory. */
        @Param(Place.MEMORY)
        public String storage;

        private int subBufferSize;
        private Place place;
        private Channel channel;
        private SharedWriter writer;
        private Consumer consumer;

        /** Opens it. */
        @Setup(Level.Trial)
        public void open(DrainToFile benchmark) throws IOException {
            subBufferSize = benchmark.subBufferSize;
            place = new Place(storage);
            channel = Channel.open(ChannelConfig.builder("bench").storage(place.storage()).bufferCount(1)
                    .subBufferSize(subBufferSize).subBufferCount(MEMORY / subBufferSize).build());
            writer = channel.writer(0);
            consumer = channel.consumer(0);
        }

        /** Fills it; not timed. */
        @Setup(Level.Invocation)
        public void fill() {
            for (int i = 0; i < MEMORY / subBufferSize; i++) {
                final long position = writer.reserve(subBufferSize);
                if (position >= 0L) {
                    writer.commit(position, subBufferSize);
                }
            }
        }

        /** Closes it. */
        @TearDown(Level.Trial)
        public void close() throws IOException {
            consumer.close();
            channel.close();
            place.close();
        }
    }

    /** Opens the file. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        path = Files.createTempFile("jrelay-drain", ".bin");
        file = FileChannel.open(path, StandardOpenOption.WRITE);
        memory = ByteBuffer.allocateDirect(MEMORY);
        block = memory.slice(0, subBufferSize);
    }

    /** Starts the file again when it is full; not timed. */
    @Setup(Level.Invocation)
    public void rewind() throws IOException {
        if (file.position() >= FILE) {
            file.position(0L);
        }
    }

    /** Sub-buffers in place. */
    @Benchmark
    public long relay(Source source) throws IOException {
        long written = 0L;
        final Consumer from = source.consumer;
        for (SubBuffer s = from.next(); s != null; s = from.next()) {
            written += file.write(s.bytes());
            from.subBuffersConsumed(1);
        }
        if (written != MEMORY) {
            throw new IllegalStateException(written + " bytes drained: must be " + MEMORY);
        }
        return written;
    }

    /** The same from one block. */
    @Benchmark
    public long plain() throws IOException {
        long written = 0L;
        while (written < MEMORY) {
            written += file.write(block.clear());
        }
        return written;
    }

    /** The same from as much memory as the channel has: a block that is written over and over stays in the cache. */
    @Benchmark
    public long plainSpread() throws IOException {
        long written = 0L;
        while (written < MEMORY) {
            final int from = (int) written;
            written += file.write(memory.limit(Math.min(from + subBufferSize, MEMORY)).position(from));
        }
        return written;
    }

    /** Sub-buffers in place, and then on the disk. */
    @Benchmark
    public long relaySynced(Source source) throws IOException {
        final long written = relay(source);
        file.force(false);
        return written;
    }

    /** The same from one block. */
    @Benchmark
    public long plainSynced() throws IOException {
        final long written = plain();
        file.force(false);
        return written;
    }

    /** Removes the file. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        file.close();
        Files.delete(path);
    }
}
