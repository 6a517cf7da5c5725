// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's own storage: {@code create_buf_file} and {@code remove_buf_file}. */
class StorageTest {
    /** Hands out memory of its own arena, which outlives channels, and writes down what it is asked for. */
    private static final class Own implements Storage, AutoCloseable {
        final Arena arena = Arena.ofShared();
        final List<String> created = new ArrayList<>();
        final List<String> removed = new ArrayList<>();
        final List<MemorySegment> memories = new ArrayList<>();
        private final int failsAt;
        private final UnaryOperator<MemorySegment> change;

        Own(int failsAt, UnaryOperator<MemorySegment> change) {
            this.failsAt = failsAt;
            this.change = change;
        }

        @Override
        public MemorySegment create(String name, long size, Arena channelArena) throws IOException {
            if (created.size() == failsAt) {
                throw new IOException("no room for " + name);
            }
            created.add(name);
            final MemorySegment memory = arena.allocate(size + 8L, 8L); // a slice of it may still be large enough
            memories.add(memory);
            return change.apply(memory);
        }

        @Override
        public void remove(String name) throws IOException {
            removed.add(name);
        }

        @Override
        public boolean isShared() {
            return false;
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    private static ChannelConfig config(Storage storage) {
        return ChannelConfig.builder("own").bufferCount(3).subBufferSize(16).subBufferCount(2).storage(storage).build();
    }

    @Test
    void theChannelLivesInTheMemoryItIsGivenAndRemovesTheNamesOnce() throws IOException {
        try (Own own = new Own(-1, UnaryOperator.identity())) {
            final Channel channel = Channel.open(config(own));
            assertThat(own.created).containsExactly("own0", "own1", "own2", ".own.control");
            channel.writer(1).write(Rig.bytes("hello"), 0, 5);
            assertThat(own.memories.get(1).get(ValueLayout.JAVA_BYTE, 0L)).isEqualTo((byte) 'h');
            assertThat(own.removed).isEmpty();
            channel.close();
            channel.close();
            assertThat(own.removed).containsExactlyInAnyOrder("own0", "own1", "own2", ".own.control");
            assertThat(own.memories.get(1).get(ValueLayout.JAVA_BYTE, 0L)).as("the client's own").isEqualTo((byte) 'h');
        }
    }

    /** Whether the record is the first of its sub-buffer or goes behind another one. */
    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "true, 0", "true, 1"})
    void aRecordForMemoryThatIsGoneIsAborted(boolean exclusive, int before) throws IOException {
        final Arena arena = Arena.ofShared();
        final Storage vanishing = new Storage() {
            @Override
            public MemorySegment create(String name, long size, Arena channelArena) {
                return (name.endsWith(".control") ? channelArena : arena).allocate(size, 8L);
            }

            @Override
            public void remove(String name) {
                // the arenas free the memory
            }

            @Override
            public boolean isShared() {
                return false;
            }
        };
        try (Channel channel = Channel.open(ChannelConfig.builder("own").bufferCount(1).subBufferSize(32)
                .exclusiveBuffers(exclusive ? 1 : 0).storage(vanishing).build())) {
            final RecordWriter writer = exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
            for (int i = 0; i < before; i++) {
                assertThat(writer.write(Rig.bytes("hello"), 0, 5)).isZero();
            }
            arena.close();
            assertThatThrownBy(() -> writer.write(Rig.bytes("gone"), 0, 4)).isInstanceOf(IllegalStateException.class);
            assertThat(channel.statsSinceReset().aborted().records()).isOne();
            assertThat(channel.statsSinceReset().aborted().bytes()).isEqualTo(4L);
            assertThat(channel.statsSinceReset().attempted().records()).isEqualTo(before + 1L);
        }
    }

