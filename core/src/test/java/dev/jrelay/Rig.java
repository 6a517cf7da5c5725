// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A channel with one buffer, its writer and its consumer; records are strings of one-byte characters. */
final class Rig implements AutoCloseable {
    final Variant variant;
    final Channel channel;
    final RelayBuffer buffer;
    final RecordWriter writer;
    final Consumer consumer;
    private final Storage storage;

    Rig(Variant variant, ChannelConfig config) {
        this.variant = variant;
        this.storage = config.storage();
        try {
            channel = Channel.open(config);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        buffer = channel.buffer(0);
        writer = variant.writer(channel, 0);
        consumer = channel.consumer(0);
    }

    /** A sub-buffer's content, copied. */
    record Content(long sequence, String text, int padding, int records) {
    }

    static Content content(long sequence, String text, int padding, int records) {
        return new Content(sequence, text, padding, records);
    }

    static Content content(SubBuffer subBuffer) {
        return new Content(subBuffer.sequence(), text(subBuffer), subBuffer.padding(), subBuffer.records());
    }

    static String text(SubBuffer subBuffer) {
        return string(subBuffer.segment().asSlice(0L, subBuffer.length()).toArray(ValueLayout.JAVA_BYTE));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String string(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    long write(String record) {
        final byte[] bytes = bytes(record);
        return writer.write(bytes, 0, bytes.length);
    }

    void writeAll(String... records) {
        for (final String record : records) {
            assertThat(Result.name(write(record))).as(record).isEqualTo("OK");
        }
    }

    /** Reserves {@code record.length()} bytes and fills them. */
    long reserve(String record) {
        final long position = writer.reserve(record.length());
        if (position >= 0L) {
            MemorySegment.copy(MemorySegment.ofArray(bytes(record)), 0L, writer.data(), writer.dataOffset(position),
                    record.length());
        }
        return position;
    }

    /** Where the files of the channel are, if it is in files. */
    Path directory() {
        return ((TemporaryFiles) storage).directory();
    }

    /** Whether the channel has let go of its memory; arrays are let go of, but stay. */
    boolean isFreed() {
        try {
            channel.snapshot(0);
        } catch (IllegalStateException freed) {
            return variant.place == Variant.Place.HEAP || !writer.data().scope().isAlive();
        }
        return false;
    }

    /** Flushes at once, also an exclusive buffer. */
    void flush() {
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.flush();
        } else {
            buffer.flush();
        }
    }

    /** Closes the channel, and the exclusive writer if there is one, so that nothing more can come. */
    void finish() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.close();
        }
    }

    /** Takes and consumes all that is ready. */
    List<Content> drain() {
        final List<Content> contents = new ArrayList<>();
        for (SubBuffer next = consumer.next(); next != null; next = consumer.next()) {
            contents.add(content(next));
            consumer.subBuffersConsumed(1);
        }
        return contents;
    }

    List<Content> snapshot() {
        return channel.snapshot(0).subBuffers().stream().map(Rig::content).toList();
    }

    /** Reads up to {@code length} bytes; null at the end. */
    String read(int length) {
        final byte[] target = new byte[length];
        final int count = consumer.stream().read(target, 0, length);
        return count < 0 ? null : string(target).substring(0, count);
    }

    BufferStats stats() {
        return channel.buffer(0).statsSinceReset();
    }

    @Override
    public void close() {
        consumer.close();
        finish();
    }
}
