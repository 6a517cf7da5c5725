// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Consumer;
import dev.jrelay.MappedChannel;
import dev.jrelay.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayMetricsTest {
    private static final Path PAGE = Path.of("../../docs/metrics.md");
    private static final Path THIS = Path.of("src/test/java/dev/jrelay/adapters/micrometer/RelayMetricsTest.java");

    @TempDir
    private Path directory;

    private static ChannelConfig.Builder config() {
        return ChannelConfig.builder("requests").bufferCount(2).exclusiveBuffers(1).subBufferSize(64).subBufferCount(2);
    }

    private static double counter(MeterRegistry registry, String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    private static double gauge(MeterRegistry registry, String name, String buffer) {
        return registry.get(name).tags("buffer", buffer).gauge().value();
    }

    @Test
    void everyCounterOfEachBufferIsAMeter() throws Exception {
        final MeterRegistry registry = new SimpleMeterRegistry();
        try (Channel channel = Channel.open(config().build()); Consumer consumer = channel.consumer(0);
                RelayMetrics metrics = new RelayMetrics("requests", channel)) {
            metrics.bindTo(registry);
            for (int i = 0; i < 5; i++) {
                channel.write(new byte[32], 0, 32); // the fifth finds both sub-buffers full
            }
            channel.write(new byte[65], 0, 65);
            assertThat(counter(registry, "relay.lost.records", "buffer", "0", "cause", "full")).isEqualTo(1.0);
            assertThat(counter(registry, "relay.lost.bytes", "buffer", "0", "cause", "full")).isEqualTo(32.0);
            assertThat(counter(registry, "relay.lost.records", "buffer", "0", "cause", "too_large")).isEqualTo(1.0);
            assertThat(counter(registry, "relay.lost.records", "buffer", "1", "cause", "full")).isZero();
            assertThat(gauge(registry, "relay.backlog", "0")).isEqualTo(2.0);
            assertThat(gauge(registry, "relay.fill", "0")).isEqualTo(1.0);
            assertThat(gauge(registry, "relay.fill", "1")).isZero();
            assertThat(gauge(registry, "relay.pending.records", "0")).isEqualTo(4.0);
            assertThat(gauge(registry, "relay.pending.bytes", "0")).isEqualTo(128.0);
            consumer.next();
            consumer.subBuffersConsumed(1);
            assertThat(counter(registry, "relay.records", "buffer", "0", "fate", "delivered")).isEqualTo(2.0);
            assertThat(counter(registry, "relay.bytes", "buffer", "0", "fate", "delivered")).isEqualTo(64.0);
            assertThat(counter(registry, "relay.produced", "buffer", "0")).isEqualTo(2.0);
            assertThat(counter(registry, "relay.consumed", "buffer", "0")).isEqualTo(1.0);
            assertThat(gauge(registry, "relay.fill", "0")).isEqualTo(0.5);
            assertThat(gauge(registry, "relay.backlog.max", "0")).isEqualTo(2.0);
            channel.reset();
            assertThat(counter(registry, "relay.records", "buffer", "0", "fate", "skipped")).isEqualTo(2.0);
            assertThat(counter(registry, "relay.lost.records", "buffer", "0", "cause", "full")).isEqualTo(1.0);
            assertThat(registry.getMeters()).hasSize(2 * (8 + 12 + 2 + 5));
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void anotherProcessesChannelIsWatchedWithItsHeartbeat() throws Exception {
        final MeterRegistry registry = new SimpleMeterRegistry();
        try (Channel channel = Channel.open(config().storage(Storage.files(directory)).build())) {
            final MappedChannel mapped = MappedChannel.look(directory, "requests");
            new RelayMetrics("requests", mapped).bindTo(registry);
            channel.write(new byte[65], 0, 65);
            assertThat(counter(registry, "relay.lost.records", "buffer", "0", "cause", "too_large")).isEqualTo(1.0);
            assertThat(registry.get("relay.heartbeat.age").tags("channel", "requests").timeGauge()
                    .value(TimeUnit.MINUTES)).isBetween(0.0, 1.0);
            final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new RelayMetrics("requests", mapped).bindTo(prometheus);
            assertThat(prometheus.scrape()).contains("relay_heartbeat_age_seconds{channel=\"requests\"} ")
                    .contains("relay_records_total{buffer=\"1\",channel=\"requests\",fate=\"delivered\"} ")
                    .contains("relay_bytes_total{buffer=\"1\",channel=\"requests\",fate=\"delivered\"} ");
            mapped.close();
            channel.write(new byte[65], 0, 65);
            assertThat(counter(registry, "relay.lost.records", "buffer", "0", "cause", "too_large")).isEqualTo(1.0);
            assertThat(gauge(registry, "relay.fill", "0")).isNaN();
        }
    }

    @Test
    void prometheusGetsWhatThePageShows() throws Exception {
        final ChannelConfig config = ChannelConfig.builder("requests").bufferCount(1).subBufferSize(64)
                .subBufferCount(2).build();
        final String scrape;
        // begin of the page's example
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (Channel channel = Channel.open(config);
                RelayMetrics metrics = new RelayMetrics("requests", channel)) {
            metrics.bindTo(registry);
            for (int i = 0; i < 5; i++) {
                channel.write(new byte[32], 0, 32);     // nobody consumes: the fifth finds the buffer full
            }
            scrape = registry.scrape();                 // what GET /metrics answers
        }
        // end of the page's example
        assertThat(scrape.lines()).containsAll(block("text").lines().toList());
        assertThat(example()).isEqualTo(block("java").strip());
    }

    /** The first block of a language on the page. */
    private static String block(String language) throws IOException {
        return Files.readString(PAGE).split("```" + language + "\n", 2)[1].split("```", 2)[0];
    }

    private static String example() throws IOException {
        final String source = Files.readString(THIS).split("// begin of the page's example\n", 2)[1];
        final List<String> lines = Arrays.asList(source.split("\n *// end of the page's example", 2)[0].split("\n"));
        return String.join("\n", lines).stripIndent();
    }
}
