// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.Tail;
import dev.jrelay.relayapp.TailFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay tail}: looks at what is written, in a channel or in a collector's file. */
@Command(name = "tail", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Shows the last lines in a channel or in a collector's file, and follows it with -f.%n",
        description = "A channel is looked at without consuming, beside whoever consumes it; what is consumed or "
            + "overwritten between two looks is reported as not seen.%n",
        footer = {"%nExamples:", "  relay tail -f /dev/shm/demo           text as it is written",
            "  relay tail -n 5 --hex /dev/shm/demo   the last 80 bytes of each CPU",
            "  relay tail --klog out/cpu0            klog records of a file"})
final class TailCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(100);

    @Parameters(paramLabel = "DIR|FILE", description = "A channel's directory, or a file that a collector wrote.")
    private Path path;

    @Option(names = "--base", paramLabel = "NAME", description = "Name of the channel, if there are several in DIR.")
    private String base;

    @Option(names = {"-f", "--follow"}, description = "Go on until Ctrl-C or the channel's end.")
    private boolean follow;

    @Option(names = {"-n", "--lines"}, defaultValue = "20", paramLabel = "N",
            description = "Lines of what is there already; default ${DEFAULT-VALUE}.")
    private int lineCount;

    @Option(names = "--text", description = "As text (default).")
    private boolean text;

    @Option(names = "--hex", description = "As bytes in hexadecimal, 16 in a line.")
    private boolean hex;

    @Option(names = "--klog", description = "As klog records, merged by time.")
    private boolean klog;

    @Option(names = "--json", description = "Each line as a JSON object.")
    private boolean json;

    private int subBufferCount;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final TailFormat format = klog ? TailFormat.KLOG : hex ? TailFormat.HEX : TailFormat.TEXT;
        try (StopSignal signal = new StopSignal(() -> { })) {
            if (Files.isDirectory(path)) {
                final String name = Directories.baseName(path, base);
                final Path control = path.resolve(ChannelFiles.controlName(name));
                try (MappedChannel channel = MappedChannel.look(path, name)) {
                    subBufferCount = channel.geometry().subBufferCount();
                    tail(Tail.of(channel, format), channel.bufferCount() > 1,
                            () -> channel.writerLife() != Life.DEAD && Files.exists(control), signal);
                }
            } else {
                try (Tail tail = Tail.of(path, format)) {
                    tail(tail, false, () -> true, signal);
                }
            }
            return signal.exitWith(Relay.OK);
        }
    }

    /** Whether more may come. */
    private interface Alive {
        boolean test();
    }

    private void tail(Tail tail, boolean withCpu, Alive alive, StopSignal signal)
            throws IOException, InterruptedException {
        final ArrayDeque<Tail.Line> last = new ArrayDeque<>();
        final List<Tail.Line> there = tail.poll(!follow);
        there.sort(Comparator.comparingLong(Tail.Line::timestamp));
        for (final Tail.Line line : there) {
            last.add(line);
            if (last.size() > lineCount) {
                last.remove();
            }
        }
        for (final Tail.Line line : last) {
            print(line, withCpu);
        }
        for (boolean goesOn = follow; goesOn && !System.out.checkError();) {
            goesOn = !signal.await(PAUSE) && alive.test(); // then look once more: what was there before the end
            final List<Tail.Line> more = tail.poll(!goesOn);
            more.sort(Comparator.comparingLong(Tail.Line::timestamp));
            for (final Tail.Line line : more) {
                print(line, withCpu);
            }
        }
    }

    private void print(Tail.Line line, boolean withCpu) throws IOException {
        if (json) {
            final var object = JSON.std.composeString().startObject().put("cpu", line.cpu());
            if (klog) {
                object.put("timeNanos", line.timestamp());
            }
            if (line.unseen() > 0L) {
                object.put("unseenSubBuffers", line.unseen());
            } else {
                object.put("text", line.text());
            }
            System.out.println(object.end().finish());
        } else if (line.unseen() > 0L) {
            System.err.println("relay: cpu " + line.cpu() + ": " + line.unseen()
                    + " sub-buffers not seen: consumed or overwritten between two looks"
                    + LossAdvice.holds(subBufferCount + line.unseen()));
        } else {
            System.out.println((withCpu ? "cpu" + line.cpu() + ": " : "") + line.text());
        }
    }
}
