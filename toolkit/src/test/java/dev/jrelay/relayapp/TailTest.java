// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.Storage;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.KlogRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tail beside a consumer: what it does not show it reports, and it shows nothing that was not written. */
class TailTest {
    private static final long TIME = 1_700_000_000_000_000_000L;

    @TempDir
    private Path directory;
    private Channel channel;
    private MappedChannel mapped;
    private Consumer consumer;
    private Tail tail;
    private int written;

    private void open(Mode mode) throws IOException {
        open(mode, 4);
    }

    private void open(Mode mode, int subBufferCount) throws IOException {
        channel = Channel.open(ChannelConfig.builder("tail").bufferCount(1).subBufferSize(64)
                .subBufferCount(subBufferCount)
                .mode(mode).storage(Storage.files(directory)).build());
        mapped = MappedChannel.open(directory, "tail");
        consumer = mapped.consumer(0);
        tail = Tail.of(mapped, TailFormat.TEXT);
    }

    @AfterEach
    void close() throws IOException {
        if (channel != null) {
            consumer.close();
            mapped.close();
            channel.close();
        }
    }

    private void write(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        written += channel.writer(0).write(bytes, 0, bytes.length) >= 0L ? 1 : 0;
    }

    private void consume() {
        while (consumer.next() != null) {
            consumer.subBuffersConsumed(1);
        }
    }

    /** A sub-buffer each 2 us. */
    private void consumeSlowly() {
        while (consumer.next() != null) {
            consumer.subBuffersConsumed(1);
            final long taken = System.nanoTime();
            while (System.nanoTime() - taken < 2_000L) {
                Thread.onSpinWait();
            }
        }
    }

    private List<String> end() throws IOException {
        final List<String> lines = new ArrayList<>();
        tail.end(line -> lines.add(line.unseen() > 0L ? "unseen " + line.unseen() : line.text()));
        return lines;
    }

    private List<String> look(boolean last) throws IOException {
        final List<String> lines = new ArrayList<>();
        tail.poll(last, line -> lines.add(line.unseen() > 0L ? "unseen " + line.unseen() : line.text()));
        return lines;
    }

    @Test
    void theRestOfAHalfSeenSubBufferCountsAsNotSeen() throws IOException {
        open(Mode.NO_OVERWRITE);
        write("one\n");
        assertThat(look(false)).containsExactly("one");
        write("two\n");
        channel.flush();
        consume();
        write("three\n");
        assertThat(look(false)).containsExactly("unseen 1", "three");
        channel.flush();
        consume();
        assertThat(look(false)).as("all of it was seen").isEmpty();
        write("four\n");
        channel.flush();
        consume();
        assertThat(look(true)).as("at the end, too").containsExactly("unseen 1");
    }

    @Test
    void halfALineIsNotGluedToAnother() throws IOException {
        open(Mode.NO_OVERWRITE);
        write("begun ");
        assertThat(look(false)).isEmpty();
        write("ended\nlost\n");
        channel.flush();
        consume();
        write("next\n");
        assertThat(look(false)).containsExactly("begun  …", "unseen 1", "next");
        write("goes ");
        assertThat(look(false)).isEmpty();
        channel.flush();
        consume();
        write("on\n");
        assertThat(look(false)).as("nothing is missing between").containsExactly("goes on");
    }

