// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.apps.record.Json;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.units.Sizes;
import dev.jrelay.watch.ChannelSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay list}: the channels of this host. */
@Command(name = "list", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Lists the channels of this host: directory, mode, sizes, writer, backlog, loss.%n",
        description = "Searches the directories given, and what is below them; without one /dev/shm, the directory for "
            + "temporary files and the working directory. Links are not followed, at most 200,000 files looked at. "
            + "Nothing is consumed, and no writer notices.%n",
        footer = {"%nExamples:", "  relay list", "  relay list /run/app --depth 1 --json"})
final class ListCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", arity = "0..*", description = "Where to search.")
    private List<Path> directories = List.of();

    @Option(names = "--depth", paramLabel = "N", converter = Depth.class,
            defaultValue = "" + ChannelSearch.DEFAULT_DEPTH,
            description = "Levels below these directories, 0 to 64; default ${DEFAULT-VALUE}.")
    private int depth;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record of any channel was lost or overwritten.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print JSON, one line.")
    private boolean json;

    /** Reads the depth. */
    static final class Depth extends CountOption {
        Depth() {
            super(0, 64);
        }
    }

    @Override
    public Integer call() throws IOException {
        final List<Path> places = directories.isEmpty() ? ChannelSearch.usualPlaces() : directories;
        final ChannelSearch.Result result = ChannelSearch.run(places, depth);
        if (json) {
            System.out.println(json(result));
        } else {
            print(result, places);
        }
        final boolean lost = result.channels().stream().anyMatch(found -> lost(found) > 0L);
        return failOnLoss && lost ? Relay.LOST : Relay.OK;
    }

    private static long lost(ChannelSearch.Found found) {
        return LossAdvice.lost(found.stats()).records();
    }

    private static void print(ChannelSearch.Result result, List<Path> places) {
        if (result.channels().isEmpty()) {
            System.err.println("relay: no channel in " + Terminal.plain(String.join(", ",
                    places.stream().map(Path::toString).toList())));
        } else {
            System.out.printf(Locale.ROOT, "%-12s %-16s %12s %12s  %s%n", "mode", "sizes", "backlog", "lost",
                    "channel, writer");
        }
        for (final ChannelSearch.Found found : result.channels()) {
            System.out.printf(Locale.ROOT, "%-12s %-16s %12s %12s  %s in %s, %s%n", mode(found), sizes(found),
                    found.stats().backlog() + " of " + (long) found.bufferCount() * found.geometry().subBufferCount(),
                    Sizes.count(lost(found)), found.base(), Terminal.plain(found.directory().toString()),
                    ChannelArgument.writer(found.writerPid(), found.writer()));
        }
        result.problems().forEach(problem -> System.err.println("relay: " + Terminal.plain(problem)));
    }

    private static String mode(ChannelSearch.Found found) {
        return ChannelArgument.mode(found.geometry());
    }

    /** Buffers, sub-buffers of each, and their size, as options take them. */
    private static String sizes(ChannelSearch.Found found) {
        return found.bufferCount() + " x " + found.geometry().subBufferCount() + " x "
                + Sizes.option(found.geometry().subBufferSize());
    }

    private static String json(ChannelSearch.Result result) throws IOException {
        final var text = JSON.std.composeString().startObject();
        final var channels = text.startArrayField("channels");
        for (final ChannelSearch.Found found : result.channels()) {
            final var channel = channels.startObject().put("directory", found.directory().toString())
                    .put("channel", found.base()).put("mode", mode(found)).put("cpus", found.bufferCount())
                    .put("subBufferSize", found.geometry().subBufferSize())
                    .put("subBufferCount", found.geometry().subBufferCount())
                    .put("headerBytes", found.geometry().headerBytes()).put("writerPid", found.writerPid())
                    .put("writer", found.writer().name().toLowerCase(Locale.ROOT));
            Json.putStats(channel, found.stats());
            channel.end();
        }
        channels.end();
        return text.putObject("problems", result.problems()).end().finish();
    }
}
