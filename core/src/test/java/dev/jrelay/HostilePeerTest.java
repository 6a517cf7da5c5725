// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer that scribbles over the shared control words, at rest and at full speed: this side may get useless data, but
 * no undocumented exception, no endless loop, no access outside of its memory.
 */
class HostilePeerTest {
    private static final int SIZE = 24; // no power of two: offsets above it fit into the tail
    private static final int COUNT = 4;
    private static final int HEADER = 3;
    private static final int MAX_LENGTH = SIZE - HEADER;
    private static final int ROUNDS = 3_000;
    private static final Duration LIMIT = Duration.ofSeconds(60L);

    @TempDir
    private Path directory;

    /** The peer's view of the words of buffer 0. */
    private MemorySegment words(Arena arena) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(".peer.control"), StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 4096L, ControlWords.blockSize(COUNT), arena);
        }
    }

    private Channel openPeer(Variant variant) throws IOException {
        return openPeer(variant, Callbacks.NONE);
    }

    private Channel openPeer(Variant variant, Callbacks callbacks) throws IOException {
        return Channel.open(ChannelConfig.builder("peer").mode(variant.mode).exclusiveBuffers(variant.exclusive ? 1 : 0)
                .bufferCount(1).subBufferSize(SIZE).subBufferCount(COUNT).headerBytes(HEADER).callbacks(callbacks)
                .storage(Storage.files(directory)).tickInterval(Duration.ZERO).build());
    }

    /** Mostly values near those that mean something. */
    private static void scribble(MemorySegment words, Random random) {
        final long[] places = {0L, 128L, 256L, 384L, 392L, 808L, 896L, 904L, 1024L, 1032L};
        final int slot = random.nextInt(COUNT);
        final long at = switch (random.nextInt(6)) {
            case 0 -> places[random.nextInt(places.length)];
            case 1 -> 1152L + 32L * slot;
            case 2 -> 1152L + 32L * slot + 8L * random.nextInt(3);
            case 3 -> 1280L + 128L * slot;
            case 4 -> 128L * random.nextInt(2);
            default -> 8L * random.nextInt((int) (words.byteSize() / 8L));
        };
        final long near = words.get(ValueLayout.JAVA_LONG, 128L) + random.nextInt(2 * COUNT) - COUNT / 2L;
        final long value = switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> near;
            case 2 -> near + 1L;
            case 3 -> near << 5 | random.nextInt(32);
            case 4 -> near << 5 | random.nextInt(32) | (long) random.nextInt(8) << 61;
            case 5 -> (long) random.nextInt(32) << 32 | random.nextInt(40);
            case 6 -> random.nextInt(64) - 32L;
            default -> -1L >>> random.nextInt(64);
        };
        words.set(ValueLayout.JAVA_LONG, at, value);
    }

    private static void use(Consumer consumer, Random random, byte[] target) {
        switch (random.nextInt(11)) {
            case 0, 1 -> {
                final SubBuffer next = consumer.next();
                if (next != null) {
                    check(next);
                }
            }
            case 2 -> assertThat(consumer.subBuffersConsumed(random.nextInt(COUNT + 1))).isBetween(0, COUNT);
            case 3 -> assertThat(consumer.stream().read(target, 0, target.length)).isBetween(-1, target.length);
            case 4 -> assertThat(consumer.stream().read(ByteBuffer.wrap(target).limit(7))).isBetween(-1, 7);
            case 5 -> consumer.poll(random.nextInt(2) * 20_000L);
            case 6 -> consumer.snapshot().subBuffers().forEach(HostilePeerTest::check);
            case 7 -> consumer.isDrained();
            case 8 -> assertThat(consumer.heldSequence()).isGreaterThanOrEqualTo(-1L);
            case 9 -> consumer.pass();
            default -> consumer.stream().read(MemorySegment.ofArray(target), 0L, 9L);
        }
    }

    /** Finds what a hook must never be told. */
    private static final class Hooks implements Callbacks {
        final AtomicReference<String> wrong = new AtomicReference<>();

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            if (padding < 0 || padding > MAX_LENGTH || records < 0 || records > MAX_LENGTH
                    || subBuffer.byteSize() != SIZE) {
                wrong.compareAndSet(null, sequence + ": padding " + padding + ", records " + records);
            }
        }
    }

    private static void check(SubBuffer subBuffer) {
        assertThat(subBuffer.length()).isBetween(0, SIZE);
        assertThat(subBuffer.padding()).isEqualTo(SIZE - subBuffer.length());
        assertThat(subBuffer.records()).isBetween(0, SIZE);
        assertThat(subBuffer.bytes().remaining()).isEqualTo(subBuffer.length());
        assertThat(Rig.text(subBuffer)).hasSize(subBuffer.length());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aReaderSurvivesAnyStateOfTheWords(Variant variant) {
        assertTimeoutPreemptively(LIMIT, () -> readInAnyState(variant));
    }

    private void readInAnyState(Variant variant) throws Exception {
        try (Channel channel = openPeer(variant); Arena arena = Arena.ofShared();
                MappedChannel mapped = MappedChannel.open(directory, "peer");
                CrashImage image = CrashImage.open(directory, "peer")) {
            final MemorySegment words = words(arena);
            final byte[] target = new byte[100];
            for (int seed = 0; seed < ROUNDS; seed++) {
                final Random random = new Random(seed);
                words.set(ValueLayout.JAVA_LONG, 896L, 0L);
                try (Consumer consumer = mapped.consumer(0)) {
                    for (int i = 0; i < 12; i++) {
                        scribble(words, random);
                        use(consumer, random, target);
                    }
                }
                assertThat(mapped.statsSinceOpen(0).toString()).isNotEmpty();
                mapped.snapshot(0).subBuffers().forEach(HostilePeerTest::check);
                assertThat(image.parts(0)).hasSizeLessThanOrEqualTo(COUNT + 1).allSatisfy(HostilePeerTest::check);
            }
            assertThat(channel.bufferCount()).isEqualTo(1);
        }
    }

    private static void check(CrashImage.Part part) {
        assertThat(part.length()).isBetween(0, SIZE);
        assertThat(part.records()).isBetween(0L, (long) SIZE);
        assertThat(part.memory().byteSize()).isEqualTo(SIZE);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aReaderSurvivesWordsThatChangeUnderIt(Variant variant) {
        assertTimeoutPreemptively(LIMIT, () -> readWhileWordsChange(variant));
    }

    private void readWhileWordsChange(Variant variant) throws Exception {
        final AtomicBoolean done = new AtomicBoolean();
        try (Channel channel = openPeer(variant); Arena arena = Arena.ofShared();
                MappedChannel mapped = MappedChannel.open(directory, "peer");
                Consumer consumer = mapped.consumer(0)) {
            final MemorySegment words = words(arena);
            final Thread peer = Thread.ofPlatform().start(() -> {
                final Random random = new Random(42);
                while (!done.get()) {
                    scribble(words, random);
                }
            });
            try {
                final byte[] target = new byte[100];
                final Random random = new Random(43);
                for (int i = 0; i < 20 * ROUNDS; i++) {
                    use(consumer, random, target);
                }
                assertThat(mapped.statsSinceOpen(0).toString()).isNotEmpty();
            } finally {
                done.set(true);
                peer.join();
            }
            assertThat(channel.bufferCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aWriterSurvivesAnyStateOfTheWords(Variant variant) {
        assertTimeoutPreemptively(LIMIT, () -> writeInAnyState(variant));
    }

    private void writeInAnyState(Variant variant) throws Exception {
        final Hooks hooks = new Hooks();
        try (Channel channel = openPeer(variant, hooks); Arena arena = Arena.ofShared()) {
            final MemorySegment words = words(arena);
            final byte[] source = new byte[40];
            final RecordWriter writer = variant.exclusive ? channel.exclusiveWriter(0) : channel.writer(0);
            for (int seed = 0; seed < ROUNDS; seed++) {
                final Random random = new Random(seed);
                for (int i = 0; i < 12; i++) {
                    scribble(words, random);
                    useWriter(channel, writer, random, source);
                }
            }
        }
        assertThat(hooks.wrong.get()).isNull();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aWriterSurvivesWordsThatChangeUnderIt(Variant variant) {
        assertTimeoutPreemptively(LIMIT, () -> writeWhileWordsChange(variant));
    }

    private void writeWhileWordsChange(Variant variant) throws Exception {
        final Hooks hooks = new Hooks();
        final Crew crew = new Crew();
        try (Channel channel = openPeer(variant, hooks); Arena arena = Arena.ofShared()) {
            final MemorySegment words = words(arena);
            final RecordWriter writer = variant.writer(channel, 0);
            crew.worker(false, () -> {
                final Random random = new Random(44);
                final byte[] source = new byte[40];
                for (int i = 0; i < 20 * ROUNDS; i++) {
                    useWriter(channel, writer, random, source);
                }
            });
            final Random random = new Random(45);
            crew.helper(() -> scribble(words, random));
            crew.join();
        }
        assertThat(hooks.wrong.get()).isNull();
    }

    private static void useWriter(Channel channel, RecordWriter writer, Random random, byte[] source) {
        switch (random.nextInt(10)) {
            case 0 -> channel.flush();
            case 1 -> channel.reset();
            case 2 -> channel.statsSinceReset();
            case 3 -> channel.tick();
            case 4 -> channel.snapshot(0).subBuffers().forEach(HostilePeerTest::check);
            case 5 -> {
                final int length = 1 + random.nextInt(21);
                final long position = writer.reserve(length);
                if (position >= 0L) {
                    writer.abort(position, length);
                }
            }
            default -> assertThat(writer.write(source, 0, random.nextInt(24))).isGreaterThanOrEqualTo(-6L);
        }
    }

    @Test
    void aReadEndsThoughThePeerDeliversNothingOverAndOver() throws IOException {
        final int count = 1 << 12;
        try (Channel channel = Channel.open(Variant.SHARED_NO_OVERWRITE.config(8, count, 0).build());
                Consumer consumer = channel.consumer(0)) {
            for (int slot = 0; slot < count; slot++) {
                channel.buffer(0).words.paddingOpaque(slot, 8L);
                channel.buffer(0).words.deliveredVolatile(slot, slot + 1L);
            }
            assertThat(consumer.stream().read(new byte[8], 0, 8)).isZero();
            assertThat(channel.buffer(0).words.consumedAcquire()).isBetween(1L, 100L);
        }
    }

    /** A place in a sub-buffer behind its end, as no stream leaves it. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_FILES")
    void aReadPositionBehindTheEndIsTheEnd(Variant variant) throws IOException {
        final byte[] target = new byte[100];
        for (final boolean whole : new boolean[] {true, false}) {
            for (int offset = 6; offset < 32; offset++) {
                try (Channel channel = openPeer(variant); Consumer consumer = channel.consumer(0)) {
                    final RecordWriter writer = variant.writer(channel, 0);
                    writer.write(new byte[2], 0, 2);
                    if (whole) {
                        writer.write(new byte[MAX_LENGTH], 0, MAX_LENGTH);
                    }
                    channel.buffer(0).words.readPositionOpaque(offset); // of sub-buffer 0, of which 5 bytes are there
                    assertThat(consumer.stream().read(target, 0, 100)).isEqualTo(whole ? SIZE : 0);
                    assertThat(consumer.stream().read(ByteBuffer.wrap(target))).isZero();
                    if (writer instanceof ExclusiveWriter exclusive) {
                        exclusive.close();
                    }
                }
            }
        }
    }
}
