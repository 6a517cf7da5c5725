// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.ChannelFiles;
import dev.jrelay.MappedChannel;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.Recovery;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay recover}: what a killed process left in its channel. */
@Command(name = "recover", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Saves what a killed process left in its channel, one file for each CPU.%n",
        description = "Everything delivered and not consumed is saved byte for byte, then the beginning of the "
            + "current sub-buffer if every record in it was finished. Where a writer was killed in the middle of a "
            + "record, that sub-buffer is left out and what is missing counted; with --klog, records that verify "
            + "themselves are saved from it.%n%n"
            + "The channel's files stay (remove them with --remove), and recovering again gives the same. Memory "
            + "is needed for 300 bytes for each sub-buffer of a CPU, none for what is saved.%n",
        footer = {"%nExamples:", "  relay recover /dev/shm/demo -o saved",
            "  relay recover /dev/shm/demo -o saved --klog --remove"})
final class RecoverCommand implements Callable<Integer> {
    @Mixin
    private ChannelArgument channelArgument;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "OUT",
            description = "Where to write one file for each CPU; created if it does not exist.")
    private Path output;

    @Option(names = "--klog", description = "The records are klog's: also save those that verify themselves.")
    private boolean klog;

    @Option(names = "--remove",
            description = "Remove the channel's files when everything is saved; if not, they stay, and the exit code "
                    + "is 1.")
    private boolean remove;

    @Option(names = "--assume-dead",
            description = "Take a process that cannot be seen from here (of another container), and gives no sign of "
                    + "life, for one that has ended.")
    private boolean assumeDead;

    @Option(names = "--force", description = "Replace output files.")
    private boolean force;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record is missing or was lost.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the summary as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        final String base = channelArgument.base();
        final List<String> problems = new ArrayList<>();
        final List<Recovery.Found> found =
                new Recovery(channelArgument.directory(), base, klog, assumeDead).run(output, force);
        found.stream().map(Recovery.Found::problem).filter(problem -> problem != null).forEach(problems::add);
        final boolean keeps = remove && !problems.isEmpty();
        try (MappedChannel channel = channelArgument.look()) {
            for (int i = 0; i < channel.bufferCount(); i++) {
                problems.addAll(LossAdvice.of(i, channel.statsSinceOpen(i), channel.geometry()));
            }
        }
        if (keeps) {
            problems.add("NOT REMOVED, since not everything is saved: " + channelArgument.directory()
                    + (klog ? "" : "; try --klog if the records are klog's") + ", or remove its files by hand");
        } else if (remove) {
            ChannelFiles.remove(channelArgument.directory(), base);
        }
        if (json) {
            System.out.println(json(found, problems));
        } else {
            print(found, problems);
        }
        return failOnLoss && !problems.isEmpty() ? Relay.LOST : keeps ? Relay.FAILED : Relay.OK;
    }

    private static void print(List<Recovery.Found> found, List<String> problems) {
        System.out.printf(Locale.ROOT, "cpu %12s %12s %14s %14s  file%n", "sub-buffers", "records", "bytes",
                "of these partial");
        for (final Recovery.Found f : found) {
            System.out.printf(Locale.ROOT, "%3d %12s %12s %14s %16s  %s%n", f.cpu(), Sizes.count(f.subBuffers()),
                    Sizes.count(f.records()), Sizes.count(f.bytes()), Sizes.count(f.partialBytes()), f.file());
        }
        problems.forEach(System.out::println);
    }

    private static String json(List<Recovery.Found> found, List<String> problems) throws IOException {
        final var text = JSON.std.composeString().startObject();
        final var cpus = text.startArrayField("cpus");
        for (final Recovery.Found f : found) {
            cpus.startObject().put("cpu", f.cpu()).put("file", f.file().toString()).put("subBuffers", f.subBuffers())
                    .put("records", f.records()).put("bytes", f.bytes()).put("partialBytes", f.partialBytes())
                    .put("unstableSubBuffers", f.unstable()).put("missingRecords", f.missingRecords())
                    .put("missingBytes", f.missingBytes()).end();
        }
        cpus.end();
        return text.putObject("problems", problems).end().finish();
    }
}
