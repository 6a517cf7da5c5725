// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Channel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Writes each line of stdin, its end included, into a channel, as one record. Lines are read as {@code relay record}
 * reads them: in large pieces, and one that is too long is counted without being kept.
 *
 * <p>Threads: two of its own read and write; any may ask and stop.
 */
public final class LineFeed {
    private final Channel channel;
    private final Chunks chunks = new Chunks(1);
    private final InputReader input;
    private final RecordFormat format = new RecordFormat.Lines();
    private final CompletableFuture<Void> read = new CompletableFuture<>();
    private final CompletableFuture<Void> written = new CompletableFuture<>();

    /** What runs on a thread of its own. */
    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Begins to read.
     *
     * @param channel where the lines go
     * @throws IOException if stdin is closed
     */
    public LineFeed(Channel channel) throws IOException {
        this.channel = channel;
        this.input = new InputReader(null, format, channel.geometry().maxLength(), chunks, this::passedOver);
        start("stdin", read, () -> {
            try {
                input.run();
            } finally {
                chunks.end();
            }
        });
        start("lines", written, this::write);
    }

    private static void start(String name, CompletableFuture<Void> end, Task task) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                task.run();
                end.complete(null);
            } catch (IOException | InterruptedException | RuntimeException | Error failed) { // a truncated file, too
                end.completeExceptionally(failed);
            }
        });
    }

    private void write() throws InterruptedException {
        for (Chunks.Chunk chunk = chunks.next(); chunk != null; chunk = chunks.next()) {
            for (int at = 0; at < chunk.end;) {
                final int end = format.end(chunk.bytes, at, chunk.end);
                channel.write(chunk.bytes, at, end - at);
                at = end;
            }
            chunks.release(chunk);
        }
        final byte[] last = input.unfinished(); // the end of the chunks came after it
        if (last.length > 0) {
            channel.write(last, 0, last.length);
        }
    }

    /** Counts a line that is not even kept in memory. */
    private void passedOver(long length) {
        channel.writer(0).reserve((int) Math.min(length, Integer.MAX_VALUE)); // fails, and counts it
    }

    /** {@return whether nothing more will be written} */
    public boolean isEnded() {
        return written.isDone() || read.isCompletedExceptionally();
    }

    /** Ends the reading; what was read is written, a line that has begun too. */
    public void stop() {
        try {
            input.stop();
        } catch (IOException ignored) {
            // it reads no more, and that is what was wanted
        }
    }

    /**
     * Waits for the end of what was begun.
     *
     * @param millis how long at most
     * @return what went wrong, null if nothing did
     * @throws InterruptedException if the thread is interrupted
     */
    public Throwable await(long millis) throws InterruptedException {
        final CompletableFuture<Throwable> end = read.thenCombine(written, (one, other) -> (Throwable) null)
                .exceptionally(failed -> failed.getCause() == null ? failed : failed.getCause())
                .completeOnTimeout(new IOException("its lines are not all written within " + millis + " ms"), millis,
                        TimeUnit.MILLISECONDS);
        try {
            return end.get();
        } catch (ExecutionException impossible) {
            return impossible.getCause();
        }
    }
}
