// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InputReaderTest {
    private final Chunks chunks = new Chunks(1);

    @TempDir
    private Path directory;

    private String next() throws InterruptedException {
        final Chunks.Chunk chunk = chunks.next();
        final String text = new String(chunk.bytes, 0, chunk.end, StandardCharsets.US_ASCII);
        chunks.release(chunk);
        return text;
    }

    /** Lines that come while a writer is busy, and no more input behind them: nothing says when there will be more. */
    @Test
    void completeRecordsDoNotWaitForMoreInput() throws IOException, InterruptedException {
        final Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        try (InputReader reader = new InputReader(fifo, new RecordFormat.Lines(), 1000, chunks, _ -> { })) {
            final CompletableFuture<Void> run = CompletableFuture.runAsync(() -> {
                try {
                    reader.run();
                } catch (IOException | InterruptedException failed) {
                    throw new CompletionException(failed);
                }
            });
            try (OutputStream input = Files.newOutputStream(fifo)) {
                write(input, "one\n", reader, 4L);
                write(input, "two\nthr", reader, 11L); // while the first is not taken yet
                assertThat(next()).isEqualTo("one\n");
                assertThat(next()).isEqualTo("two\n");
                write(input, "ee\n", reader, 14L);
                assertThat(next()).isEqualTo("three\n");
            }
            run.join();
        }
    }

    private static void write(OutputStream input, String text, InputReader reader, long total) throws IOException {
        input.write(text.getBytes(StandardCharsets.US_ASCII));
        input.flush();
        while (reader.bytesRead() < total) {
            Thread.onSpinWait();
        }
    }
}
