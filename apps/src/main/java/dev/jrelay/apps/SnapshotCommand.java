// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.MappedChannel;
import dev.jrelay.Snapshot;
import dev.jrelay.SubBuffer;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay snapshot}: the dump of a flight recorder. */
@Command(name = "snapshot", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Copies what a running process's channel holds, oldest first, one file for each CPU.%n",
        description = "Writers go on and nothing is consumed. Every sub-buffer in a file is whole: what is "
            + "overwritten while it is copied is left out, and these are the oldest ones. No memory is needed for "
            + "it.%n",
        footer = {"%nExamples:", "  relay snapshot /dev/shm/demo -o dump",
            "  relay snapshot /dev/shm/demo -o dump --force --json"})
final class SnapshotCommand implements Callable<Integer> {
    @Mixin
    private ChannelArgument channelArgument;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "OUT",
            description = "Where to write one file for each CPU; created if it does not exist.")
    private Path output;

    @Option(names = "--force", description = "Replace output files.")
    private boolean force;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten so far.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    /** One file. */
    private record Dump(int cpu, Path file, int subBuffers, long records, long bytes, long first, long last) {
    }

    @Override
    public Integer call() throws IOException {
        final List<Dump> dumps = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        try (MappedChannel channel = channelArgument.look()) {
            final List<Path> files = Directories.prepare(output, channelArgument.base(), channel.bufferCount(),
                    force, channelArgument.directory());
            for (int i = 0; i < channel.bufferCount(); i++) {
                dumps.add(dump(channel, i, files.get(i)));
                problems.addAll(LossAdvice.of(i, channel.statsSinceOpen(i), channel.geometry()));
            }
        }
        if (json) {
            System.out.println(json(dumps, problems));
        } else {
            print(dumps, problems);
        }
        return failOnLoss && !problems.isEmpty() ? Relay.LOST : Relay.OK;
    }

    /** A file as the copy of what a buffer holds: its bytes go from one to the other, through no memory of ours. */
    private static final class DumpFile implements Snapshot.Target {
        private final FileChannel out;
        private int subBuffers;
        private long records;
        private long bytes;
        private long first = -1L;
        private long last = -1L;

        DumpFile(FileChannel out) {
            this.out = out;
        }

        @Override
        public void copy(SubBuffer live) throws IOException {
            out.position(bytes);
            while (live.bytes().hasRemaining()) {
                out.write(live.bytes());
            }
        }

        @Override
        public void keep(SubBuffer copied, boolean isComplete) {
            first = subBuffers == 0 ? copied.sequence() : first;
            last = copied.sequence();
            subBuffers++;
            records += copied.records();
            bytes += copied.length();
        }
    }

    private static Dump dump(MappedChannel channel, int cpu, Path file) throws IOException {
        try (FileChannel out = Directories.open(file)) {
            final DumpFile dump = new DumpFile(out);
            channel.snapshot(cpu, -1L, dump);
            out.truncate(dump.bytes); // what was overwritten while it was copied
            return new Dump(cpu, file, dump.subBuffers, dump.records, dump.bytes, dump.first, dump.last);
        }
    }

    private static void print(List<Dump> dumps, List<String> problems) {
        System.out.printf(Locale.ROOT, "cpu %12s %12s %14s  file%n", "sub-buffers", "records", "bytes");
        for (final Dump dump : dumps) {
            System.out.printf(Locale.ROOT, "%3d %12s %12s %14s  %s%n", dump.cpu(), Sizes.count(dump.subBuffers()),
                    Sizes.count(dump.records()), Sizes.count(dump.bytes()), dump.file());
        }
        problems.forEach(System.out::println);
    }

    private static String json(List<Dump> dumps, List<String> problems) throws IOException {
        final var text = JSON.std.composeString().startObject();
        final var cpus = text.startArrayField("cpus");
        for (final Dump dump : dumps) {
            cpus.startObject().put("cpu", dump.cpu()).put("file", dump.file().toString())
                    .put("subBuffers", dump.subBuffers()).put("records", dump.records())
                    .put("bytes", dump.bytes()).put("firstSequence", dump.first())
                    .put("lastSequence", dump.last()).end();
        }
        cpus.end();
        return text.putObject("problems", problems).end().finish();
    }
}
