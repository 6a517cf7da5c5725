// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import dev.jrelay.Callbacks;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.Mode;
import dev.jrelay.RecordWriter;
import dev.jrelay.RelayBuffer;
import dev.jrelay.SharedWriter;
import dev.jrelay.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * A life of a channel that goes through each transition of the protocol: open, append, padding close, exact fill,
 * records finished out of order, an abort, flush, deliveries, a full or overwritten buffer, consumption, pause, close.
 */
public final class StepScenario implements BiConsumer<Path, Steps>, AutoCloseable {
    static final int SIZE = 64;
    static final int HEADER = 8;
    static final byte MARK = (byte) 0xff;

    private final Mode mode;
    private final boolean exclusive;
    private final int count;
    private Channel channel;
    private RecordWriter writer;
    private Steps steps;

    /**
     * A scenario that has not run.
     *
     * @param mode the channel's mode
     * @param exclusive whether the buffer has one writer
     * @param count sub-buffers
     */
    public StepScenario(Mode mode, boolean exclusive, int count) {
        this.mode = mode;
        this.exclusive = exclusive;
        this.count = count;
    }

    @Override
    public void accept(Path directory, Steps book) {
        steps = book;
        try {
            channel = Channel.open(ChannelConfig.builder("cpu").subBufferSize(SIZE).subBufferCount(count).bufferCount(1)
                    .headerBytes(HEADER).mode(mode).exclusiveBuffers(exclusive ? 1 : 0).keep(true)
                    .tickInterval(Duration.ZERO).callbacks(new Headers())
                    .storage(new Kept(Storage.files(directory))).build());
            writer = exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
            run();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private void run() throws IOException {
        write(10, 10, 10);
        consume(1); // nothing is there yet
        write(10, 10, 10); // a padding close
        write(46); // an exact fill
        write(10); // full, or the oldest is overwritten
        consume(1);
        write(8, 8, 8);
        flush();
        consume(2);
        abort(12);
        write(56, 56); // an exact fill by a single record, after a close
        consume(2);
        if (writer instanceof SharedWriter) {
            outOfOrder();
        }
        consume(1);
        channel.pause();
        write(9);
        channel.resume();
        write(20, 20);
        if (writer instanceof ExclusiveWriter own) {
            own.close();
        }
        channel.close();
    }

    /** Two records are reserved; the later one is finished first, the earlier one during the next sub-buffer. */
    private void outOfOrder() {
        flush();
        final Steps.Entry early = reserve(20);
        final Steps.Entry late = reserve(12);
        commit(late);
        write(15, 40, 10);
        commit(early);
    }

    private void write(int... lengths) {
        for (final int length : lengths) {
            final Steps.Entry entry = steps.begin(length);
            steps.finish(entry, writer.write(entry.bytes(), 0, length));
        }
    }

    private Steps.Entry reserve(int length) {
        final Steps.Entry entry = steps.begin(length);
        steps.leave(); // it can be saved only once its commit is under way
        entry.at(writer.reserve(length));
        return entry;
    }

    private void commit(Steps.Entry entry) {
        MemorySegment.copy(entry.bytes(), 0, writer.data(), ValueLayout.JAVA_BYTE, writer.dataOffset(entry.position()),
                entry.bytes().length);
        steps.enter(entry);
        writer.commit(entry.position(), entry.bytes().length);
        steps.finish(entry, entry.position());
    }

    private void abort(int length) {
        final Steps.Entry entry = reserve(length);
        steps.abort(entry);
        writer.abort(entry.position(), length);
    }

    private void flush() {
        if (writer instanceof ExclusiveWriter own) {
            own.flush();
        } else {
            channel.flush();
        }
    }

    private void consume(int count) {
        try (Consumer consumer = channel.consumer(0)) {
            for (int i = 0; i < count && consumer.next() != null; i++) {
                consumer.subBuffersConsumed(1);
            }
        }
    }

    /** After the kill: gives the memory back. */
    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException | RuntimeException alreadyBroken) {
            // whatever a half-dead channel says
        }
    }

    /** Each sub-buffer begins with a mark that no record begins with. */
    private static final class Headers implements Callbacks {
        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            subBuffer.asSlice(0L, HEADER).fill(MARK);
        }
    }

    /** A killed process removes no files. */
    private record Kept(Storage files) implements Storage {
        @Override
        public MemorySegment create(String name, long size, Arena arena) throws IOException {
            return files.create(name, size, arena);
        }

        @Override
        public void remove(String name) {
            // kept
        }
    }
}
