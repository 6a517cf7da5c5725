// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.apps.record.Json;
import dev.jrelay.apps.record.RecordFormat;
import dev.jrelay.apps.record.RecordPlan;
import dev.jrelay.apps.record.Recording;
import dev.jrelay.apps.record.Report;
import dev.jrelay.apps.record.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code relay record}: relays a stream through a channel to files, and checks that nothing went missing. */
@Command(name = "record", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Relays a stream of records through per-CPU buffers to one file for each CPU.%n",
        description = RecordCommand.DESCRIPTION + "%n", footer = {"%n" + RecordCommand.FOOTER, "%nExamples:",
            "  relay record -i access.log -o out",
            "  tail -f log | relay record -i - -o out -b 64k -n 16 --on-full=drop",
            "  tail -f log | relay record -i - -o trace --ctf --rotate 64M,1h"})
final class RecordCommand implements Callable<Integer> {
    /** How the input is cut into records. */
    enum Format { LINES, PREFIXED, BLOCKS }

    /** What a writer does when its buffer is full. */
    enum OnFull { WAIT, DROP }

    static final String DESCRIPTION = "Several writer threads put each record into the buffers as a message; a "
            + "separate consumer process takes whole sub-buffers to DIR/cpu0, DIR/cpu1, … At the end the files are "
            + "read again and compared with what was written, byte for byte.%n%n"
            + "With --ctf each record is an event with its time, the text of a line or raw bytes, and takes 20 bytes "
            + "more, up to a multiple of 8. DIR must hold nothing else then, since babeltrace2 takes it as a whole.";
    static final String FOOTER = "Sizes are in bytes, or with k, M, G. Exit code: 0 ok, 1 failed, 2 wrong usage, "
            + "3 data was lost (with --fail-on-loss).%n"
            + "Ctrl-C stops reading; what was read is still relayed and checked. The second one ends it at once.";

    private static final long MIN_CTF_SIZE = 32L;

    @Option(names = {"-i", "--input"}, required = true, paramLabel = "FILE|-",
            description = "What to read; - is stdin.")
    private Path input;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "DIR",
            description = "Where to write cpu0, cpu1, …; created if it does not exist.")
    private Path output;

    @Option(names = {"-f", "--format"}, defaultValue = "lines", paramLabel = "FORMAT",
            description = "lines (default); prefixed: a 4-byte little-endian length before each record; blocks: of "
                    + "--block bytes.")
    private Format format;

    @Option(names = "--block", defaultValue = "4k", paramLabel = "SIZE", converter = SizeOption.class,
            description = "Size of a record with --format=blocks; default ${DEFAULT-VALUE}.")
    private int block;

    @Option(names = {"-w", "--writers"}, paramLabel = "N", converter = CountOption.Buffers.class,
            description = "Writer threads; default one for each CPU. They share at most 66 MiB of input, beside "
                    + "records longer than 1 MiB.")
    private Integer writers;

    @Option(names = {"-c", "--cpus"}, paramLabel = "N", converter = CountOption.Buffers.class,
            description = "Buffers, and output files; default one for each CPU, but no more than writers. Writer i "
                    + "writes to buffer i modulo N.")
    private Integer cpus;

    @Option(names = {"-b", "--subbuf-size"}, defaultValue = "256k", paramLabel = "SIZE",
            converter = SizeOption.SubBuffer.class,
            description = "Size of a sub-buffer, and of the longest record; default ${DEFAULT-VALUE}.")
    private int subBufferSize;

    @Option(names = {"-n", "--num-subbuf"}, defaultValue = "8", paramLabel = "N",
            converter = SizeOption.SubBufferCount.class,
            description = "Sub-buffers for each CPU, a power of two; default ${DEFAULT-VALUE}.")
    private int subBufferCount;

    @Option(names = "--overwrite",
            description = "Overwrite the oldest sub-buffer when a buffer is full (flight recorder).")
    private boolean overwrite;

    @Option(names = "--on-full", defaultValue = "wait", paramLabel = "wait|drop",
            description = "Without --overwrite: wait for the consumer (default), or drop the record as a tracer must.")
    private OnFull onFull;

    @Option(names = "--delay", defaultValue = "1s", paramLabel = "TIME", converter = DelayOption.class,
            description = DelayOption.DESCRIPTION + " Default ${DEFAULT-VALUE}.")
    private Duration delay;

    @Mixin
    private FilesOption files;

    @Option(names = "--channel-dir", paramLabel = "DIR",
            description = "Where the channel's files lie; default a fresh directory in /dev/shm. They are removed at "
                    + "the end.")
    private Path channelDirectory;

    @Option(names = "--force", description = "Replace the output files of an earlier run.")
    private boolean force;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Option(names = {"-q", "--quiet"}, description = "Print losses and errors only.")
    private boolean quiet;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final RecordPlan plan = plan();
        final Recording recording = new Recording(plan, new Messages(plan));
        try (StopSignal signal = new StopSignal(recording::stop);
                ProgressLine progress = new ProgressLine(ProgressLine.of(recording))) {
            if (!quiet && !signal.isStopped()) {
                progress.start();
            }
            final Report report = recording.run();
            progress.clear();
            return print(report);
        }
    }

    private int print(Report report) throws IOException {
        final boolean loss = failOnLoss && report.lostRecords() > 0L;
        final int code = !report.isOk() ? Relay.FAILED : loss ? Relay.LOST : Relay.OK;
        if (json) {
            System.out.println(Json.of(report, code));
        } else if (quiet) {
            Summary.printProblems(report, System.err::println);
        } else {
            Summary.print(report, System.out::println);
        }
        return code;
    }

    /** Says on stderr what happens while it happens. */
    private final class Messages implements Recording.Listener {
        private final RecordPlan plan;

        Messages(RecordPlan plan) {
            this.plan = plan;
        }

        @Override
        public void started(Path directory, long consumerPid) {
            if (!quiet) {
                System.err.println("relay: " + Summary.start(plan) + "; channel in " + directory
                        + ", consumer process " + consumerPid);
            }
        }

        @Override
        public void firstLoss(int buffer) {
            if (!quiet) {
                System.err.println("relay: cpu " + buffer + " buffer full, dropping records until the consumer frees a "
                        + "sub-buffer (larger -n or --on-full=wait avoids it)");
            }
        }
    }

    private RecordPlan plan() {
        final int processors = Runtime.getRuntime().availableProcessors();
        final int threads = writers == null ? processors : writers;
        final int buffers = cpus == null ? Math.min(processors, threads) : cpus;
        final Geometry geometry = new Geometry(subBufferSize, subBufferCount, 0,
                overwrite ? Mode.OVERWRITE : Mode.NO_OVERWRITE);
        if (files.isCtf()) {
            SizeOption.check(spec, "-b", subBufferSize, MIN_CTF_SIZE, SizeOption.MAX_SIZE);
        }
        final RecordPlan plan = new RecordPlan(input.toString().equals("-") ? null : input, output, recordFormat(),
                threads, buffers, geometry, delay, onFull == OnFull.WAIT, channelDirectory,
                files.rotation(), files.isCtf(), force);
        if (format == Format.BLOCKS) {
            SizeOption.check(spec, "--block", block, 1L, plan.maxLength());
        }
        return plan;
    }

    private RecordFormat recordFormat() {
        return switch (format) {
            case LINES -> new RecordFormat.Lines();
            case PREFIXED -> new RecordFormat.Prefixed();
            case BLOCKS -> new RecordFormat.Blocks(block);
        };
    }
}
