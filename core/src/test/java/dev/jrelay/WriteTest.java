// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to hand a record over copies exactly its bytes, whatever its length and alignment. */
class WriteTest {
    private static final int LENGTHS = 200;
    private static final int OFFSETS = 9;
    /** Bytes of a sub-buffer, two of which are written over and over: positions are soon beyond their memory. */
    private static final int SIZE = 1 << 12;

    /** One way to write {@code length} bytes that begin at {@code offset} of a source with {@link #LENGTHS} more. */
    private interface Way {
        long write(RecordWriter writer, byte[] source, int offset, int length);
    }

    private static void assertExact(Variant variant, Way way) {
        final byte[] source = new byte[LENGTHS + 2 * OFFSETS];
        new Random(1).nextBytes(source);
        try (Rig rig = variant.open(SIZE, 2, 0)) {
            final byte[] expected = new byte[SIZE];
            int size = 0;
            int records = 0;
            for (int length = 1; length <= LENGTHS; length++) {
                for (int offset = length % 2; offset < OFFSETS; offset += 4) {
                    if (size + length > expected.length) {
                        assertContent(rig, expected, size, records);
                        size = 0;
                        records = 0;
                    }
                    assertThat(way.write(rig.writer, source, offset, length)).isNotNegative();
                    System.arraycopy(source, offset, expected, size, length);
                    size += length;
                    records++;
                }
            }
            assertContent(rig, expected, size, records);
        }
    }

