// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Mode;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import dev.jrelay.apps.record.Json;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay create}: a process that holds a channel open. */
@Command(name = "create", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Creates a channel and holds it open until Ctrl-C, or until the end of stdin with --lines.%n",
        description = "A channel lives in the process that opened it, which is also the one that writes; so this "
            + "command writes what it reads.%n%n"
            + "With --overwrite it is a flight recorder: snapshot and tail see the newest line at once, and "
            + "sub-buffers are left to fill (--delay=0), so that it keeps as much as it can.%n",
        footer = {"%nExamples:", "  relay create /dev/shm/demo -b 64k -n 4",
            "  ping host | relay create /dev/shm/demo --lines --overwrite --cpus 1"})
final class CreateCommand implements Callable<Integer> {
    private static final Duration DEFAULT_DELAY = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(20);

    @Parameters(paramLabel = "DIR", description = "Where the files are created; made if it does not exist.")
    private Path directory;

    @Option(names = {"-b", "--subbuf-size"}, defaultValue = "256k", paramLabel = "SIZE", converter = SizeOption.class,
            description = "Size of a sub-buffer; default ${DEFAULT-VALUE}.")
    private long subBufferSize;

    @Option(names = {"-n", "--num-subbuf"}, defaultValue = "8", paramLabel = "N", converter = SizeOption.class,
            description = "Sub-buffers for each CPU, a power of two; default ${DEFAULT-VALUE}.")
    private long subBufferCount;

    @Option(names = {"-c", "--cpus"}, paramLabel = "N", description = "Buffers; default one for each CPU.")
    private Integer cpus;

    @Option(names = "--base", defaultValue = "cpu", paramLabel = "NAME",
            description = "Name of the channel and of its files; default ${DEFAULT-VALUE}.")
    private String base;

    @Option(names = "--overwrite", description = "Overwrite the oldest sub-buffer when a buffer is full.")
    private boolean overwrite;

    @Option(names = "--delay", paramLabel = "TIME", converter = DelayOption.class,
            description = DelayOption.DESCRIPTION + " Default 1s, with --overwrite 0.")
    private Duration delay;

    @Option(names = "--lines", description = "Write each line of stdin, its end included, as a record.")
    private boolean lines;

    @Option(names = "--keep", description = "Keep the files at the end.")
    private boolean keep;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any line was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print what was created, and the counters at the end, as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        final ChannelConfig config = ChannelConfig.builder(base)
                .subBufferSize(Math.toIntExact(Math.min(subBufferSize, Integer.MAX_VALUE)))
                .subBufferCount(Math.toIntExact(Math.min(subBufferCount, Integer.MAX_VALUE)))
                .bufferCount(cpus == null ? Runtime.getRuntime().availableProcessors() : cpus)
                .mode(overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE).flushAfter(delay()).keep(keep)
                .storage(Storage.files(directory)).build();
        final boolean fresh = !Files.exists(directory);
        if (fresh) {
            RelayDirectory.create(directory.getFileName().toString(), directory.toAbsolutePath().getParent());
        }
        try (StopSignal signal = new StopSignal(() -> { })) {
            final Channel channel = hold(config, signal);
            if (fresh && !keep) {
                RelayDirectory.remove(directory);
            }
            return signal.exitWith(summarize(channel));
        }
    }

    private Duration delay() {
        return delay != null ? delay : overwrite ? Duration.ZERO : DEFAULT_DELAY;
    }

    /** Opens the channel, keeps it until the end, and returns it closed. */
    private Channel hold(ChannelConfig config, StopSignal signal) throws IOException {
        try (Channel channel = Channel.open(config)) {
            announce(channel);
            if (lines) {
                // on a thread of its own: a read of stdin that waits cannot be interrupted by Ctrl-C
                final CompletableFuture<Void> ended = new CompletableFuture<>();
                Thread.ofPlatform().daemon().name("stdin").start(() -> readLines(channel, ended));
                while (!ended.isDone() && !signal.await(LOOK)) {
                    // one of the two will come
                }
                if (ended.isDone()) {
                    ended.join();
                }
            } else {
                signal.await();
            }
            return channel;
        } catch (InterruptedException stopped) {
            throw new IOException("interrupted", stopped);
        }
    }

    private void announce(Channel channel) throws IOException {
        final String sizes = channel.bufferCount() + " cpus x " + subBufferCount + " x " + Sizes.text(subBufferSize)
                + " = " + Sizes.text(channel.bufferCount() * subBufferCount * subBufferSize);
        if (json) {
            System.out.println(JSON.std.composeString().startObject().put("channel", base)
                    .put("directory", directory.toString()).put("cpus", channel.bufferCount())
                    .put("subBufferSize", subBufferSize).put("subBufferCount", subBufferCount)
                    .put("overwrite", overwrite).put("delayNanos", delay().toNanos())
                    .put("pid", ProcessHandle.current().pid()).end().finish());
        } else {
            System.out.println(base + ": " + sizes + " in " + directory + ", "
                    + (overwrite ? "overwrite" : "no-overwrite") + "; Ctrl-C closes it");
        }
        System.out.flush();
    }

    private static void readLines(Channel channel, CompletableFuture<Void> ended) {
        try {
            writeLines(channel, new BufferedInputStream(System.in, 1 << 16));
            ended.complete(null);
        } catch (IOException | RuntimeException failed) {
            ended.completeExceptionally(failed);
        }
    }

    private static void writeLines(Channel channel, InputStream in) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = 0; next >= 0;) {
            next = in.read();
            if (next >= 0) {
                line.write(next);
            }
            if ((next < 0 || next == '\n') && line.size() > 0) {
                channel.write(line.toByteArray(), 0, line.size());
                line.reset();
            }
        }
    }

    private int summarize(Channel channel) throws IOException {
        for (int i = 0; i < channel.bufferCount(); i++) {
            LossAdvice.of(i, channel.buffer(i).statsSinceOpen(), channel.geometry()).forEach(System.err::println);
        }
        final BufferStats sum = channel.statsSinceReset();
        final long lost = LossAdvice.lost(sum).records();
        if (json) {
            final var text = JSON.std.composeString().startObject();
            Json.putStats(text, sum);
            System.out.println(text.end().finish());
        } else {
            System.out.println(Sizes.count(sum.attempted().records()) + " records written, "
                    + Sizes.count(sum.delivered().records()) + " consumed, " + Sizes.count(lost) + " lost");
        }
        return failOnLoss && lost > 0L ? Relay.LOST : Relay.OK;
    }
}
