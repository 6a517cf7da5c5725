// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.BufferStats;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.apps.record.Json;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import dev.jrelay.watch.ChannelWatch;
import dev.jrelay.watch.ChannelWatch.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relay stat}: the counters of a channel that lives in another process. */
@Command(name = "stat", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Shows the counters of a channel in another process, for each CPU.%n",
        description = "Looks only: nothing is consumed, and the writer does not notice. With -i it shows rates, "
            + "backlog and losses by cause, in the last interval and since the start: in place on a terminal, "
            + "elsewhere a line for each CPU each time.%n",
        footer = {"%nExamples:", "  relay stat /dev/shm/demo            once",
            "  relay stat /dev/shm/demo -i 1s      every second, until Ctrl-C or the channel's end",
            "  relay stat /dev/shm/demo --json     one line of JSON; with -i one line each time"})
final class StatCommand implements Callable<Integer> {
    @Mixin
    private ChannelArgument channelArgument;

    @Option(names = {"-i", "--interval"}, paramLabel = "TIME", converter = TimeOption.class,
            description = "Show them again and again, with this pause, 1ms to 24h.")
    private Duration interval;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print JSON, one line each time.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Shows one look. */
    private interface View {
        void show(List<Reading> readings) throws IOException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final String base = channelArgument.base();
        try (MappedChannel channel = channelArgument.look(); StopSignal signal = new StopSignal(() -> { })) {
            final View view = view(base, channel);
            final ChannelWatch watch = new ChannelWatch(channel);
            List<Reading> readings;
            do {
                readings = watch.look();
                view.show(readings);
                System.out.flush();
            } while (interval != null && channel.writerLife() != Life.DEAD && exists(base) && !signal.await(interval));
            final boolean lost =
                    readings.stream().anyMatch(reading -> LossAdvice.lost(reading.stats()).records() > 0L);
            return lost && failOnLoss ? Relay.LOST : Relay.OK;
        }
    }

    private boolean exists(String base) {
        return Files.exists(channelArgument.directory().resolve(ChannelFiles.controlName(base)));
    }

    private View view(String base, MappedChannel channel) {
        if (json) {
            return readings -> System.out.println(json(base, channel, readings));
        }
        if (interval == null) {
            return readings -> print(base, channel, readings);
        }
        final StatTable table = new StatTable(channel.geometry().subBufferCount(),
                !System.out.charset().newEncoder().canEncode('█'));
        if (TerminalSize.of(TerminalSize.STDOUT) == null) {
            System.out.println(title(base, channel));
            System.out.println(StatTable.header());
            return readings -> table.lines(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString(), readings)
                    .forEach(System.out::println);
        }
        final Screen screen = new Screen();
        return readings -> {
            final TerminalSize size = TerminalSize.of(TerminalSize.STDOUT); // its user may have changed it
            screen.show(table.screen(title(base, channel), readings, size == null ? TerminalSize.USUAL : size));
        };
    }

    private static String title(String base, MappedChannel channel) {
        return base + ": " + ChannelArgument.describe(channel) + "; "
                + ChannelArgument.writer(channel.writerPid(), channel.writerLife()) + ", heartbeat "
                + Times.text(channel.heartbeatAgeMillis() * 1_000_000L) + " ago";
    }

    private static void print(String base, MappedChannel channel, List<Reading> readings) {
        System.out.println(title(base, channel));
        System.out.printf(Locale.ROOT, "cpu %12s %12s %8s %11s %12s %12s %8s%n", "produced", "consumed", "backlog",
                "max backlog", "lost", "overwritten", "padding");
        for (int i = 0; i < readings.size(); i++) {
            final BufferStats stats = readings.get(i).stats();
            System.out.printf(Locale.ROOT, "%3d %12s %12s %8d %11s %12s %12s %8s%n", i, Sizes.count(stats.produced()),
                    Sizes.count(stats.consumed()), stats.backlog(),
                    stats.maxBacklog() + " of " + channel.geometry().subBufferCount(),
                    Sizes.count(stats.lost().records()),
                    Sizes.count(LossAdvice.overwritten(stats).records()), padding(stats));
        }
        for (int i = 0; i < readings.size(); i++) {
            LossAdvice.of(i, readings.get(i).stats(), channel.geometry()).forEach(System.out::println);
        }
    }

    private static String padding(BufferStats stats) {
        final long all = stats.delivered().bytes() + stats.paddingBytes();
        return all == 0L ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * stats.paddingBytes() / all);
    }

    private static String json(String base, MappedChannel channel, List<Reading> readings) throws IOException {
        final Geometry geometry = channel.geometry();
        final var text = JSON.std.composeString().startObject().put("channel", base)
                .put("timeMillis", System.currentTimeMillis())
                .put("mode", ChannelArgument.mode(geometry))
                .put("subBufferSize", geometry.subBufferSize()).put("subBufferCount", geometry.subBufferCount())
                .put("headerBytes", geometry.headerBytes()).put("writerPid", channel.writerPid())
                .put("writer", channel.writerLife().name().toLowerCase(Locale.ROOT))
                .put("heartbeatAgeMillis", channel.heartbeatAgeMillis());
        final var cpus = text.startArrayField("cpus");
        for (int i = 0; i < readings.size(); i++) {
            final BufferStats stats = readings.get(i).stats();
            final var cpu = cpus.startObject().put("cpu", i);
            Json.putStats(cpu, stats);
            cpu.putObject("advice", LossAdvice.of(i, stats, geometry)).end();
        }
        return cpus.end().end().finish();
    }
}