    private static void assertContent(Rig rig, byte[] expected, int size, int records) {
        rig.flush();
        final SubBuffer next = rig.consumer.next();
        assertThat(next.records()).isEqualTo(records);
        assertThat(next.length()).isEqualTo(size);
        final byte[] actual = new byte[size];
        next.bytes().get(actual);
        assertThat(Arrays.mismatch(actual, 0, size, expected, 0, size)).isEqualTo(-1);
        rig.consumer.subBuffersConsumed(1);
        assertThat(rig.consumer.next()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void arrayRange(Variant variant) {
        assertExact(variant, RecordWriter::write);
    }

    @ParameterizedTest
    @EnumSource
    void arraySegment(Variant variant) {
        assertExact(variant, (writer, source, offset, length) ->
                writer.write(MemorySegment.ofArray(source), offset, length));
    }

    @ParameterizedTest
    @EnumSource
    void nativeSegment(Variant variant) {
        try (Arena arena = Arena.ofConfined()) {
            assertExact(variant, (writer, source, offset, length) -> writer.write(
                    arena.allocate(source.length).copyFrom(MemorySegment.ofArray(source)), offset, length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"heap", "heap slice", "heap read-only", "direct", "direct slice", "direct read-only"})
    void byteBuffers(String kind) {
        final boolean direct = kind.startsWith("direct");
        final UnaryOperator<ByteBuffer> view = kind.endsWith("slice") ? buffer -> buffer.slice(3, buffer.limit() - 3)
                : kind.endsWith("read-only") ? ByteBuffer::asReadOnlyBuffer : UnaryOperator.identity();
        final int skipped = kind.endsWith("slice") ? 3 : 0;
        for (final ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (final Variant variant : Variant.values()) {
                assertExact(variant, (writer, source, offset, length) -> {
                    final int capacity = source.length + skipped;
                    final ByteBuffer whole = direct ? ByteBuffer.allocateDirect(capacity)
                            : ByteBuffer.allocate(capacity);
                    whole.put(skipped, source);
                    final ByteBuffer buffer = view.apply(whole).order(order).position(offset).limit(offset + length);
                    final long result = writer.write(buffer);
                    assertThat(buffer.position()).isEqualTo(offset + length);
                    assertThat(buffer.limit()).isEqualTo(offset + length);
                    assertThat(buffer.order()).isEqualTo(order);
                    return result;
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void reserveFillCommit(Variant variant) {
        assertExact(variant, (writer, source, offset, length) -> {
            final long position = writer.reserve(length);
            MemorySegment.copy(source, offset, writer.data(), ValueLayout.JAVA_BYTE, writer.dataOffset(position),
                    length);
            writer.commit(position, length);
            return position;
        });
    }

    @ParameterizedTest
    @EnumSource
    void oneRecordsBytesTouchNoOthers(Variant variant) {
        try (Rig rig = variant.open(128, 1, 0)) {
            for (int i = 0; i < 128; i++) {
                rig.writer.data().set(ValueLayout.JAVA_BYTE, i, (byte) '.');
            }
            rig.writeAll("a".repeat(13));
            assertThat(rig.writer.write(ByteBuffer.allocateDirect(11).put(0, Rig.bytes("b".repeat(11)))))
                    .isNotNegative();
            rig.writeAll("c".repeat(65));
            final String all = Rig.string(rig.writer.data().toArray(ValueLayout.JAVA_BYTE));
            assertThat(all).isEqualTo("a".repeat(13) + "b".repeat(11) + "c".repeat(65) + ".".repeat(39));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatIsRefusedLeavesTheSourceWhereItWas(Variant variant) {
        try (Rig rig = variant.open(16, 1, 0)) {
            rig.channel.pause();
            for (final ByteBuffer source : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
                source.position(2);
                assertThat(rig.writer.write(source)).isEqualTo(Result.PAUSED);
                assertThat(source.position()).isEqualTo(2);
            }
            assertThat(rig.writer.write(ByteBuffer.allocate(0))).isZero();
            assertThat(rig.writer.write(ByteBuffer.allocateDirect(0))).isZero();
            assertThat(rig.writer.write(MemorySegment.ofArray(new byte[3]), 3L, 0)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangesAreCheckedBeforeAnythingHappens(Variant variant) {
        final byte[] source = new byte[8];
        try (Rig rig = variant.open(16, 1, 0)) {
            assertThatThrownBy(() -> rig.writer.write(source, 1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.writer.write(source, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.writer.write(source, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.writer.write(MemorySegment.ofArray(source), 5L, 4))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> rig.writer.reserve(0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("reserve of 0 bytes: must be 1 to 16");
            assertThatThrownBy(() -> rig.writer.reserve(-5)).isInstanceOf(IllegalArgumentException.class);
            assertThat(rig.stats().attempted().records()).isZero();
            assertThat(rig.stats().attempted().bytes()).isZero();
            rig.writeAll("abc");
            for (final int length : new int[]{0, -1, -16, Integer.MIN_VALUE}) { // also behind a record
                assertThatThrownBy(() -> rig.writer.reserve(length)).isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("reserve of " + length + " bytes: must be 1 to 16");
            }
            assertThat(rig.stats().attempted().records()).isEqualTo(1L);
            assertThat(rig.stats().attempted().bytes()).isEqualTo(3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSourceThatCannotBeReadMakesAnAbortedRecordOfZeros(Variant variant) {
        try (Rig rig = variant.open(32, 2, 4)) {
            final MemorySegment freed;
            final ByteBuffer freedBuffer;
            try (Arena arena = Arena.ofConfined()) {
                freed = arena.allocate(8L);
                freedBuffer = freed.asByteBuffer();
            }
            rig.writer.data().fill((byte) '.');
            assertThatThrownBy(() -> rig.writer.write(freed, 0L, 8)).isInstanceOf(IllegalStateException.class);
            rig.writeAll("abc");
            assertThatThrownBy(() -> rig.writer.write(freedBuffer)).isInstanceOf(IllegalStateException.class);
            assertThat(freedBuffer.position()).isZero();
            rig.flush();
            assertThat(rig.drain()).containsExactly(Rig.content(0, "....\0\0\0\0\0\0\0\0abc\0\0\0\0\0\0\0\0", 9, 1));
            assertThat(rig.stats().aborted().records()).isEqualTo(2L);
            assertThat(rig.stats().aborted().bytes()).isEqualTo(16L);
            assertThat(rig.stats().attempted().records()).isEqualTo(3L);
            assertThat(rig.stats().attempted().bytes()).isEqualTo(19L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAbortedReservationLeavesZerosThatAreCountedAndNoRecord(Variant variant) {
        try (Rig rig = variant.open(16, 2, 0)) {
            rig.writeAll("ab");
            final long position = rig.reserve("cde");
            rig.writer.abort(position, 3);
            rig.writeAll("fg");
            final long exact = rig.reserve("123456789");
            rig.writer.abort(exact, 9);
            assertThat(rig.drain()).as("delivered by the abort that filled it")
                    .containsExactly(Rig.content(0, "ab\0\0\0fg\0\0\0\0\0\0\0\0\0", 0, 2));
            assertThat(rig.stats().aborted().records()).isEqualTo(2L);
            assertThat(rig.stats().aborted().bytes()).isEqualTo(12L);
            assertThat(rig.stats().attempted().records()).isEqualTo(4L);
            assertThat(rig.stats().attempted().bytes()).isEqualTo(16L);
        }
    }

    @Test
    void commitsOfSharedReservationsMayComeInAnyOrderAndFromAnyThread() throws Exception {
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(16, 2, 4)) {
            final long first = rig.reserve("abcd");
            final long second = rig.reserve("efgh");
            final long third = rig.reserve("ijkl");
            assertThat(rig.writer.dataOffset(first)).isEqualTo(4L);
            assertThat(rig.writer.dataOffset(third)).isEqualTo(12L);
            Thread.ofPlatform().start(() -> rig.writer.commit(third, 4)).join();
            Thread.ofVirtual().start(() -> rig.writer.commit(first, 4)).join();
            assertThat(rig.consumer.next()).isNull();
            rig.writer.commit(second, 4);
            assertThat(rig.drain()).containsExactly(Rig.content(0, "\0\0\0\0abcdefghijkl", 0, 3));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPositionTellsTheSubBufferAndThePlaceOfItsRecord(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4)) {
            final String[] records = {"abcd", "efghijkl", "mno", "pqrstuvwxy", "0123456789AB"};
            for (final String record : records) {
                final long position = switch (record.length() % 4) { // each form of write
                    case 0 -> rig.write(record);
                    case 2 -> rig.writer.write(ByteBuffer.wrap(Rig.bytes(record)));
                    default -> rig.writer.write(MemorySegment.ofArray(Rig.bytes(record)), 0L, record.length());
                };
                final SubBuffer subBuffer = sought(rig, rig.channel.geometry().sequence(position));
                final long at = rig.writer.dataOffset(position) % 16L;
                assertThat(Rig.text(subBuffer).substring((int) at)).isEqualTo(record);
                rig.drain();
            }
            assertThat(rig.stats().produced()).isEqualTo(4L);
        }
    }

    /** The sub-buffer in a snapshot, or the one that is ready, with this sequence. */
    private static SubBuffer sought(Rig rig, long sequence) {
        return rig.consumer.snapshot().subBuffers().stream().filter(found -> found.sequence() == sequence).findFirst()
                .orElseThrow();
    }

    @Test
    void theChannelsOverloadsWriteToTheSelectedBuffer() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("cpu").bufferCount(4).subBufferSize(16).subBufferCount(2)
                .cpuSelector(count -> count - 2).build();
        try (Channel channel = Channel.open(config); Consumer consumer = channel.consumer(2)) {
            assertThat(channel.write(Rig.bytes("xabx"), 1, 2)).isNotNegative();
            assertThat(channel.writer().write(MemorySegment.ofArray(Rig.bytes("xcdx")), 1L, 2)).isNotNegative();
            assertThat(channel.writer().write(ByteBuffer.wrap(Rig.bytes("ef")))).isNotNegative();
            channel.flush();
            assertThat(Rig.text(consumer.next())).isEqualTo("abcdef");
        }
    }

    @Test
    void resultsHaveNames() {
        assertThat(Result.name(0L)).isEqualTo("OK");
        assertThat(Result.name(Long.MAX_VALUE)).isEqualTo("OK");
        assertThat(List.of(Result.FULL, Result.TOO_LARGE, Result.STALLED, Result.REFUSED, Result.PAUSED, Result.CLOSED))
                .extracting(Result::name)
                .containsExactly("FULL", "TOO_LARGE", "STALLED", "REFUSED", "PAUSED", "CLOSED");
        assertThatThrownBy(() -> Result.name(-7L)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-7").hasMessageContaining("-6 to -1");
    }
}