    @Test
    void largerMemoryThanAskedForWillDo() throws IOException {
        final Storage larger = new Storage() {
            @Override
            public MemorySegment create(String name, long size, Arena arena) {
                return arena.allocate(size + 4096L, 8L);
            }

            @Override
            public void remove(String name) {
            }
        };
        try (Channel channel = Channel.open(config(larger))) {
            assertThat(channel.writer(0).data().byteSize()).isEqualTo(32L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aFailureAtTheKthMemoryRemovesThoseBefore(int failsAt) {
        try (Own own = new Own(failsAt, UnaryOperator.identity())) {
            assertThatThrownBy(() -> Channel.open(config(own))).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("no room for");
            assertThat(own.created).hasSize(failsAt);
            assertThat(own.removed).containsExactlyInAnyOrderElementsOf(own.created);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"other array", "read-only", "too small", "at 1", "at 2", "at 4"})
    void memoryThatWillNotDoIsRefusedAndRemoved(String how) {
        final UnaryOperator<MemorySegment> change = memory -> switch (how) {
            case "other array" -> MemorySegment.ofArray(new long[1024]);
            case "read-only" -> memory.asReadOnly();
            case "too small" -> memory.asSlice(0L, memory.byteSize() - 16L);
            default -> memory.asSlice(Long.parseLong(how.replaceAll("\\D+", "")));
        };
        try (Own own = new Own(-1, change)) {
            assertThatThrownBy(() -> Channel.open(config(own))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("own0: ")
                    .hasMessageContaining("writable, native memory or a byte[], of 32 bytes, 8-aligned");
            assertThat(own.removed).containsExactly("own0");
        }
    }

    @Test
    void namesThatCannotBeRemovedAreReportedAndTheChannelIsClosedAllTheSame() throws IOException {
        final Storage sticky = new Storage() {
            @Override
            public MemorySegment create(String name, long size, Arena arena) {
                return arena.allocate(size, 8L);
            }

            @Override
            public void remove(String name) throws IOException {
                if (name.equals("own1")) {
                    throw new IOException("stuck");
                }
            }
        };
        final Channel channel = Channel.open(config(sticky));
        assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("own1")
                .satisfies(failure -> assertThat(failure.getSuppressed()).singleElement()
                        .extracting(Throwable::getMessage).isEqualTo("stuck"));
        assertThat(channel.write(new byte[1], 0, 1)).isEqualTo(Result.CLOSED);
        assertThat(channel.writer(0).data().scope().isAlive()).isFalse();
    }

    @Test
    void keptNamesAreLeftToTheClient() throws IOException {
        try (Own own = new Own(-1, UnaryOperator.identity())) {
            Channel.open(ChannelConfig.builder("own").storage(own).subBufferSize(16).keep(true).build()).close();
            assertThat(own.removed).isEmpty();
        }
    }

    /** A client's arrays, some of which may be of a kind that does not do. */
    private record Arrays(boolean bytesForControl, boolean longsForData) implements Storage {
        @Override
        public MemorySegment create(String name, long size, Arena arena) {
            return longsForData ? MemorySegment.ofArray(new long[(int) size / 8])
                    : MemorySegment.ofArray(new byte[(int) size]);
        }

        @Override
        public MemorySegment createControl(String name, long size, Arena arena) {
            return bytesForControl ? create(name, size, arena) : MemorySegment.ofArray(new long[(int) size / 8 + 3])
                    .asSlice(16L);
        }

        @Override
        public void remove(String name) {
            // the garbage collector frees the memory
        }

        @Override
        public boolean isShared() {
            return false;
        }
    }

    @Test
    void aClientsArraysWillDo() throws IOException {
        try (Channel channel = Channel.open(config(new Arrays(false, false)));
                Consumer consumer = channel.consumer(2)) {
            assertThat(channel.writer(2).write(Rig.bytes("hello"), 0, 5)).isNotNegative();
            channel.flush();
            assertThat(Rig.text(consumer.next())).isEqualTo("hello");
            assertThat(channel.writer(2).data().heapBase()).isPresent();
        }
    }

    @Test
    void arraysOfAnotherKindAreNamed() {
        assertThatThrownBy(() -> Channel.open(config(new Arrays(false, true))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("own0: ")
                .hasMessageContaining("must be writable, native memory or a byte[], of 32 bytes");
        assertThatThrownBy(() -> Channel.open(config(new Arrays(true, false))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith(".own.control: ")
                .hasMessageContaining("must be writable, native memory or a long[], of ");
    }

    @Test
    void aBufferThatNoArrayCanHoldIsRefusedByName() {
        final ChannelConfig config = ChannelConfig.builder("own").bufferCount(1).subBufferSize(1 << 30)
                .subBufferCount(2).storage(Storage.heap()).build();
        assertThatThrownBy(() -> Channel.open(config)).isInstanceOf(IOException.class)
                .hasMessage("own0: 2147483648 bytes: a buffer on the heap has at most 2147483639");
    }

    @Test
    void privateControlWordsTakeTheMemoryThatTheyNeed() throws IOException {
        for (final Storage storage : List.of(Storage.memory(), Storage.heap())) {
            final MemorySegment control = storage.createControl(".own.control", 4096L, Arena.global());
            assertThat(control.heapBase()).get().isInstanceOf(long[].class);
            assertThat(control.byteSize()).isEqualTo(4096L);
        }
    }

    @Test
    void onTheHeapTheDataIsAnArrayAndOtherProcessesDoNotSeeIt() throws IOException {
        try (Channel channel = Channel.open(config(Storage.heap()))) {
            assertThat(channel.writer(0).data().heapBase()).get().isInstanceOf(byte[].class);
            assertThat(channel.writer(0).data().byteSize()).isEqualTo(32L);
        }
        assertThat(Storage.heap().isShared()).isFalse();
        assertThat(Storage.memory().isShared()).isFalse();
    }
}
