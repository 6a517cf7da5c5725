// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.Loss;
import dev.jrelay.relayapp.Collector;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Collectors and the broker, killed at random moments: in the topic is every sub-buffer once, with every byte, and
 * every record that is not there is counted. {@code -Dkills=100} kills more often.
 */
@Timeout(3600)
class KafkaKillTest {
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final int BROKER_KILLS = Integer.getInteger("kills", 1);
    private static final long SEED = Long.getLong("seed", new Random().nextLong());

    @TempDir
    private static Path brokerDirectory;
    private static Broker broker;

    @TempDir
    private Path directory;
    private final Random random = new Random(SEED);
    private final CompletableFuture<Channel> opened = new CompletableFuture<>();

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Broker.start(brokerDirectory, brokerDirectory.resolve("data"));
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    private RelayApp app() throws IOException {
        return RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() {
            @Override
            public void started(Channel channel) {
                opened.complete(channel);
            }
        });
    }

    /** What is in the topic is what the books say, and what is not there is what the channel has counted. */
    private void check(Books books, String topic) throws IOException {
        final KafkaReader.Outcome outcome = Replay.run(CollectorProcess.settings(broker.address(), topic),
                directory.resolve("replayed"), output -> new FileSink(output, false));
        assertThat(outcome.foreign()).isZero();
        assertThat(outcome.streams()).as("seed " + SEED).hasSize(books.buffers());
        final Path files;
        try (Stream<Path> all = Files.walk(directory.resolve("replayed"))) {
            files = all.filter(file -> file.endsWith("cpu0")).findAny().orElseThrow().getParent();
        }
        for (final KafkaReader.Result result : outcome.streams()) {
            final int buffer = result.stream().buffer();
            assertThat(result.gaps()).as("seed " + SEED).isEmpty();
            assertThat(result.duplicates()).as("seed " + SEED).isZero();
            assertThat(result.isEnded()).isTrue();
            assertThat(result.records()).isEqualTo(books.records(buffer));
            assertThat(result.losses().lost(Loss.FULL).records()).isEqualTo(books.refused(buffer));
            assertThat(files.resolve("cpu" + buffer)).as("seed " + SEED).hasBinaryContent(books.accepted(buffer));
        }
    }

    @Test
    void whateverMomentACollectorIsKilledTheNextOneGoesOnBehindTheLastCommit() throws Exception {
        try (RelayApp app = app()) {
            Books books = null;
            for (int kill = 0; kill < KILLS; kill++) {
                try (CollectorProcess collector = CollectorProcess.start(directory.resolve("app"), broker.address(),
                        "collectors")) {
                    collector.awaitStarted();
                    books = books == null ? new Books(opened.get()) : books;
                    Thread.sleep(random.nextInt(400));
                    collector.kill();
                }
            }
            try (CollectorProcess last = CollectorProcess.start(directory.resolve("app"), broker.address(),
                    "collectors")) {
                last.awaitStarted();
                Thread.sleep(200L);
                books.stop();
                assertThat(last.stop()).as("seed " + SEED).containsExactly("unsaved false");
            }
            check(books, "collectors");
            assertThat(app).isNotNull();
        }
    }

    private static void awaitCommit(KafkaSink sink) throws InterruptedException {
        final long before = sink.progress().commits();
        while (sink.progress().commits() == before) {
            Thread.sleep(10L);
        }
    }

    @Test
    void whateverMomentTheBrokerIsKilledTheCollectorGoesOnBehindTheLastCommit() throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        final CountDownLatch started = new CountDownLatch(1);
        final KafkaSink sink = new KafkaSink(CollectorProcess.settings(broker.address(), "brokers"), note -> { });
        try (RelayApp app = app()) {
            final CompletableFuture<Collector.Summary> summary = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    summary.complete(Collector.run(CollectorProcess.plan(directory.resolve("app")), sink,
                            started::countDown, stop::get));
                } catch (IOException | InterruptedException | RuntimeException failed) {
                    summary.completeExceptionally(failed);
                }
            });
            started.await();
            final Books books = new Books(opened.get());
            for (int kill = 0; kill < BROKER_KILLS; kill++) {
                awaitCommit(sink);
                Thread.sleep(random.nextInt(100));
                broker.kill();
                Thread.sleep(random.nextInt(200));
                broker.start();
            }
            awaitCommit(sink);
            books.stop();
            stop.set(true);
            assertThat(summary.get().unsaved()).as("seed " + SEED + List.copyOf(summary.get().problems())).isFalse();
            check(books, "brokers");
            assertThat(app).isNotNull();
        }
    }
}
