// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static dev.jrelay.Rig.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link Callbacks}: when they are called, in which order, and what happens when they refuse or throw. */
class CallbacksTest {
    /** Writes down every call. */
    private static class Log implements Callbacks {
        final List<String> calls = new ArrayList<>();

        @Override
        public boolean admit(RelayBuffer buffer, long sequence) {
            calls.add("admit " + sequence);
            return true;
        }

        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            calls.add("start " + sequence);
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            calls.add("end " + sequence + " padding " + padding + " records " + records);
        }
    }

    /** The example of relayfs' documentation: the padding of each sub-buffer is stored in its own header. */
    private static final class PaddingInHeader implements Callbacks {
        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            subBuffer.set(ValueLayout.JAVA_INT_UNALIGNED, 0L, -1);
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            subBuffer.set(ValueLayout.JAVA_INT_UNALIGNED, 0L, padding);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withOneWriterTheyRunInTheOrderOfTheOriginal(Variant variant) {
        final Log log = new Log();
        try (Rig rig = variant.open(16, 4, 2, log)) {
            assertThat(log.calls).as("nothing is opened before the first record").isEmpty();
            rig.writeAll("0123456789", "abcd", "efghijkl");
            rig.flush();
            rig.flush();
            rig.writeAll("ABCDEFGHIJKLMN");
            rig.writeAll("x");
            rig.finish();
        }
        assertThat(log.calls).containsExactly("admit 0", "start 0", "end 0 padding 0 records 2",
                "admit 1", "start 1", "end 1 padding 6 records 1", "admit 2", "start 2", "end 2 padding 0 records 1",
                "admit 3", "start 3", "end 3 padding 13 records 1");
    }

    @ParameterizedTest
    @EnumSource
    void thePaddingCountInTheHeaderWorksInBothModes(Variant variant) {
        try (Rig rig = variant.open(16, 2, 4, new PaddingInHeader())) {
            final List<Integer> paddings = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                rig.writeAll("x".repeat(1 + i % 12));
                final MemorySegment current = rig.buffer.subBuffer(i);
                assertThat(current.get(ValueLayout.JAVA_INT_UNALIGNED, 0L)).isEqualTo(i % 12 == 11 ? 0 : -1);
                rig.flush();
                final SubBuffer next = rig.consumer.next();
                assertThat(next.segment().get(ValueLayout.JAVA_INT_UNALIGNED, 0L)).isEqualTo(next.padding());
                paddings.add(next.padding());
                rig.consumer.subBuffersConsumed(1);
            }
            assertThat(paddings).containsExactly(11, 10, 9, 8, 7, 6, 5, 4, 3, 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePredecessorIsReachableFromOnStartButTheFirstHasNone(Variant variant) {
        final List<String> seen = new ArrayList<>();
        final Callbacks previousLength = new Callbacks() {
            @Override
            public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
                seen.add(sequence == 0L ? "none"
                        : Rig.string(buffer.subBuffer(sequence - 1L).toArray(ValueLayout.JAVA_BYTE)).substring(0, 2));
            }
        };
        try (Rig rig = variant.open(8, 4, 0, previousLength)) {
            rig.writeAll("aaaaaaaa", "bbbbbbbb", "cccccccc");
        }
        assertThat(seen).containsExactly("none", "aa", "bb");
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedSwitchClosesTheOldSubBufferAndEveryRetryAsksAgain(Variant variant) {
        final AtomicBoolean admits = new AtomicBoolean(true);
        final Log log = new Log() {
            @Override
            public boolean admit(RelayBuffer buffer, long sequence) {
                return super.admit(buffer, sequence) && admits.get();
            }
        };
        try (Rig rig = variant.open(16, 4, 0, log)) {
            rig.writeAll("0123456789");
            admits.set(false);
            assertThat(rig.write("abcdefgh")).isEqualTo(Result.REFUSED);
            assertThat(rig.write("ab")).isEqualTo(Result.REFUSED);
            assertThat(rig.drain()).containsExactly(content(0, "0123456789", 6, 1));
            assertThat(rig.buffer.isFull()).isFalse();
            admits.set(true);
            rig.writeAll("abcdefgh");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "abcdefgh", 8, 1));
            assertThat(rig.stats().lost(Loss.REFUSED).records()).isEqualTo(2L);
            assertThat(rig.stats().lost(Loss.REFUSED).bytes()).isEqualTo(10L);
        }
        assertThat(log.calls).containsExactly("admit 0", "start 0", "end 0 padding 6 records 1", "admit 1", "admit 1",
                "admit 1", "start 1", "end 1 padding 8 records 1");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_NO_OVERWRITE.*")
    void admitIsNotAskedWhenTheBufferIsFullAnyway(Variant variant) {
        final Log log = new Log();
        try (Rig rig = variant.open(8, 1, 0, log)) {
            rig.writeAll("01234567");
            assertThat(rig.write("0")).isEqualTo(Result.FULL);
            assertThat(log.calls).containsExactly("admit 0", "start 0", "end 0 padding 0 records 1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalInOverwriteModeOverwritesNothing(Variant variant) {
        final AtomicBoolean admits = new AtomicBoolean(true);
        final Callbacks gate = new Callbacks() {
            @Override
            public boolean admit(RelayBuffer buffer, long sequence) {
                return admits.get();
            }
        };
        try (Rig rig = variant.open(8, 2, 0, gate)) {
            rig.writeAll("aaaaaaaa", "bbbbbbbb");
            admits.set(false);
            assertThat(rig.write("c")).isEqualTo(variant.overwrites() ? Result.REFUSED : Result.FULL);
            assertThat(rig.drain()).extracting(Rig.Content::text).containsExactly("aaaaaaaa", "bbbbbbbb");
            assertThat(rig.stats().overwritten().subBuffers()).isZero();
        }
    }

    @Test
    void theHeaderIsCompleteBeforeAnySubBufferIsDeliveredAndEachHookRunsOnceUnderContention() throws Exception {
        final int count = 4096;
        final AtomicIntegerArray starts = new AtomicIntegerArray(count + 1);
        final AtomicIntegerArray ends = new AtomicIntegerArray(count + 1);
        final AtomicInteger wrong = new AtomicInteger();
        final Callbacks once = new Callbacks() {
            @Override
            public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
                starts.incrementAndGet((int) sequence);
                subBuffer.set(ValueLayout.JAVA_LONG, 0L, sequence);
            }

            @Override
            public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
                ends.incrementAndGet((int) sequence);
                if (starts.get((int) sequence) != 1 || subBuffer.get(ValueLayout.JAVA_LONG, 0L) != sequence
                        || padding + 8 * records + 8 != subBuffer.byteSize()) {
                    wrong.incrementAndGet();
                }
            }
        };
        try (Rig rig = Variant.SHARED_NO_OVERWRITE.open(32, count, 8, once)) {
            final List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(Thread.ofPlatform().start(() -> {
                    final byte[] record = new byte[8];
                    for (int j = 0; rig.writer.write(record, 0, 8) >= 0L; j++) {
                        if (j % 16 == 0) {
                            rig.buffer.flush();
                        }
                    }
                }));
            }
            for (final Thread writer : writers) {
                writer.join();
            }
            assertThat(wrong.get()).isZero();
            for (int i = 0; i < count; i++) {
                assertThat(starts.get(i)).as("onStart " + i).isEqualTo(1);
                assertThat(ends.get(i)).as("onEnd " + i).isEqualTo(1);
            }
            assertThat(starts.get(count)).isZero();
        }
    }

    // ---- exceptions ---------------------------------------------------------------------------------------------

    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Throws in the named function, for as long as it is set. */
    private static final class Throwing implements Callbacks {
        private final AtomicInteger ended = new AtomicInteger();
        private volatile String where;

        Throwing(String where) {
            this.where = where;
        }

        private void call(String name) {
            if (name.equals(where)) {
                throw new Broken();
            }
        }

        @Override
        public boolean admit(RelayBuffer buffer, long sequence) {
            call("admit");
            return true;
        }

        @Override
        public void onStart(RelayBuffer buffer, long sequence, MemorySegment subBuffer) {
            call("start");
        }

        @Override
        public void onEnd(RelayBuffer buffer, long sequence, MemorySegment subBuffer, int padding, int records) {
            ended.incrementAndGet();
            call("end");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionOfAdmitReachesTheWriterAndChangesNothing(Variant variant) {
        final Throwing callbacks = new Throwing("admit");
        try (Rig rig = variant.open(16, 2, 0, callbacks)) {
            assertThatThrownBy(() -> rig.write("abc")).isInstanceOf(Broken.class);
            callbacks.where = "";
            rig.writeAll("def");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(0, "def", 13, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionOfOnStartMakesAnAbortedRecordOfZeros(Variant variant) {
        final Throwing callbacks = new Throwing("");
        try (Rig rig = variant.open(16, 1, 4, callbacks)) {
            rig.writeAll("0123456789ab");
            rig.drain();
            callbacks.where = "start";
            assertThatThrownBy(() -> rig.write("xyz")).isInstanceOf(Broken.class);
            callbacks.where = "";
            rig.writeAll("def");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(1, "\0\0\0\0" + "\0\0\0" + "def", 6, 1));
            assertThat(rig.stats().aborted().records()).isEqualTo(1L);
            assertThat(rig.stats().aborted().bytes()).isEqualTo(3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionOfOnStartOfARecordThatFillsTheSubBufferStillDeliversIt(Variant variant) {
        final Throwing callbacks = new Throwing("start");
        try (Rig rig = variant.open(16, 2, 4, callbacks)) {
            assertThatThrownBy(() -> rig.write("0123456789ab")).isInstanceOf(Broken.class);
            assertThat(rig.drain()).containsExactly(content(0, "\0".repeat(16), 0, 0));
            assertThat(callbacks.ended.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionOfOnEndReachesTheThreadThatDeliversAndTheSubBufferIsDelivered(Variant variant) {
        final Throwing callbacks = new Throwing("end");
        try (Rig rig = variant.open(16, 4, 0, callbacks)) {
            rig.writeAll("abc");
            assertThatThrownBy(rig::flush).isInstanceOf(Broken.class);
            assertThatThrownBy(() -> rig.write("0123456789abcdef")).isInstanceOf(Broken.class);
            callbacks.where = "";
            assertThat(rig.drain()).containsExactly(content(0, "abc", 13, 1), content(1, "0123456789abcdef", 0, 1));
            rig.writeAll("def");
            rig.flush();
            assertThat(rig.drain()).containsExactly(content(2, "def", 13, 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anExceptionOfOnEndDuringCloseDoesNotKeepTheChannelHalfOpen(Variant variant) throws IOException {
        final Throwing callbacks = new Throwing("end");
        final Channel channel = Channel.open(variant.config("test", 2).subBufferSize(16).subBufferCount(2)
                .callbacks(callbacks).build());
        final Consumer consumer = channel.consumer(0);
        final Consumer other = channel.consumer(1);
        final RecordWriter writer = variant.writer(channel, 0);
        writer.write(new byte[3], 0, 3);
        assertThatThrownBy(() -> {
            channel.close();
            if (writer instanceof ExclusiveWriter exclusive) {
                exclusive.close();
            }
        }).isInstanceOf(Broken.class);
        assertThat(consumer.next().length()).isEqualTo(3);
        consumer.subBuffersConsumed(1);
        assertThat(consumer.poll(0L)).isEqualTo(Readiness.HANG_UP);
        assertThat(other.poll(0L)).isEqualTo(Readiness.HANG_UP);
        consumer.close();
        other.close();
        assertThatThrownBy(() -> channel.snapshot(0)).as("freed").isInstanceOf(IllegalStateException.class);
        if (variant.exclusive) {
            channel.exclusiveWriter(0).close();
        }
    }
}
