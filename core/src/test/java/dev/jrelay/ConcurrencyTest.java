// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writers, a consumer, flushers, resets, pauses and snapshots at once, on small sub-buffers so that switches are
 * frequent. Content, order, and the account of every record and byte are checked.
 *
 * <p>Some seconds in the normal build; {@code -Djrelay.soak=MINUTES} repeats the rounds for that long in all.
 */
@Timeout(36_000)
class ConcurrencyTest {
    private static final int CASES = 26;
    private static final long NANOS = Math.max(500_000_000L,
            60_000_000_000L * Integer.getInteger("jrelay.soak", 0) / CASES);
    private static final long STUCK_NANOS = 20_000_000_000L;
    private static final int ATTEMPTS = 25_000;
    private static final int MAX_LENGTH = 52;
    private static final int HEADER = 8;

    /** The header holds the sequence from the start, then padding and records as well. */
    private static final class Stamp implements Callbacks {
        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            subBuffer.set(ValueLayout.JAVA_LONG_UNALIGNED, 0L, sequence);
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            if (subBuffer.get(ValueLayout.JAVA_LONG_UNALIGNED, 0L) != sequence) {
                throw new AssertionError("onEnd " + sequence + " after onStart "
                        + subBuffer.get(ValueLayout.JAVA_LONG_UNALIGNED, 0L));
            }
            subBuffer.set(ValueLayout.JAVA_LONG_UNALIGNED, 0L, stamp(sequence, padding, records));
        }
    }

    private static long stamp(long sequence, int padding, int records) {
        return sequence << 24 | (long) padding << 12 | records;
    }

    /** One round: a channel, its threads, and what the writers have attempted. */
    private static final class Round {
        final Variant variant;
        final Rig rig;
        final Crew crew = new Crew();
        final AtomicLong attempts = new AtomicLong();
        final AtomicLong attemptedBytes = new AtomicLong();
        final AtomicLong taken = new AtomicLong();
        final AtomicLongArray accepted;
        final Records records;

        Round(Variant variant, int writers, int count, boolean drops, boolean stamps) {
            this.variant = variant;
            this.rig = stamps ? variant.open(160, count, HEADER, new Stamp()) : variant.open(160, count, 0);
            this.accepted = new AtomicLongArray(writers + 1);
            this.records = new Records(!drops && !variant.overwrites());
        }

        /** Writes, by every overload; a number is used again until its record is accepted. */
        void write(int writer, int seed) {
            final SplittableRandom random = new SplittableRandom(seed * 1009L + writer);
            final byte[] record = new byte[MAX_LENGTH];
            final ByteBuffer direct = ByteBuffer.allocateDirect(MAX_LENGTH);
            int number = 0;
            long bytes = 0L;
            for (int i = 0; i < ATTEMPTS && !crew.hasFailed(); i++) {
                final int length = Records.HEADER + random.nextInt(MAX_LENGTH - Records.HEADER + 1);
                Records.build(record, length, writer, number);
                bytes += length;
                final boolean aborts = random.nextInt(50) == 0;
                final long result = aborts ? abort(length) : switch (random.nextInt(4)) {
                    case 0 -> rig.writer.write(MemorySegment.ofArray(record), 0L, length);
                    case 1 -> rig.writer.write(direct.clear().put(0, record).limit(length));
                    case 2 -> reserve(record, length);
                    default -> rig.writer.write(record, 0, length);
                };
                if (result >= 0L && !aborts) {
                    number++;
                }
                if (result == Result.FULL && (i & 7) == 0) {
                    Thread.yield();
                }
            }
            attempts.addAndGet(ATTEMPTS);
            attemptedBytes.addAndGet(bytes);
            accepted.set(writer, number);
        }

        private long abort(int length) {
            final long position = rig.writer.reserve(length);
            if (position >= 0L) {
                rig.writer.abort(position, length);
            }
            return position;
        }

        private long reserve(byte[] record, int length) {
            final long position = rig.writer.reserve(length);
            if (position >= 0L) {
                MemorySegment.copy(record, 0, rig.writer.data(), ValueLayout.JAVA_BYTE, rig.writer.dataOffset(position),
                        length);
                rig.writer.commit(position, length);
            }
            return position;
        }

        /** Takes whole sub-buffers until the end; what a reset takes away under it is dropped. */
        void consume() {
            final byte[] copy = new byte[160];
            long last = -1L;
            while (awaitData(rig) == Readiness.READABLE) {
                final SubBuffer next = rig.consumer.next();
                if (next == null) {
                    continue;
                }
                final int length = next.length();
                final long sequence = next.sequence();
                final long stamp = stamp(sequence, next.padding(), next.records());
                MemorySegment.copy(next.segment(), ValueLayout.JAVA_BYTE, 0L, copy, 0, length);
                if (rig.consumer.subBuffersConsumed(1) == 0) {
                    continue;
                }
                taken.set(sequence + 1L);
                assertThat(sequence).isGreaterThan(last);
                last = sequence;
                final ByteBuffer content = ByteBuffer.wrap(copy, 0, length).order(ByteOrder.nativeOrder());
                assertThat(content.getLong()).as("header").isEqualTo(stamp);
                final long before = records.count();
                records.check(content);
                assertThat(records.count() - before).isEqualTo(stamp & 0xfffL);
            }
        }

        private static Readiness awaitData(Rig rig) {
            final Readiness found = rig.consumer.poll(STUCK_NANOS);
            if (found == Readiness.TIMED_OUT || found == Readiness.HELD) {
                throw new AssertionError("stuck: " + rig.buffer.statsSinceOpen());
            }
            return found;
        }

        /** A snapshot holds whole records of sub-buffers in order, none that was consumed before it began. */
        void snapshot() {
            final long notBefore = taken.get();
            final Records content = new Records(false);
            long last = notBefore - 1L;
            for (final SubBuffer subBuffer : rig.channel.snapshot(0).subBuffers()) {
                assertThat(subBuffer.sequence()).isGreaterThan(last);
                last = subBuffer.sequence();
                content.check(subBuffer.bytes().slice(HEADER, subBuffer.length() - HEADER));
            }
            rig.buffer.statsSinceOpen();
        }

        void checkAccount() {
            final BufferStats stats = rig.buffer.statsSinceOpen();
            assertThat(rig.consumer.isDrained()).isTrue();
            assertThat(stats.pending().records()).isZero();
            assertThat(stats.pending().bytes()).isZero();
            assertThat(stats.attempted().records()).as(stats::toString).isEqualTo(attempts.get());
            assertThat(stats.attempted().bytes()).as(stats::toString).isEqualTo(attemptedBytes.get());
            assertThat(stats.delivered().records()).isEqualTo(records.count());
            assertThat(stats.delivered().subBuffers() + stats.overwritten().subBuffers() + stats.skipped().subBuffers())
                    .isEqualTo(stats.produced()).isEqualTo(stats.consumed());
            long sum = 0L;
            for (int writer = 1; writer < accepted.length(); writer++) {
                sum += accepted.get(writer);
            }
            assertThat(stats.delivered().plus(stats.overwritten()).plus(stats.skipped()).records()).isEqualTo(sum);
        }
    }

    private interface Body {
        void run(int seed) throws Exception;
    }

    private static void rounds(Body body) throws Exception {
        final long start = System.nanoTime();
        int seed = 1;
        do {
            body.run(seed++);
        } while (System.nanoTime() - start < NANOS);
    }

    private static void run(Variant variant, int writers, int count, boolean virtual, boolean resets) throws Exception {
        rounds(seed -> {
            final Round round = new Round(variant, writers, count, resets, true);
            try (Rig rig = round.rig) {
                final Crew consumers = new Crew();
                consumers.worker(false, round::consume);
                for (int i = 1; i <= writers; i++) {
                    final int writer = i;
                    round.crew.worker(virtual && i % 2 == 0, () -> round.write(writer, seed));
                }
                round.crew.helper(rig.channel::flush);
                round.crew.helper(round::snapshot);
                if (resets) {
                    round.crew.helper(() -> {
                        rig.channel.reset();
                        rig.channel.pause();
                        rig.channel.resume();
                    });
                }
                try {
                    round.crew.join();
                } finally {
                    round.rig.finish();
                    consumers.join();
                }
                round.checkAccount();
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,2,1", "SHARED_NO_OVERWRITE,3,2", "SHARED_NO_OVERWRITE,8,8", "SHARED_OVERWRITE,2,1",
        "SHARED_OVERWRITE,3,2", "SHARED_OVERWRITE,8,8", "EXCLUSIVE_NO_OVERWRITE,1,2", "EXCLUSIVE_OVERWRITE,1,1",
        "EXCLUSIVE_OVERWRITE,1,4", "SHARED_OVERWRITE_HEAP,3,2", "EXCLUSIVE_NO_OVERWRITE_HEAP,1,2",
        "SHARED_NO_OVERWRITE_FILES,3,2", "EXCLUSIVE_OVERWRITE_FILES,1,2"})
    void everyRecordArrivesOnceInOrderOrIsAccountedFor(Variant variant, int writers, int count) throws Exception {
        run(variant, writers, count, true, false);
    }

    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,2,1", "SHARED_NO_OVERWRITE,4,4", "SHARED_OVERWRITE,2,2", "SHARED_OVERWRITE,4,8",
        "EXCLUSIVE_NO_OVERWRITE,1,4", "EXCLUSIVE_OVERWRITE,1,2"})
    void theAccountHoldsUnderResetsAndPauses(Variant variant, int writers, int count) throws Exception {
        run(variant, writers, count, false, true);
    }

    /** Without resets, {@code read} returns the records of a buffer that keeps as one stream, to the last byte. */
    @ParameterizedTest
    @CsvSource({"SHARED_NO_OVERWRITE,2,1", "SHARED_NO_OVERWRITE,6,4", "EXCLUSIVE_NO_OVERWRITE,1,1",
        "EXCLUSIVE_NO_OVERWRITE,1,4"})
    void readReturnsOneUnbrokenStream(Variant variant, int writers, int count) throws Exception {
        rounds(seed -> {
            final Round round = new Round(variant, writers, count, false, false);
            try (Rig rig = round.rig) {
                final Crew readers = new Crew();
                readers.worker(false, () -> readToTheEnd(rig, round.records, seed));
                for (int i = 1; i <= writers; i++) {
                    final int writer = i;
                    round.crew.worker(writer % 2 == 0, () -> round.write(writer, seed));
                }
                round.crew.helper(rig.channel::flush);
                try {
                    round.crew.join();
                } finally {
                    round.rig.finish();
                    readers.join();
                }
                round.checkAccount();
            }
        });
    }

    private static void readToTheEnd(Rig rig, Records records, int seed) {
        long lastData = System.nanoTime();
        final SplittableRandom random = new SplittableRandom(seed);
        final byte[] piece = new byte[300];
        final ByteBuffer stream = ByteBuffer.allocate(1 << 12);
        final RelayStream read = rig.consumer.stream();
        for (int length = 0; length >= 0; length = read.read(piece, 0, 1 + random.nextInt(piece.length))) {
            stream.put(piece, 0, length).flip();
            records.checkWhole(stream);
            stream.compact();
            if (length == 0) {
                rig.consumer.poll(100_000L);
                assertThat(System.nanoTime() - lastData).as("stuck").isLessThan(STUCK_NANOS);
            } else {
                lastData = System.nanoTime();
            }
        }
        assertThat(stream.position()).as("bytes left over").isZero();
    }

    /**
     * Records of one size that divides the sub-buffer: whatever {@code read} returns in multiples of it is whole, also
     * when writers overtake the reader.
     */
    @ParameterizedTest
    @EnumSource(names = {"SHARED_OVERWRITE", "EXCLUSIVE_OVERWRITE", "SHARED_NO_OVERWRITE"})
    void readReturnsWholeRecordsThoughWritersOvertakeIt(Variant variant) throws Exception {
        final int size = 24;
        rounds(seed -> {
            try (Rig rig = variant.open(4 * size, 2, 0)) {
                final int writers = variant.exclusive ? 1 : 3;
                final Crew crew = new Crew();
                final Crew readers = new Crew();
                final Records records = new Records(!variant.overwrites());
                readers.worker(false, () -> {
                    final SplittableRandom random = new SplittableRandom(seed);
                    final byte[] piece = new byte[10 * size];
                    int length = 0;
                    long lastData = System.nanoTime();
                    while (length >= 0) {
                        records.check(ByteBuffer.wrap(piece, 0, length));
                        if (length == 0) {
                            rig.consumer.poll(100_000L);
                            assertThat(System.nanoTime() - lastData).as("stuck").isLessThan(STUCK_NANOS);
                        } else {
                            lastData = System.nanoTime();
                        }
                        length = rig.consumer.stream().read(piece, 0, size * (1 + random.nextInt(10)));
                    }
                });
                for (int i = 1; i <= writers; i++) {
                    final int writer = i;
                    crew.worker(false, () -> {
                        final byte[] record = new byte[size];
                        for (int number = 0; number < ATTEMPTS && !crew.hasFailed() && !readers.hasFailed();) {
                            Records.build(record, size, writer, number);
                            if (rig.writer.hasRoom(size) && rig.writer.write(record, 0, size) >= 0L) {
                                number++;
                            } else {
                                Thread.yield();
                            }
                        }
                    });
                }
                crew.helper(rig.channel::flush);
                try {
                    crew.join();
                } finally {
                    rig.finish();
                    readers.join();
                }
                final BufferStats stats = rig.buffer.statsSinceOpen();
                assertThat(stats.attempted().records() - stats.lost().records()).isEqualTo((long) writers * ATTEMPTS);
                assertThat(records.count()).isBetween(stats.delivered().records(), (long) writers * ATTEMPTS);
                assertThat(variant.overwrites() || records.count() == stats.delivered().records()).isTrue();
            }
        });
    }
}
