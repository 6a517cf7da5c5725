// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.micrometer;

import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.Loss;
import dev.jrelay.MappedChannel;
import dev.jrelay.RelayBuffer;
import dev.jrelay.Tally;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The counters of a channel as meters, for each buffer; all have the tags {@code channel} and {@code buffer}:
 *
 * <pre>
 * relay.records, relay.bytes              counters, tag fate: delivered, overwritten, skipped, aborted
 * relay.lost.records, relay.lost.bytes    counters, tag cause: full, too_large, stalled, refused, paused, closed
 * relay.produced, relay.consumed          counters, sub-buffers
 * relay.backlog, relay.backlog.max        gauges, sub-buffers closed and not consumed: now, and the most so far
 * relay.fill                              gauge, backlog / sub-buffer count: 1 is full
 * relay.pending.records, .bytes           gauges, committed and not consumed
 * relay.heartbeat.age                     of a mapped channel, tag channel: time since its process last gave a sign
 * </pre>
 *
 * <p>Counters count since the channel was opened, whatever is reset. Writers pay nothing: the counters are the
 * channel's own, read when a registry asks. As Micrometer wants it, a meter does not keep the channel from being
 * collected.
 *
 * {@snippet :
 * new RelayMetrics("requests", channel).bindTo(registry);
 * }
 *
 * <p>Threads: any.
 */
public final class RelayMetrics implements MeterBinder, AutoCloseable {
    private final String name;
    private final List<Buffer<?>> buffers;
    private final MappedChannel mapped;
    private final List<Bound> bound = new CopyOnWriteArrayList<>();

    /** What the meters of one buffer read; {@code source} is what they hold, weakly. */
    private record Buffer<T>(int index, int subBufferCount, T source, Function<T, BufferStats> stats) {
    }

    /** A meter that is in a registry. */
    private record Bound(MeterRegistry registry, Meter meter) {
    }

    /**
     * Meters of a channel of this process.
     *
     * @param name the value of the tag {@code channel}
     * @param channel the channel; its counters can be read after it is closed, too
     */
    public RelayMetrics(String name, Channel channel) {
        this.name = name;
        this.mapped = null;
        this.buffers = IntStream.range(0, channel.bufferCount())
                .<Buffer<?>>mapToObj(i -> new Buffer<>(i, channel.geometry().subBufferCount(), channel.buffer(i),
                        RelayBuffer::statsSinceOpen)).toList();
    }

    /**
     * Meters of another process's channel.
     *
     * @param name the value of the tag {@code channel}
     * @param channel the mapping; {@link MappedChannel#look} is enough. Once it is closed counters stay as they are,
     *     and gauges have no value
     */
    public RelayMetrics(String name, MappedChannel channel) {
        this.name = name;
        this.mapped = channel;
        this.buffers = IntStream.range(0, channel.bufferCount())
                .<Buffer<?>>mapToObj(i -> new Buffer<>(i, channel.geometry().subBufferCount(), channel,
                        source -> source.statsSinceOpen(i))).toList();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        buffers.forEach(buffer -> bind(registry, buffer));
        if (mapped != null) {
            bound.add(new Bound(registry, TimeGauge.builder("relay.heartbeat.age", mapped, TimeUnit.MILLISECONDS,
                    MappedChannel::heartbeatAgeMillis).tags("channel", name)
                    .description("Time since the channel's process last gave a sign of life").register(registry)));
        }
    }

    private <T> void bind(MeterRegistry registry, Buffer<T> buffer) {
        final Tags tags = Tags.of("channel", name, "buffer", Integer.toString(buffer.index));
        tally(registry, buffer, "relay", tags.and("fate", "delivered"), BufferStats::delivered);
        tally(registry, buffer, "relay", tags.and("fate", "overwritten"), BufferStats::overwritten);
        tally(registry, buffer, "relay", tags.and("fate", "skipped"), BufferStats::skipped);
        tally(registry, buffer, "relay", tags.and("fate", "aborted"), BufferStats::aborted);
        for (final Loss cause : Loss.values()) {
            tally(registry, buffer, "relay.lost", tags.and("cause", cause.name().toLowerCase(Locale.ROOT)),
                    stats -> stats.lost(cause));
        }
        counter(registry, buffer, "relay.produced", "subbuffers", tags, BufferStats::produced);
        counter(registry, buffer, "relay.consumed", "subbuffers", tags, BufferStats::consumed);
        gauge(registry, buffer, "relay.backlog", "subbuffers", tags, BufferStats::backlog);
        gauge(registry, buffer, "relay.backlog.max", "subbuffers", tags, BufferStats::maxBacklog);
        gauge(registry, buffer, "relay.fill", null, tags,
                stats -> (double) stats.backlog() / buffer.subBufferCount);
        gauge(registry, buffer, "relay.pending.records", null, tags, stats -> stats.pending().records());
        gauge(registry, buffer, "relay.pending.bytes", "bytes", tags, stats -> stats.pending().bytes());
    }

    private <T> void tally(MeterRegistry registry, Buffer<T> buffer, String prefix, Tags tags,
            Function<BufferStats, Tally> tally) {
        counter(registry, buffer, prefix + ".records", null, tags, stats -> tally.apply(stats).records());
        counter(registry, buffer, prefix + ".bytes", "bytes", tags, stats -> tally.apply(stats).bytes());
    }

    private <T> void counter(MeterRegistry registry, Buffer<T> buffer, String meter, String unit, Tags tags,
            ToLongFunction<BufferStats> value) {
        final Last last = new Last();
        bound.add(new Bound(registry, FunctionCounter.builder(meter, buffer.source, source -> {
            try {
                last.value = value.applyAsLong(buffer.stats.apply(source));
            } catch (IllegalStateException unmapped) {
                // it goes on counting, but nobody here can see it
            }
            return last.value;
        }).tags(tags).baseUnit(unit).register(registry)));
    }

    /** A counter never goes back. */
    private static final class Last {
        volatile double value;
    }

    private <T> void gauge(MeterRegistry registry, Buffer<T> buffer, String meter, String unit, Tags tags,
            ToDoubleFunction<BufferStats> value) {
        bound.add(new Bound(registry, Gauge.builder(meter, buffer.source, source -> {
            try {
                return value.applyAsDouble(buffer.stats.apply(source));
            } catch (IllegalStateException unmapped) {
                return Double.NaN;
            }
        }).tags(tags).baseUnit(unit).register(registry)));
    }

    /** Takes the meters out of all registries. Idempotent; the channel stays as it is. */
    @Override
    public void close() {
        for (final Bound meter : bound) {
            meter.registry.remove(meter.meter);
        }
        bound.clear();
    }
}
