// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import dev.jrelay.relayapp.FileSink;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A record that is reserved and never finished: the drain ends all the same, and says what it passed. */
@Timeout(60)
class RecordDrainTest {
    private static final byte[] LINE = "0123456789abcde\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;
    private final List<String> report = new CopyOnWriteArrayList<>();
    private final CountDownLatch ready = new CountDownLatch(1);

    private final PrintStream reports = new PrintStream(OutputStream.nullOutputStream()) {
        @Override
        public void println(String line) {
            report.add(line);
            if (line.equals("ready")) {
                ready.countDown();
            }
        }
    };

    /** Sub-buffer 0 is held, 1 is delivered, 2 has one line. */
    private Channel open() throws IOException {
        final Channel channel = Channel.open(ChannelConfig.builder(RecordPlan.BASE_NAME).subBufferSize(64)
                .subBufferCount(4).bufferCount(1)
                .storage(Storage.files(Files.createDirectory(directory.resolve("channel")))).build());
        channel.writer(0).reserve(LINE.length);
        for (int line = 1; line < 9; line++) {
            channel.write(LINE, 0, LINE.length);
        }
        Files.createDirectory(directory.resolve("out"));
        return channel;
    }

    @Test
    @SuppressWarnings("try") // closed before its end
    void passesItWhenTheChannelIsClosed() throws Exception {
        final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        final Channel channel = open();
        try (channel) {
            Thread.ofPlatform().start(() -> {
                try {
                    ended.complete(drain(false));
                } catch (IOException | RuntimeException failed) {
                    ended.completeExceptionally(failed);
                }
            });
            ready.await();
            close(channel);
            assertThat(ended.get()).as("closed by its writers").isTrue();
        }
        check();
    }

    @Test
    void passesItWhenTheWritersAreDead() throws Exception {
        try (Channel channel = open()) {
            assertThat(channel.bufferCount()).isOne();
            assertThat(drain(true)).as("closed by its writers").isFalse();
        }
        check();
        assertThat(directory.resolve("channel")).isEmptyDirectory();
    }

    private static void close(Channel channel) throws IOException {
        channel.close();
    }

    private boolean drain(boolean dead) throws IOException {
        return new RecordDrain(directory.resolve("channel"), FileSink.once(directory.resolve("out")), reports,
                () -> dead).run(false);
    }

    private void check() {
        assertThat(directory.resolve("out/cpu0")).hasContent(new String(LINE, StandardCharsets.US_ASCII).repeat(5));
        assertThat(report).startsWith("ready", "passed 0 0").last().asString().startsWith("run 0 1 ");
    }
}
