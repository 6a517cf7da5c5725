// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that look, and calls that fail, let go of what they took hold of: leases, claims, mappings. */
class LettingGoTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    private Path directory;

    private Channel open() throws IOException {
        return Channel.open(ChannelConfig.builder("let").bufferCount(2).subBufferSize(64).subBufferCount(2)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).build());
    }

    /** A call on a channel that is mapped, after which nothing may be held. */
    private enum Call {
        SNAPSHOT {
            @Override
            void make(MappedChannel mapped) {
                assertThat(mapped.snapshot(0).subBuffers()).isEmpty();
            }
        },
        SNAPSHOT_OUT_OF_RANGE {
            @Override
            void make(MappedChannel mapped) {
                assertThatThrownBy(() -> mapped.snapshot(2)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        },
        STATS {
            @Override
            void make(MappedChannel mapped) {
                assertThat(mapped.statsSinceOpen(1).produced()).isZero();
            }
        },
        STATS_OUT_OF_RANGE {
            @Override
            void make(MappedChannel mapped) {
                assertThatThrownBy(() -> mapped.statsSinceOpen(-1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        },
        CONSUMER {
            @Override
            void make(MappedChannel mapped) {
                mapped.consumer(1).close();
            }
        },
        CONSUMER_OUT_OF_RANGE {
            @Override
            void make(MappedChannel mapped) {
                assertThatThrownBy(() -> mapped.consumer(2)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        },
        SECOND_CONSUMER {
            @Override
            void make(MappedChannel mapped) {
                try (Consumer first = mapped.consumer(0)) {
                    assertThatThrownBy(() -> mapped.consumer(0)).isInstanceOf(IllegalStateException.class);
                    assertThat(first.next()).isNull();
                }
            }
        };

        abstract void make(MappedChannel mapped);
    }

    @ParameterizedTest
    @EnumSource
    void aMappingIsGoneWhenItIsClosedWhateverWasCalledBefore(Call call) throws IOException {
        assumeTrue(Files.isReadable(MAPS), "no " + MAPS);
        try (Channel channel = open()) {
            final long own = maps();
            final MappedChannel mapped = MappedChannel.open(directory, "let");
            assertThat(maps()).isEqualTo(2L * own);
            call.make(mapped);
            mapped.close();
            assertThat(maps()).isEqualTo(own);
            for (int i = 0; i < 2; i++) {
                assertThat(channel.buffer(i).words.mappedOpaque(0)).as("the claim").isZero();
                channel.consumer(i).close();
            }
        }
        assertThat(maps()).isZero();
    }

    /** How often files of this test are mapped here. */
    private long maps() throws IOException {
        return Files.readAllLines(MAPS).stream().filter(line -> line.contains(directory.toString())).count();
    }

    @ParameterizedTest
    @EnumSource
    void aChannelIsFreedWhenItIsClosedWhateverWasCalledBefore(Variant variant) {
        final Rig rig = variant.open(16, 2, 0);
        rig.channel.snapshot(0);
        rig.channel.tick();
        assertThatThrownBy(() -> rig.channel.snapshot(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rig.channel.consumer(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rig.channel.consumer(0)).isInstanceOf(IllegalStateException.class);
        rig.close();
        assertThat(rig.isFreed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whoFindsNoPlaceAmongTheMappedReadersGivesBackThePlacesItHas(int full) throws IOException {
        try (Channel channel = open()) {
            final long own = maps();
            final ControlWords words = channel.buffer(full).words;
            IntStream.range(0, 8).forEach(entry -> words.casMapped(entry, 0L, ProcessId.self()));
            assertThatThrownBy(() -> MappedChannel.open(directory, "let")).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("let" + full + " is mapped 8 times");
            assertThat(IntStream.range(0, 8).mapToLong(channel.buffer(1 - full).words::mappedOpaque)).containsOnly(0L);
            assertThat(maps()).isEqualTo(own);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"let0", "let1", ".let.control"})
    void whatCannotBeOpenedIsNotMapped(String wrong) throws IOException {
        final Channel channel = Channel.open(ChannelConfig.builder("let").bufferCount(2).subBufferSize(64)
                .subBufferCount(2).storage(Storage.files(directory)).tickInterval(Duration.ZERO).keep(true).build());
        channel.close();
        try (FileChannel file = FileChannel.open(directory.resolve(wrong), StandardOpenOption.APPEND)) {
            file.write(ByteBuffer.allocate(8));
        }
        assertThatThrownBy(() -> MappedChannel.open(directory, "let")).isInstanceOf(IOException.class)
                .hasMessageContaining(wrong);
        assertThatThrownBy(() -> MappedChannel.look(directory, "let")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> CrashImage.open(directory, "let")).isInstanceOf(IOException.class);
        assertThat(maps()).isZero();
    }

    @Test
    void aChannelThatCannotBeOpenedFreesWhatItHad() {
        final List<MemorySegment> had = new ArrayList<>();
        final Storage scarce = new Storage() {
            @Override
            public MemorySegment create(String name, long size, Arena arena) throws IOException {
                if (had.size() == 2) {
                    throw new IOException("no room for " + name);
                }
                had.add(arena.allocate(size, 8L));
                return had.getLast();
            }

            @Override
            public void remove(String name) {
                // the arena frees the memory
            }
        };
        assertThatThrownBy(() -> Channel.open(ChannelConfig.builder("let").bufferCount(3).subBufferSize(64)
                .storage(scarce).build())).isInstanceOf(IOException.class).hasMessage("no room for let2");
        assertThat(had).hasSize(2).allSatisfy(memory -> assertThat(memory.scope().isAlive()).isFalse());
    }
}
