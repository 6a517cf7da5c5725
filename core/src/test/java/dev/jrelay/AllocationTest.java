// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing is allocated once the code is compiled: 0 bytes for each operation, by the JVM's own count. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int OPERATIONS = 20_000;
    private static final int ROUNDS = 60;

    /**
     * Repeats the operation in rounds until one of them allocates nothing. An operation that allocates does so in every
     * round; a warm-up, a compilation or a deoptimization does so in some.
     */
    private static void assertAllocatesNothing(String name, Runnable operation) {
        final long self = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0L; round++) {
            final long before = THREADS.getThreadAllocatedBytes(self);
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run();
            }
            least = Math.min(least, THREADS.getThreadAllocatedBytes(self) - before);
        }
        assertThat(least).as(name + ": bytes in " + OPERATIONS + " operations").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void writingAndConsuming(Variant variant) {
        try (Rig rig = variant.open(256, 4, 8); Arena arena = Arena.ofConfined()) {
            final byte[] array = new byte[100];
            final ByteBuffer heap = ByteBuffer.allocate(30);
            final ByteBuffer direct = ByteBuffer.allocateDirect(30);
            final ByteBuffer readOnly = ByteBuffer.allocate(70).asReadOnlyBuffer();
            final MemorySegment segment = arena.allocate(50L);
            final Runnable consume = () -> {
                while (rig.consumer.poll(0L) == Readiness.READABLE) {
                    final SubBuffer next = rig.consumer.next();
                    check(next.bytes().remaining() == next.length() && next.records() > 0);
                    rig.consumer.subBuffersConsumed(1);
                }
            };
            assertAllocatesNothing("byte[]", () -> {
                check(rig.writer.write(array, 3, 20) >= 0L && rig.writer.write(array, 3, 90) >= 0L);
                consume.run();
            });
            assertAllocatesNothing("heap buffer", () -> {
                check(rig.writer.write(heap.position(0)) >= 0L);
                consume.run();
            });
            assertAllocatesNothing("direct buffer", () -> {
                check(rig.writer.write(direct.position(0)) >= 0L);
                consume.run();
            });
            assertAllocatesNothing("read-only buffer", () -> {
                check(rig.writer.write(readOnly.position(0)) >= 0L);
                consume.run();
            });
            assertAllocatesNothing("segment", () -> {
                check(rig.writer.write(segment, 1L, 49) >= 0L);
                consume.run();
            });
            assertAllocatesNothing("reserve and commit", () -> {
                final long position = rig.writer.reserve(16);
                rig.writer.data().set(ValueLayout.JAVA_LONG_UNALIGNED, rig.writer.dataOffset(position), position);
                rig.writer.commit(position, 16);
                consume.run();
            });
            assertAllocatesNothing("hasRoom, isFull, isDrained", () -> {
                check(rig.writer.hasRoom(10) && !rig.buffer.isFull() && !rig.consumer.isDrained());
                check(rig.consumer.poll(0L) == Readiness.TIMED_OUT && rig.consumer.next() == null);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void reading(Variant variant) {
        try (Rig rig = variant.open(256, 4, 0); Arena arena = Arena.ofConfined()) {
            final byte[] array = new byte[100];
            final ByteBuffer direct = ByteBuffer.allocateDirect(100);
            final ByteBuffer heap = ByteBuffer.allocate(100);
            final MemorySegment segment = arena.allocate(100L);
            assertAllocatesNothing("into byte[]", () -> {
                rig.writer.write(array, 0, 33);
                check(rig.consumer.stream().read(array, 0, 100) == 33);
            });
            assertAllocatesNothing("into a heap buffer", () -> {
                rig.writer.write(array, 0, 33);
                check(rig.consumer.stream().read(heap.clear()) == 33);
            });
            assertAllocatesNothing("into a direct buffer", () -> {
                rig.writer.write(array, 0, 33);
                check(rig.consumer.stream().read(direct.clear()) == 33);
            });
            assertAllocatesNothing("into a segment", () -> {
                rig.writer.write(array, 0, 33);
                check(rig.consumer.stream().read(segment, 0L, 100L) == 33L);
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void failing(Variant variant) {
        try (Rig rig = variant.open(256, 4, 0)) {
            final byte[] array = new byte[300];
            assertAllocatesNothing("too large", () -> check(rig.writer.write(array, 0, 257) == Result.TOO_LARGE));
            if (!variant.overwrites()) {
                assertAllocatesNothing("full", () -> rig.writer.write(array, 0, 200));
                check(rig.writer.write(array, 0, 200) == Result.FULL);
            }
            rig.channel.pause();
            assertAllocatesNothing("paused", () -> check(rig.writer.write(array, 0, 200) == Result.PAUSED));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "SHARED.*")
    void choosingTheBuffer(Variant variant) throws Exception {
        for (final CpuSelector selector : new CpuSelector[] {CpuSelector.striped(), CpuSelector.cpuId()}) {
            try (Channel channel = Channel.open(ChannelConfig.builder("cpu").mode(variant.mode).bufferCount(3)
                    .subBufferSize(256).subBufferCount(2).cpuSelector(selector).build())) {
                final byte[] array = new byte[40];
                assertAllocatesNothing("Channel.write", () -> channel.write(array, 0, 40));
            }
        }
    }

    private static void check(boolean condition) {
        if (!condition) {
            throw new AssertionError("an operation did not do what it should");
        }
    }
}
