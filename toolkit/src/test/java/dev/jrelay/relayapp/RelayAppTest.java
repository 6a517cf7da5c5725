// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jrelay.Channel;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Mode;
import dev.jrelay.SharedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The application and its collector, here in one process; the control file between them is a socket all the same. */
@Timeout(60)
class RelayAppTest {
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    @TempDir
    Path directory;

    private final class Events implements RelayApp.Events {
        @Override
        public void started(Channel channel) {
            started.countDown();
        }

        @Override
        public void stopped() {
            stopped.countDown();
        }
    }

    private Path control(String name) {
        return directory.resolve(RelayApp.CONTROL).resolve(name);
    }

    private static byte[] record(int number) {
        return ("record " + number + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static long write(RelayApp app, int number) {
        return app.write(record(number), 0, record(number).length);
    }

    private CompletableFuture<Collector.Summary> collect(AtomicBoolean stop, CountDownLatch running) {
        final CompletableFuture<Collector.Summary> summary = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                summary.complete(Collector.run(new Collector.Plan(directory, "cpu", 4096, 16, Mode.NO_OVERWRITE,
                        Duration.ZERO, false), new FileSink(directory.resolve("out"), false), running::countDown,
                        stop::get));
            } catch (IOException | InterruptedException | RuntimeException failed) {
                summary.completeExceptionally(failed);
            }
        });
        return summary;
    }

    @Test
    void whatIsWrittenWhileACollectorRunsIsInItsFiles() throws Exception {
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            assertThat(write(app, -1)).as("nobody collects").isEqualTo(RelayApp.OFF);
            final AtomicBoolean stop = new AtomicBoolean();
            final CountDownLatch running = new CountDownLatch(1);
            final CompletableFuture<Collector.Summary> summary = collect(stop, running);
            running.await();
            started.await();
            assertThat(ControlFile.ask(control("subbuf_size"), null)).isEqualTo("4096");
            assertThat(ControlFile.ask(control("n_subbufs"), null)).isEqualTo("16");
            assertThat(ControlFile.ask(control("enabled"), null)).isEqualTo("1");
            final ByteArrayOutputStream written = new ByteArrayOutputStream();
            for (int i = 0; i < 2000; i++) { // 23 KiB of 64
                assertThat(write(app, i)).isNotNegative();
                written.writeBytes(record(i));
            }
            stop.set(true);
            final Collector.Summary result = summary.get();
            assertThat(result.problems()).isEmpty();
            assertThat(result.orphaned()).isFalse();
            final ByteArrayOutputStream all = new ByteArrayOutputStream(); // one thread writes: to one buffer
            for (final String file : result.targets()) {
                all.writeBytes(Files.readAllBytes(Path.of(file)));
            }
            assertThat(all.toByteArray()).isEqualTo(written.toByteArray());
            stopped.await();
            assertThat(write(app, 3000)).isEqualTo(RelayApp.OFF);
        }
        assertThat(directory.resolve(RelayApp.CONTROL)).doesNotExist();
        assertThat(directory.resolve(ChannelFiles.controlName("cpu"))).doesNotExist();
    }

    @Test
    void loggingStopsWhenTheCollectorIsKilledAndOnlyItsRunMayGoOn() throws Exception {
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            try (SocketChannel killed = SocketChannel.open(UnixDomainSocketAddress.of(control("collector")))) {
                killed.write(StandardCharsets.UTF_8.encode("create 4096 4 OVERWRITE PT1S\nenabled 1\n"));
                started.await();
                assertThat(Channels.newInputStream(killed).readNBytes(6)).asString().isEqualTo("ok\nok\n");
            } // what the operating system does when the process ends, however it does
            stopped.await();
            assertThat(write(app, 1)).isEqualTo(RelayApp.OFF);
            final AtomicBoolean stop = new AtomicBoolean(true);
            String refused = "there is a collector already";
            while (refused.contains("there is a collector already")) { // until the end of the connection is noticed
                final CompletableFuture<Collector.Summary> other = collect(stop, new CountDownLatch(1));
                refused = other.handle((summary, failure) -> failure.getMessage()).get();
            }
            assertThat(refused).contains("a collector was killed");
        }
    }

    @Test
    void aShellCanStopAndStartTheLogging() throws Exception {
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            final AtomicBoolean stop = new AtomicBoolean();
            final CountDownLatch running = new CountDownLatch(1);
            final CompletableFuture<Collector.Summary> summary = collect(stop, running);
            running.await();
            ControlFile.ask(control("enabled"), "0");
            assertThat(write(app, 1)).isEqualTo(RelayApp.OFF);
            ControlFile.ask(control("enabled"), "1");
            assertThat(write(app, 2)).isNotNegative();
            assertThat(ControlFile.ask(control("dropped"), null)).matches("0( 0)*");
            assertThatThrownBy(() -> ControlFile.ask(control("enabled"), "2")).hasMessageContaining("must be 0 or 1");
            stop.set(true);
            assertThat(summary.get().stats().stream().mapToLong(stats -> stats.delivered().records()).sum()).isOne();
            assertThatThrownBy(() -> ControlFile.ask(control("enabled"), "1")).hasMessageContaining("no collector");
        }
    }

    @Test
    void aCollectorThatCannotBeginLeavesNothing() throws Exception {
        final Path kept = Files.createDirectory(directory.resolve("out")).resolve("cpu0");
        Files.writeString(kept, "of another run");
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            for (int i = 0; i < 2; i++) { // the second time as the first
                assertThat(collect(new AtomicBoolean(), new CountDownLatch(1))).failsWithin(Duration.ofMinutes(1))
                        .withThrowableThat().withMessageContaining("cpu0: exists already");
            }
            assertThat(kept).hasContent("of another run");
            assertThat(directory.resolve(ChannelFiles.controlName("cpu"))).doesNotExist();
            assertThat(write(app, 1)).isEqualTo(RelayApp.OFF);
        }
    }

    /** As if a thread were gone between reserve and commit: what is behind its sub-buffer is saved all the same. */
    @Test
    @SuppressWarnings("try") // the application writes to the channel itself
    void aRecordThatIsNeverFinishedKeepsNothingFromEnding() throws Exception {
        final CompletableFuture<Channel> opened = new CompletableFuture<>();
        final RelayApp.Events events = new RelayApp.Events() {
            @Override
            public void started(Channel channel) {
                opened.complete(channel);
            }
        };
        try (RelayApp app = RelayApp.open(directory, "cpu", events)) {
            final AtomicBoolean stop = new AtomicBoolean();
            final CompletableFuture<Collector.Summary> summary = collect(stop, new CountDownLatch(1));
            final Channel channel = opened.get();
            final SharedWriter writer = channel.writer(0);
            assertThat(writer.reserve(100)).isZero();
            final ByteArrayOutputStream behind = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) {
                final long position = writer.write(record(i), 0, record(i).length);
                if (channel.geometry().sequence(position) > 0L) {
                    behind.writeBytes(record(i));
                }
            }
            stop.set(true);
            final Collector.Summary result = summary.get();
            assertThat(result.passed().get(0)).containsExactly(0L);
            assertThat(result.problems()).containsExactly(
                    "cpu 0: PASSED 1 sub-buffer, not in the file: a writer never finished a record in 0");
            assertThat(Files.readAllBytes(Path.of(result.targets().get(0)))).isEqualTo(behind.toByteArray())
                    .isNotEmpty();
            assertThat(write(app, 1)).as("the run is over").isEqualTo(RelayApp.OFF);
        }
    }

    @Test
    void aSecondCollectorIsRefused() throws Exception {
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            final AtomicBoolean stop = new AtomicBoolean();
            final CountDownLatch running = new CountDownLatch(1);
            final CompletableFuture<Collector.Summary> first = collect(stop, running);
            running.await();
            assertThatThrownBy(() -> Collector.run(new Collector.Plan(directory, "cpu", 4096, 4, Mode.NO_OVERWRITE,
                    Duration.ZERO, false), new FileSink(directory.resolve("other"), false), () -> { }, () -> true))
                    .hasMessageContaining("there is a collector already");
            assertThat(write(app, 1)).as("the first one goes on").isNotNegative();
            stop.set(true);
            assertThat(first.get().problems()).isEmpty();
        }
    }

    @Test
    void aCollectorThatWasKilledBeforeItBeganLeavesTheWayFreeForTheSameCommand() throws Exception {
        try (RelayApp app = RelayApp.open(directory, "cpu", new Events())) {
            try (SocketChannel killed = SocketChannel.open(UnixDomainSocketAddress.of(control("collector")))) {
                killed.write(ByteBuffer.wrap("create 4096 4 NO_OVERWRITE PT1S\n".getBytes(StandardCharsets.UTF_8)));
                assertThat(Channels.newInputStream(killed).readNBytes(3)).asString().isEqualTo("ok\n");
            } // before its journal
            final Path out = Files.createDirectory(directory.resolve("out"));
            Files.write(out.resolve(".collector.new"), new byte[3]); // or in it
            final AtomicBoolean stop = new AtomicBoolean();
            final CountDownLatch running = new CountDownLatch(1);
            CompletableFuture<Collector.Summary> summary = collect(stop, running);
            while (!running.await(10L, TimeUnit.MILLISECONDS)) { // until the end of the connection is noticed
                if (summary.isCompletedExceptionally()) {
                    assertThat(summary.exceptionNow()).hasMessageContaining("there is a collector already");
                    summary = collect(stop, running);
                }
            }
            assertThat(write(app, 1)).isNotNegative();
            stop.set(true);
            assertThat(summary.get().stats().stream().mapToLong(stats -> stats.delivered().records()).sum()).isOne();
        }
    }

    /** As an application that is stopped with SIGSTOP: it is there, and answers nothing. */
    @Test
    void aSilentApplicationDoesNotKeepACollectorFromEnding() throws Exception {
        final Path path = Files.createDirectory(directory.resolve(RelayApp.CONTROL)).resolve("collector");
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(path));
            final AtomicBoolean stop = new AtomicBoolean(true);
            assertThat(collect(stop, new CountDownLatch(1))).failsWithin(Duration.ofSeconds(10)).withThrowableThat()
                    .withMessageContaining("is silent: it is stopped");
        }
    }
}
