// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ExclusiveWriter;
import dev.jrelay.Mode;
import dev.jrelay.SharedWriter;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does an event with a time stamp cost beside the clock alone, and beside a JFR event with the same field? 16
 * bytes in place: {@code System.nanoTime()} and a value; overwrite mode, since JFR is a flight recorder too.
 *
 * <pre>
 * java -jar target/benchmarks.jar TimedEvent
 * </pre>
 */
@Question("What does an event with a time stamp cost beside the clock alone?")
@State(Scope.Thread)
public class TimedEvent extends Measured {
    private static final int EVENT = 16;

    private Channel shared;
    private Channel exclusive;
    private SharedWriter sharedWriter;
    private ExclusiveWriter exclusiveWriter;
    private long value;

    /** A custom event: one value. */
    @Enabled
    @StackTrace(false)
    static final class ValueEvent extends Event {
        long value;
    }

    /** A running recording, for the JFR rows only. */
    @State(Scope.Benchmark)
    public static class Jfr {
        private Recording recording;

        /** Starts it. */
        @Setup(Level.Trial)
        public void start() {
            recording = new Recording();
            recording.setMaxSize(64L << 20);
            recording.enable(ValueEvent.class).withoutStackTrace().withoutThreshold();
            recording.start();
        }

        /** Stops it. */
        @TearDown(Level.Trial)
        public void stop() {
            recording.close();
        }
    }

    /** Opens the channels. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        final ChannelConfig.Builder builder =
                ChannelConfig.builder("bench").mode(Mode.OVERWRITE).bufferCount(1).subBufferSize(64 << 10);
        shared = Channel.open(builder.build());
        exclusive = Channel.open(builder.exclusiveBuffers(1).build());
        sharedWriter = shared.writer(0);
        exclusiveWriter = exclusive.exclusiveWriter(0);
    }

    /** The clock. */
    @Benchmark
    public long nanoTime() {
        return System.nanoTime();
    }

    /** The clock and a shared buffer. */
    @Benchmark
    public long relayShared() {
        final long position = Losses.none(sharedWriter.reserve(EVENT));
        final long at = sharedWriter.dataOffset(position);
        sharedWriter.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at, System.nanoTime());
        sharedWriter.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L, ++value);
        sharedWriter.commit(position, EVENT);
        return position;
    }

    /** The clock and an exclusive buffer. */
    @Benchmark
    public long relayExclusive() {
        final long position = Losses.none(exclusiveWriter.reserve(EVENT));
        final long at = exclusiveWriter.dataOffset(position);
        exclusiveWriter.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at, System.nanoTime());
        exclusiveWriter.data().set(ValueLayout.JAVA_LONG_UNALIGNED, at + 8L, ++value);
        exclusiveWriter.commit(position, EVENT);
        return position;
    }

    /** A JFR event; it reads its clock itself. */
    @Benchmark
    public void jfr(Jfr jfr) {
        final ValueEvent event = new ValueEvent();
        event.value = ++value;
        event.commit();
    }

    /** Closes the channels. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        exclusiveWriter.close();
        exclusive.close();
        shared.close();
    }
}
