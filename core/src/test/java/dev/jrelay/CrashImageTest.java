// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be had of each sub-buffer, by how far its writer had come; toolkit's KillStepsTest really stops writers. */
class CrashImageTest {
    private static final int SIZE = 16;
    private static final int COUNT = 4;
    private static final long RECORD = 1L << 32;

    @TempDir
    private Path directory;

    private Channel channel;
    private ControlWords words;
    private RecordWriter writer;

    private void open(boolean exclusive) throws IOException {
        open(exclusive, COUNT);
    }

    private void open(boolean exclusive, int count) throws IOException {
        channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(2).exclusiveBuffers(exclusive ? 2 : 0)
                .subBufferSize(SIZE).subBufferCount(count).storage(Storage.files(directory))
                .tickInterval(Duration.ZERO).build());
        words = channel.buffer(1).words;
        writer = exclusive ? channel.exclusiveWriter(1) : channel.writer(1);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        if (writer instanceof ExclusiveWriter exclusive) {
            exclusive.close();
        }
    }

    private void write(String... records) {
        for (final String record : records) {
            assertThat(writer.write(Rig.bytes(record), 0, record.length())).isNotNegative();
        }
    }

    /** Sequence, state, length, records and bytes of each part; a dot for each byte that was not written. */
    private List<String> parts() throws IOException {
        try (CrashImage image = CrashImage.open(directory, "cpu")) {
            return image.parts(1).stream().map(part -> part.sequence() + " " + part.state() + " " + part.length() + " "
                    + part.records() + " " + text(part.memory().asSlice(0L, part.length()))).toList();
        }
    }

    private static String text(MemorySegment memory) {
        return Rig.string(memory.toArray(ValueLayout.JAVA_BYTE)).replace('\0', '.');
    }

    /** Takes a delivery of the first lap back. */
    private void neverDelivered(int slot) {
        assertThat(words.casDelivered(slot, slot + 1L, channel.geometry().after(channel.geometry().lapBefore(slot))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNotConsumedIsThereOldestFirst(boolean exclusive) throws IOException {
        open(exclusive);
        assertThat(parts()).as("empty").isEmpty();
        write("0123456789", "abcdef", "ABCDEFGHIJ", "KL");
        assertThat(parts()).containsExactly("0 DELIVERED 16 2 0123456789abcdef", "1 STABLE 12 2 ABCDEFGHIJKL");
        write("xyzxyz", "q");
        assertThat(parts()).containsExactly("0 DELIVERED 16 2 0123456789abcdef", "1 DELIVERED 12 2 ABCDEFGHIJKL",
                "2 STABLE 7 2 xyzxyzq");
        try (Consumer consumer = channel.consumer(1)) {
            assertThat(consumer.next()).isNotNull();
            consumer.subBuffersConsumed(1);
        }
        assertThat(parts()).containsExactly("1 DELIVERED 12 2 ABCDEFGHIJKL", "2 STABLE 7 2 xyzxyzq");
        write("0123456789abcdef", "0123456789abcdef");
        assertThat(parts()).containsExactly("1 DELIVERED 12 2 ABCDEFGHIJKL", "2 DELIVERED 7 2 xyzxyzq",
                "3 DELIVERED 16 1 0123456789abcdef", "4 DELIVERED 16 1 0123456789abcdef");
    }

    @Test
    void recordsWithAHoleAmongThemAreCountedAndNotToldApart() throws IOException {
        open(false);
        final long hole = writer.reserve(3);
        write("de");
        assertThat(parts()).containsExactly("0 UNSTABLE 5 1 ...de");
        write("0123456789abcd");
        assertThat(parts()).containsExactly("0 UNSTABLE 16 1 ...de...........", "1 STABLE 14 1 0123456789abcd");
        writer.abort(hole, 3);
        assertThat(parts()).first().isEqualTo("0 DELIVERED 5 1 ...de");
    }

    /** What its slot holds is the older one's. */
    @Test
    void aSubBufferThatWaitsForItsSlotHasNothing() throws IOException {
        open(false);
        assertThat(writer.reserve(3)).isZero();
        write("0123456789abcdef", "0123456789abcdef", "0123456789abcdef");
        assertThat(writer.write(new byte[1], 0, 1)).isEqualTo(Result.STALLED);
        assertThat(parts()).hasSize(COUNT).first().isEqualTo("0 UNSTABLE 16 0 " + ".".repeat(SIZE));
    }

    /** On the way to a delivery: the commit word, then the note that all is there, then the commit word's end. */
    @ParameterizedTest
    @CsvSource({"0, 0, UNSTABLE 16 0 0123456789......", "0, 1, COMPLETE 10 1 0123456789",
        "1, 1, COMPLETE 10 1 0123456789", "1, 0, COMPLETE 10 1 0123456789"})
    void aWholeSubBufferIsCompleteThoughItWasNotDelivered(long noted, long committed, String part)
            throws IOException {
        open(false);
        write("0123456789");
        channel.buffer(1).flush();
        neverDelivered(0);
        words.completeOpaque(0, noted);
        words.commitOpaque(0, committed * (RECORD + SIZE));
        assertThat(parts()).containsExactly("0 " + part);
    }

    /** Of a record that fills its sub-buffer the commit word says nothing. */
    @ParameterizedTest
    @CsvSource({"0, 6, COMPLETE 10 1 0123456789", "0, 0, COMPLETE 16 2 0123456789......",
        "1, 6, COMPLETE 10 7 0123456789"})
    void anExclusiveSubBufferThatItsWriterHasLeftIsComplete(long noted, long padding, String part)
            throws IOException {
        open(true);
        write("0123456789");
        ((ExclusiveWriter) writer).flush();
        neverDelivered(0);
        words.completeOpaque(0, noted);
        words.recordsOpaque(0, 7L);
        words.commitOpaque(0, noted == 1L ? 0L : RECORD + 10L);
        words.paddingOpaque(0, padding);
        assertThat(parts()).containsExactly("0 " + part);
    }

    /** It was left, and the next one, in the same slot, not begun. */
    @Test
    void theOnlySubBufferOfAnExclusiveBufferIsNotTheNextOneToo() throws IOException {
        open(true, 1);
        write("0123456789");
        ((ExclusiveWriter) writer).flush();
        neverDelivered(0);
        words.completeOpaque(0, 0L);
        words.commitOpaque(0, RECORD + 10L);
        assertThat(parts()).containsExactly("0 COMPLETE 10 1 0123456789");
    }

    @Test
    void anExclusiveWritersReservedRecordIsNotThereYet() throws IOException {
        open(true);
        final long first = writer.reserve(5);
        assertThat(parts()).isEmpty();
        writer.commit(first, 5);
        assertThat(parts()).containsExactly("0 STABLE 5 1 .....");
        assertThat(writer.reserve(4)).isEqualTo(5L);
        assertThat(parts()).containsExactly("0 STABLE 5 1 .....");
    }

    @Test
    void sizesAreThoseOfThePageAndMemoryGoesWithTheImage() throws IOException {
        open(false);
        write("abc");
        final MemorySegment memory;
        try (CrashImage image = CrashImage.open(directory, "cpu")) {
            assertThat(image.bufferCount()).isEqualTo(2);
            assertThat(image.geometry()).isEqualTo(channel.geometry());
            assertThat(image.parts(0)).isEmpty();
            memory = image.parts(1).getFirst().memory();
            assertThat(memory.byteSize()).isEqualTo(SIZE);
            assertThat(memory.isReadOnly()).isTrue();
        }
        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0L)).isInstanceOf(IllegalStateException.class);
    }
}
