// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.BufferStats;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import dev.jrelay.apps.record.Apart;
import dev.jrelay.apps.record.Json;
import dev.jrelay.apps.record.LineFeed;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.Failures;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
    private static final long END_MILLIS = 2_000L;

    @Parameters(paramLabel = "DIR", description = "Where the files are created; made if it does not exist.")
    private Path directory;

    @Option(names = {"-b", "--subbuf-size"}, defaultValue = "256k", paramLabel = "SIZE",
            converter = SizeOption.SubBuffer.class, description = "Size of a sub-buffer; default ${DEFAULT-VALUE}.")
    private int subBufferSize;

    @Option(names = {"-n", "--num-subbuf"}, defaultValue = "8", paramLabel = "N",
            converter = SizeOption.SubBufferCount.class,
            description = "Sub-buffers for each CPU, a power of two; default ${DEFAULT-VALUE}.")
    private int subBufferCount;

    @Option(names = {"-c", "--cpus"}, paramLabel = "N", converter = CountOption.Buffers.class,
            description = "Buffers; default one for each CPU.")
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

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Geometry geometry = new Geometry(subBufferSize, subBufferCount, 0,
                overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE);
        final int buffers = cpus == null ? Runtime.getRuntime().availableProcessors() : cpus;
        final ChannelConfig config = ChannelConfig.builder(base).subBufferSize(geometry.subBufferSize())
                .subBufferCount(geometry.subBufferCount())
                .bufferCount(buffers)
                .mode(geometry.mode()).flushAfter(delay()).keep(keep).storage(Storage.files(directory)).build();
        final boolean fresh = !Files.exists(directory);
        if (fresh) {
            RelayDirectory.create(directory.getFileName().toString(), directory.toAbsolutePath().getParent());
        }
        try (StopSignal signal = new StopSignal(() -> { })) {
            Directories.checkRoom(directory, geometry, buffers);
            return hold(config, signal);
        } finally {
            if (fresh && !keep) {
                removeDirectory();
            }
        }
    }

    private void removeDirectory() throws IOException {
        try {
            RelayDirectory.remove(directory);
        } catch (DirectoryNotEmptyException foreign) {
            System.err.println("relay: " + directory + ": not removed, other files are in it");
        }
    }

    private Duration delay() {
        return delay != null ? delay : overwrite ? Duration.ZERO : DEFAULT_DELAY;
    }

    /** Opens the channel, keeps it until the end, and says what was in it. */
    private int hold(ChannelConfig config, StopSignal signal) throws IOException, InterruptedException {
        final Channel held = Apart.open(config, directory, base, signal::isStopped);
        Throwable failure = null;
        try (Channel channel = held) {
            announce(channel);
            if (lines) {
                failure = feed(new LineFeed(channel), signal);
            } else {
                signal.await();
            }
        }
        final int code = summarize(held);
        if (failure != null) {
            System.err.println("relay: " + Failures.describe(failure)
                    + ": what was read after the records above is not in the channel");
            return Relay.FAILED;
        }
        return code;
    }

    /** Until the end of stdin or the signal; returns what went wrong. */
    private static Throwable feed(LineFeed feed, StopSignal signal) throws InterruptedException {
        while (!feed.isEnded() && !signal.await(LOOK)) {
            // one of the two will come
        }
        feed.stop();
        return feed.await(END_MILLIS);
    }

    private void announce(Channel channel) throws IOException {
        final String sizes = channel.bufferCount() + " cpus x " + subBufferCount + " x " + Sizes.text(subBufferSize)
                + " = " + Sizes.text(channel.bufferCount() * channel.geometry().bufferSize());
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
