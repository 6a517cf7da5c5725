// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.Consumer;
import dev.jrelay.Mode;
import dev.jrelay.Readiness;
import dev.jrelay.SubBuffer;
import dev.jrelay.klog.Klog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * More than a million events from several writers, with losses forced again and again, and what babeltrace2 makes of
 * it: each event that a writer was told is accepted, byte by byte and in order, or else an exact count of what is
 * missing.
 */
class CtfManyEventsTest {
    private static final int BUFFERS = 2;
    private static final int SUB_BUFFERS = 8;
    private static final int WRITERS = 4;
    private static final int EVENTS = Integer.getInteger("ctf.events", 300_000);
    private static final int STALL_EVERY = 40_000;
    private static final String FILLER = "abcdefghijklmnopqrstuvwxyz".repeat(4);

    @TempDir
    Path trace;

    private final Klog klog = new Klog();
    private final BitSet[] accepted = new BitSet[WRITERS];
    private final BitSet[] read = new BitSet[WRITERS];
    private final int[] lastRead = new int[WRITERS];
    /** While above 0 the collectors stand still, so that records or sub-buffers get lost. */
    private final AtomicInteger stalls = new AtomicInteger();
    /** Accepted records that were written to force losses. */
    private final AtomicLong raw = new AtomicLong();

    @ParameterizedTest
    @EnumSource(Mode.class)
    void areReadAsTheyWereWritten(Mode mode) throws Exception {
        final Ctf ctf = new Ctf(BUFFERS, SUB_BUFFERS);
        ctf.writeMetadata(trace);
        final Channel channel = Channel.open(ctf.configure("cpu").subBufferSize(16 << 10)
                .mode(mode).build());
        klog.attach(channel);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final List<Future<?>> collectors = new ArrayList<>();
            for (int i = 0; i < BUFFERS; i++) {
                final int index = i;
                final Consumer consumer = channel.consumer(index);
                collectors.add(threads.submit(() -> {
                    collect(channel, consumer, index);
                    return null;
                }));
            }
            final Thread[] writers = new Thread[WRITERS]; // each stays with the buffer of its number
            for (int i = 0; i < WRITERS; i++) {
                final int writer = i;
                accepted[i] = new BitSet(EVENTS);
                writers[i] = Thread.ofPlatform().start(() -> write(channel, mode, writer));
            }
            for (final Thread writer : writers) {
                writer.join();
            }
            channel.close();
            for (final Future<?> collector : collectors) {
                collector.get();
            }
        }
        verify(channel, mode);
    }

    private void collect(Channel channel, Consumer consumer, int index) throws Exception {
        try (consumer; CtfStream stream = new CtfStream(trace, "cpu" + index, index)) {
            while (consumer.poll(10_000_000L) != Readiness.HANG_UP) {
                while (stalls.get() > 0) {
                    Thread.onSpinWait();
                }
                for (SubBuffer s = next(consumer); s != null; s = next(consumer)) {
                    stream.write(s);
                    consumer.subBuffersConsumed(1);
                }
            }
            stream.finish(channel.buffer(index).statsSinceOpen());
        }
    }

    /** Null during a stall; what the consumer returns is written and consumed. */
    private SubBuffer next(Consumer consumer) {
        return stalls.get() > 0 ? null : consumer.next();
    }

    private void write(Channel channel, Mode mode, int writer) {
        final int buffer = channel.writer().buffer().index();
        for (int n = 0; n < EVENTS; n++) {
            if (writer < 2 && n % STALL_EVERY == STALL_EVERY / 2) {
                stall(channel, buffer);
            }
            while (n % 32 == 0 && channel.buffer(buffer).statsSinceReset().backlog() >= SUB_BUFFERS - 2) {
                Thread.onSpinWait(); // the collectors are slower than the writers: here it is not about that
            }
            if (klog.line().add('w').add(writer).add('n').add(n).add(FILLER, 0, n % 100).end() >= 0L) {
                accepted[writer].set(n);
            }
        }
    }

    /** Stops the collectors until the buffer has lost some records or sub-buffers. */
    private void stall(Channel channel, int buffer) {
        final BufferStats before = channel.buffer(buffer).statsSinceReset();
        stalls.getAndIncrement();
        while (channel.buffer(buffer).statsSinceReset().lost().records() < before.lost().records() + 100L
                && channel.buffer(buffer).statsSinceReset().overwritten().subBuffers()
                        < before.overwritten().subBuffers() + 3L) {
            if (klog.raw(new byte[3], 0, 3) >= 0L) {
                raw.getAndIncrement();
            }
        }
        stalls.getAndDecrement();
    }

    private void verify(Channel channel, Mode mode) throws Exception {
        final long[] rawRead = new long[1];
        for (int i = 0; i < WRITERS; i++) {
            read[i] = new BitSet(EVENTS);
            lastRead[i] = -1;
        }
        final Babeltrace result = Babeltrace.read(trace, (cpu, time, name, length, value) -> {
            if (name.equals("raw")) {
                rawRead[0]++;
            } else {
                event(length, value);
            }
        });
        long records = raw.get();
        for (int i = 0; i < WRITERS; i++) {
            records += accepted[i].cardinality();
            assertThat(intersection(accepted[i], read[i])).as("writer %d: read what was written", i).isEqualTo(read[i]);
            if (mode == Mode.NO_OVERWRITE) {
                assertThat(read[i]).as("writer %d", i).isEqualTo(accepted[i]);
            }
        }
        long events = 0L;
        for (int i = 0; i < BUFFERS; i++) {
            final BufferStats stats = channel.buffer(i).statsSinceReset();
            events += result.events.get(i);
            assertThat(result.events.get(i)).isEqualTo(stats.delivered().records());
            assertThat(result.lostEvents.getOrDefault(i, 0L)).isEqualTo(stats.lost().records());
            assertThat(result.lostPackets.getOrDefault(i, 0L))
                    .isEqualTo(stats.overwritten().subBuffers() + stats.skipped().subBuffers());
            records -= stats.overwritten().records() + stats.skipped().records();
        }
        assertThat(events).isEqualTo(records).isGreaterThan(WRITERS * EVENTS * 5L / 6L);
        System.out.println("CtfManyEventsTest " + mode + ": " + events + " events read, lost "
                + result.lostEvents + ", lost packets " + result.lostPackets);
        assertThat(mode == Mode.NO_OVERWRITE ? result.lostEvents : result.lostPackets).isNotEmpty();
    }

    private void event(int length, String value) {
        final int end = value.indexOf('n');
        int at = end + 1;
        while (at < value.length() && Character.isDigit(value.charAt(at))) {
            at++;
        }
        final int writer = Integer.parseInt(value, 2, end, 10);
        final int n = Integer.parseInt(value, end + 1, at, 10);
        final String expected = "\"w" + writer + 'n' + n + FILLER.substring(0, n % 100) + '"';
        if (!value.equals(expected) || length != expected.length() - 2 || n <= lastRead[writer]) {
            throw new AssertionError("after " + lastRead[writer] + " of this writer: " + length + " " + value);
        }
        lastRead[writer] = n;
        read[writer].set(n);
    }

    private static BitSet intersection(BitSet a, BitSet b) {
        final BitSet both = (BitSet) a.clone();
        both.and(b);
        return both;
    }
}