    @ParameterizedTest
    @EnumSource
    void shownAndNotSeenAreAllThatWasWritten(Mode mode) throws IOException {
        open(mode);
        final Random random = new Random(7L);
        long shown = 0L;
        long unseen = 0L;
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(8)) {
                case 0 -> consume();
                case 1 -> channel.flush();
                case 2, 3 -> {
                    for (final String line : look(false)) {
                        if (line.startsWith("unseen ")) {
                            unseen += Long.parseLong(line.substring("unseen ".length()));
                        } else {
                            assertThat(line).matches("line \\d{6}");
                            shown++;
                        }
                    }
                }
                default -> write("line %06d\n".formatted(i));
            }
            assertThat(shown + unseen).isLessThanOrEqualTo(written);
        }
        for (final String line : look(true)) {
            unseen += line.startsWith("unseen ") ? Long.parseLong(line.substring("unseen ".length())) : 0L;
            shown += line.startsWith("unseen ") ? 0L : 1L;
        }
        assertThat(shown + unseen).isEqualTo(written);
        assertThat(unseen).isPositive();
    }

    /** Raw records of small integers look like records inside; pieces of the file end in the middle of them. */
    private void writeLines(int count) {
        for (int i = 0; i < count; i++) {
            write(String.format("%063d%n", i));
        }
    }

    /** The application has ended, the collector is not done: what it takes during the last look is accounted for. */
    @Test
    void theLastLookWaitsForCountersThatMove() throws Exception {
        open(Mode.NO_OVERWRITE, 256);
        for (int run = 0; run < 300; run++) {
            tail = Tail.of(mapped, TailFormat.TEXT);
            look(false);
            writeLines(200);
            final long begin = mapped.statsSinceOpen(0).consumed();
            final Thread collector = Thread.ofPlatform().start(this::consumeSlowly);
            while (mapped.statsSinceOpen(0).consumed() == begin) {
                Thread.onSpinWait();
            }
            int shown = 0;
            for (final String line : end()) {
                shown += line.startsWith("unseen ") ? Integer.parseInt(line.substring(7)) : 1;
            }
            collector.join();
            assertThat(shown).as("run %d", run).isEqualTo(200);
        }
    }

    /** A writer that was stopped in the middle of a record finishes it when its channel is closed already. */
    @Test
    void theLastLookWaitsForRecordsThatHoldOthers() throws Exception {
        open(Mode.NO_OVERWRITE);
        look(false);
        write("one\n");
        final long held = channel.writer(0).reserve(4);
        write("two\n");
        channel.writer(0).data().asSlice(channel.writer(0).dataOffset(held), 4L)
                .copyFrom(MemorySegment.ofArray("mid\n".getBytes(StandardCharsets.US_ASCII)));
        channel.flush();
        final Thread writer = Thread.ofPlatform().start(() -> {
            LockSupport.parkNanos(50_000_000L);
            channel.writer(0).commit(held, 4);
        });
        assertThat(end()).containsExactly("one", "mid", "two");
        writer.join();
    }

    @Test
    void whatARecordHoldsForEverIsNotSeen() throws IOException {
        open(Mode.NO_OVERWRITE);
        look(false);
        write("one\n");
        final long held = channel.writer(0).reserve(4);
        write("two\n");
        channel.flush();
        write("three\n");
        channel.flush();
        assertThat(end()).containsExactlyInAnyOrder("three", "unseen 2");
        channel.writer(0).commit(held, 4);
    }

    @Test
    void aRecordThatIsCutByTheEndOfAPieceWaitsForTheNext() throws IOException {
        final int records = 700;
        final byte[] raw = new byte[4000];
        for (int i = 0; i < raw.length; i += 4) {
            raw[i] = (byte) (1 + i / 4 % 3);
        }
        final Path file = directory.resolve("cpu0");
        try (Channel memory = Channel.open(ChannelConfig.builder("klog").bufferCount(1).subBufferSize(1 << 16)
                .subBufferCount(4).build()); Consumer source = memory.consumer(0);
                FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < records; i++) {
                final byte[] text = ("text " + i).getBytes(StandardCharsets.US_ASCII);
                KlogRecord.write(memory.writer(0), KlogRecord.TEXT, TIME + 2 * i, text, 0, text.length);
                KlogRecord.write(memory.writer(0), KlogRecord.RAW, TIME + 2 * i + 1, raw, 0, raw.length);
                memory.flush();
                for (SubBuffer s = source.next(); s != null; s = source.next()) {
                    out.write(s.bytes());
                    source.subBuffersConsumed(1);
                }
            }
        }
        final List<Tail.Line> lines = new ArrayList<>();
        try (Tail klog = Tail.of(file, TailFormat.KLOG, 1L)) {
            klog.poll(true, lines::add);
        }
        assertThat(lines).hasSize(2 * records);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i).timestamp()).isEqualTo(TIME + i);
        }
    }
}
