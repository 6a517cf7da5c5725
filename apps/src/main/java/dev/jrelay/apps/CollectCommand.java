// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.BufferStats;
import dev.jrelay.Geometry;
import dev.jrelay.MappedChannel;
import dev.jrelay.Mode;
import dev.jrelay.apps.record.Json;
import dev.jrelay.ctf.CtfSink;
import dev.jrelay.relayapp.Collector;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.Sink;
import dev.jrelay.units.Sizes;
import dev.jrelay.watch.ChannelWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay collect}: the collector of an application that uses {@link dev.jrelay.relayapp.RelayApp}. */
@Command(name = "collect", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Starts an application's logging, and writes it to files, or to Kafka, until Ctrl-C.%n",
        description = "The application opens a channel of the sizes given here. Ctrl-C ends its logging. "
            + "After a kill -9, or a stop with a full disk, the application stops and the channel stays: the same "
            + "command with the same OUT goes on where the one before was, and loses nothing that the channel "
            + "could hold.%n%n"
            + "With --ctf the records must be klog's; bytes of other formats are not shown by readers of the trace.%n",
        footer = {"%nExamples:", "  relay collect /dev/shm/demo -o out",
            "  relay collect /dev/shm/demo -o out -b 64k -n 16 --json",
            "  relay collect /dev/shm/demo -o trace --ctf --rotate 64M,1h",
            "  relay collect /dev/shm/demo --kafka broker:9092 --topic relay-{host}"})
final class CollectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The application's directory.")
    private Path directory;

    @Option(names = {"-o", "--output"}, paramLabel = "OUT",
            description = "Where to write cpu0, cpu1, …; created if it does not exist. This or --kafka.")
    private Path output;

    @Option(names = {"-b", "--subbuf-size"}, defaultValue = "256k", paramLabel = "SIZE",
            converter = SizeOption.SubBuffer.class, description = "Size of a sub-buffer; default ${DEFAULT-VALUE}.")
    private int subBufferSize;

    @Option(names = {"-n", "--num-subbuf"}, defaultValue = "8", paramLabel = "N",
            converter = SizeOption.SubBufferCount.class,
            description = "Sub-buffers for each CPU, a power of two; default ${DEFAULT-VALUE}.")
    private int subBufferCount;

    @Option(names = "--base", defaultValue = "cpu", paramLabel = "NAME",
            description = "Name of the application's channel; default ${DEFAULT-VALUE}.")
    private String base;

    @Option(names = "--overwrite", description = "Overwrite the oldest sub-buffer when a buffer is full.")
    private boolean overwrite;

    @Option(names = "--delay", defaultValue = "1s", paramLabel = "TIME", converter = DelayOption.class,
            description = DelayOption.DESCRIPTION + " Default ${DEFAULT-VALUE}.")
    private Duration delay;

    @Mixin
    private FilesOption files;

    @Mixin
    private KafkaOption kafka;

    @Option(names = "--force", description = "Replace output files.")
    private boolean force;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Geometry geometry = new Geometry(subBufferSize, subBufferCount, 0,
                overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE);
        try (StopSignal signal = new StopSignal(() -> { }); Progress progress = new Progress()) {
            final Collector.Summary summary = Collector.run(new Collector.Plan(directory, base,
                    geometry.subBufferSize(), geometry.subBufferCount(), geometry.mode(), delay, force),
                    sink(), progress::start, signal::isStopped);
            progress.end();
            if (json) {
                System.out.println(json(summary));
            } else {
                print(summary);
            }
            final boolean lost = summary.stats().stream().anyMatch(stats -> LossAdvice.lost(stats).records() > 0L)
                    || summary.passed().stream().anyMatch(passed -> !passed.isEmpty());
            return summary.orphaned() || summary.unsaved() ? Relay.FAILED
                    : lost && failOnLoss ? Relay.LOST : Relay.OK;
        }
    }

    /** How far the collector is, seen from outside. */
    private final class Progress implements AutoCloseable {
        private MappedChannel channel;
        private ProgressLine line;

        void start() {
            System.err.println("relay: Logging, " + subBufferCount + " x " + Sizes.text(subBufferSize)
                    + " for each CPU... Press Control-C to stop.");
            try {
                channel = MappedChannel.look(directory, base);
            } catch (IOException gone) {
                return; // a killed collector's, of an application that is gone: soon done
            }
            final ChannelWatch watch = new ChannelWatch(channel);
            watch.look(); // rates are since then
            line = new ProgressLine(() -> ProgressLine.of(ChannelWatch.sum(watch.look())));
            line.start();
        }

        /** Idempotent. */
        void end() {
            if (channel != null) {
                line.clear();
                channel.close();
            }
        }

        @Override
        public void close() {
            end();
        }
    }

    private Sink sink() throws IOException {
        if (kafka.isMeant(spec) == (output != null)) {
            throw new ParameterException(spec.commandLine(), "one of -o and --kafka must be given");
        }
        if (output == null) {
            return kafka.sink(spec);
        }
        final DirectorySink sink = files.isCtf() ? new CtfSink(output, force) : new FileSink(output, force);
        sink.rotate(files.rotation());
        return sink;
    }

    private void print(Collector.Summary summary) {
        System.out.printf(Locale.ROOT, "cpu %12s %12s %14s %11s %12s  target%n", "sub-buffers", "records", "bytes",
                "max backlog", "lost");
        for (int i = 0; i < summary.targets().size(); i++) {
            final BufferStats stats = summary.stats().get(i);
            System.out.printf(Locale.ROOT, "%3d %12s %12s %14s %11s %12s  %s%n", i,
                    Sizes.count(stats.delivered().subBuffers()), Sizes.count(stats.delivered().records()),
                    Sizes.count(stats.delivered().bytes()), stats.maxBacklog() + " of " + subBufferCount,
                    Sizes.count(LossAdvice.lost(stats).records()), summary.targets().get(i));
        }
        summary.problems().forEach(System.out::println);
    }

    private static String json(Collector.Summary summary) throws IOException {
        final var text = JSON.std.composeString().startObject().put("orphaned", summary.orphaned());
        final var cpus = text.startArrayField("cpus");
        for (int i = 0; i < summary.targets().size(); i++) {
            final var cpu = cpus.startObject().put("cpu", i).put("target", summary.targets().get(i));
            Json.putStats(cpu, summary.stats().get(i));
            cpu.putObject("passed", summary.passed().get(i)).end();
        }
        cpus.end();
        return text.putObject("problems", summary.problems()).end().finish();
    }
}
