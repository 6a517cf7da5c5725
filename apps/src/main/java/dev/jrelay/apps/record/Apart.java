// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * What may take long and cannot be interrupted, on a thread that nobody has to wait for: to open a FIFO takes until
 * there is another end, to allocate a large channel until the disk has written it.
 */
public final class Apart {
    private static final long LOOK_MILLIS = 20L;

    private Apart() {
    }

    /** What is to be done. */
    public interface Task<T> {
        /** Does it. */
        T run() throws IOException, InterruptedException;
    }

    /**
     * Begins it.
     *
     * @param name of the thread
     * @param task what to do
     * @param <T> what comes of it
     * @return what will have come of it, for {@link #get}
     */
    public static <T> CompletableFuture<T> start(String name, Task<T> task) {
        final CompletableFuture<T> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                done.complete(task.run());
            } catch (IOException | InterruptedException | RuntimeException | Error failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }

    /**
     * Waits for it.
     *
     * @param done what was begun
     * @param millis how long at most, ms
     * @param <T> what comes of it
     * @return what came of it
     * @throws IOException if it failed; also errors and unchecked exceptions are thrown as they were
     * @throws InterruptedException if the calling thread is interrupted before
     * @throws TimeoutException if it takes longer
     */
    public static <T> T get(CompletableFuture<T> done, long millis)
            throws IOException, InterruptedException, TimeoutException {
        try {
            return done.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                default -> throw new IOException(failed.getCause());
            }
        }
    }

    /**
     * Does it.
     *
     * @param isStopped asked all the time: true to wait no longer
     * @return what came of it; null if told to stop before
     */
    static <T> T run(String name, Task<T> task, BooleanSupplier isStopped) throws IOException, InterruptedException {
        final CompletableFuture<T> done = start(name, task);
        while (!isStopped.getAsBoolean()) {
            try {
                return get(done, LOOK_MILLIS);
            } catch (TimeoutException stillWaiting) {
                // then look again whether to stop
            }
        }
        return null;
    }

    /**
     * Opens a channel in files. If it is stopped meanwhile, the files are removed, as far as they were written.
     *
     * @param config of the channel
     * @param directory where its files are
     * @param base the channel's name
     * @param isStopped asked all the time: true to wait no longer
     * @return the channel
     * @throws IOException if it cannot be opened, or was stopped before
     * @throws InterruptedException if the calling thread is interrupted before
     */
    public static Channel open(ChannelConfig config, Path directory, String base, BooleanSupplier isStopped)
            throws IOException, InterruptedException {
        for (final String name : List.of(ChannelFiles.controlName(base), ChannelFiles.bufferName(base, 0))) {
            if (Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(directory.resolve(name).toString()); // not ours to remove
            }
        }
        Channel channel = null;
        try {
            channel = run("open", () -> Channel.open(config), isStopped);
        } finally {
            if (channel == null) {
                ChannelFiles.remove(directory, base);
            }
        }
        if (channel == null) {
            throw new IOException(directory + ": stopped before the channel's files were written");
        }
        return channel;
    }
}
