// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.apps.record.Json;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay stat}: the counters of a channel that lives in another process. */
@Command(name = "stat", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Shows the counters of a channel in another process, for each CPU.%n",
        description = "Looks only: nothing is consumed, and the writer does not notice.%n",
        footer = {"%nExamples:", "  relay stat /dev/shm/demo            once",
            "  relay stat /dev/shm/demo -i 1s      every second, until Ctrl-C or the channel's end",
            "  relay stat /dev/shm/demo --json     one line of JSON; with -i one line each time"})
final class StatCommand implements Callable<Integer> {
    @Mixin
    private ChannelArgument channelArgument;

    @Option(names = {"-i", "--interval"}, paramLabel = "TIME", converter = TimeOption.class,
            description = "Show them again and again, with this pause.")
    private Duration interval;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print JSON, one line each time.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final String base = channelArgument.base();
        try (MappedChannel channel = channelArgument.look(); StopSignal signal = new StopSignal(() -> { })) {
            boolean lost = show(base, channel);
            while (interval != null && channel.writerLife() != Life.DEAD && exists(base) && !signal.await(interval)) {
                lost = show(base, channel);
            }
            return lost && failOnLoss ? Relay.LOST : Relay.OK;
        }
    }

    private boolean exists(String base) {
        return Files.exists(channelArgument.directory().resolve(ChannelFiles.controlName(base)));
    }

    /** Shows them once; true if anything was lost. */
    private boolean show(String base, MappedChannel channel) throws IOException {
        final List<BufferStats> stats = new ArrayList<>();
        boolean lost = false;
        for (int i = 0; i < channel.bufferCount(); i++) {
            stats.add(channel.statsSinceOpen(i));
            lost |= LossAdvice.lost(stats.get(i)).records() > 0L;
        }
        if (json) {
            System.out.println(json(base, channel, stats));
        } else {
            print(base, channel, stats);
        }
        System.out.flush();
        return lost;
    }

    private static void print(String base, MappedChannel channel, List<BufferStats> all) {
        System.out.println(base + ": " + ChannelArgument.describe(channel) + "; writer " + channel.writerPid()
                + life(channel.writerLife()) + ", heartbeat "
                + Times.text(channel.heartbeatAgeMillis() * 1_000_000L) + " ago");
        System.out.printf(Locale.ROOT, "cpu %12s %12s %8s %11s %12s %12s %8s%n", "produced", "consumed", "backlog",
                "max backlog", "lost", "overwritten", "padding");
        for (int i = 0; i < all.size(); i++) {
            final BufferStats stats = all.get(i);
            System.out.printf(Locale.ROOT, "%3d %12s %12s %8d %11s %12s %12s %8s%n", i, Sizes.count(stats.produced()),
                    Sizes.count(stats.consumed()), stats.backlog(),
                    stats.maxBacklog() + " of " + channel.geometry().subBufferCount(),
                    Sizes.count(stats.lost().records()),
                    Sizes.count(LossAdvice.overwritten(stats).records()), padding(stats));
        }
        for (int i = 0; i < all.size(); i++) {
            LossAdvice.of(i, all.get(i), channel.geometry()).forEach(System.out::println);
        }
    }

    private static String life(Life life) {
        return switch (life) {
            case ALIVE -> " alive";
            case DEAD -> " DEAD";
            case UNKNOWN -> " unknown (of another PID namespace, or hidden, and silent)";
        };
    }

    private static String padding(BufferStats stats) {
        final long all = stats.delivered().bytes() + stats.paddingBytes();
        return all == 0L ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * stats.paddingBytes() / all);
    }

    private static String json(String base, MappedChannel channel, List<BufferStats> all) throws IOException {
        final Geometry geometry = channel.geometry();
        final var text = JSON.std.composeString().startObject().put("channel", base)
                .put("timeMillis", System.currentTimeMillis())
                .put("mode", geometry.mode() == Mode.OVERWRITE ? "overwrite" : "no-overwrite")
                .put("subBufferSize", geometry.subBufferSize()).put("subBufferCount", geometry.subBufferCount())
                .put("headerBytes", geometry.headerBytes()).put("writerPid", channel.writerPid())
                .put("writer", channel.writerLife().name().toLowerCase(Locale.ROOT))
                .put("heartbeatAgeMillis", channel.heartbeatAgeMillis());
        final var cpus = text.startArrayField("cpus");
        for (int i = 0; i < all.size(); i++) {
            final var cpu = cpus.startObject().put("cpu", i);
            Json.putStats(cpu, all.get(i));
            cpu.putObject("advice", LossAdvice.of(i, all.get(i), geometry)).end();
        }
        return cpus.end().end().finish();
    }
}
