// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.apps.record.Apart;
import dev.jrelay.apps.record.Descriptors;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.Tail;
import dev.jrelay.relayapp.TailFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay tail}: looks at what is written, in a channel or in a collector's file. */
@Command(name = "tail", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Shows the last lines in a channel or in a collector's file, and follows it with -f.%n",
        description = "A channel is looked at without consuming, beside whoever consumes it; records that are consumed "
            + "or overwritten between two looks are reported as not seen. Memory is needed for one sub-buffer and -n "
            + "lines; of a file no more than these is read, but all of it with --klog. Lines longer than 1 MiB are "
            + "cut, and control characters shown as \\x1b.%n",
        footer = {"%nExamples:", "  relay tail -f /dev/shm/demo           text as it is written",
            "  relay tail -n 5 --hex /dev/shm/demo   the last 80 bytes of each CPU",
            "  relay tail --klog out/cpu0            klog records of a file"})
final class TailCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final long END_MILLIS = 1_000L;

    @Parameters(paramLabel = "DIR|FILE", description = "A channel's directory, or a file that a collector wrote.")
    private Path path;

    @Option(names = "--base", paramLabel = "NAME", description = "Name of the channel, if there are several in DIR.")
    private String base;

    @Option(names = {"-f", "--follow"}, description = "Go on until Ctrl-C or the channel's end.")
    private boolean follow;

    @Option(names = {"-n", "--lines"}, defaultValue = "20", paramLabel = "N", converter = CountOption.class,
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

    @Override
    public Integer call() throws IOException, InterruptedException {
        final TailFormat format = klog ? TailFormat.KLOG : hex ? TailFormat.HEX : TailFormat.TEXT;
        Descriptors.refuseClosed(path);
        try (StopSignal signal = new StopSignal(() -> { })) {
            if (Files.isDirectory(path)) {
                final String name = Directories.baseName(path, base);
                final Path control = path.resolve(ChannelFiles.controlName(name));
                try (MappedChannel channel = MappedChannel.look(path, name)) {
                    tail(Tail.of(channel, format), channel.bufferCount() > 1,
                            () -> channel.writerLife() != Life.DEAD && Files.exists(control), signal);
                }
            } else {
                tailFile(format, signal);
            }
            return Relay.OK;
        }
    }

    /** On a thread that nobody has to wait for: to open or read a FIFO may take for ever. */
    private void tailFile(TailFormat format, StopSignal signal) throws IOException, InterruptedException {
        final CompletableFuture<Void> ended = Apart.start("tail", () -> {
            try (Tail tail = Tail.of(path, format, lineCount)) {
                tail(tail, false, () -> true, signal);
            }
            return null;
        });
        while (!ended.isDone() && !signal.await(PAUSE)) {
            // one of the two will come
        }
        try {
            Apart.get(ended, END_MILLIS); // at its end a regular file is looked at once more
        } catch (TimeoutException waiting) {
            // for the other end of a FIFO
        }
    }

    /** Whether more may come. */
    private interface Alive {
        boolean test();
    }

    private void tail(Tail tail, boolean withCpu, Alive alive, StopSignal signal)
            throws IOException, InterruptedException {
        final LastLines last = new LastLines(lineCount);
        tail.poll(!follow, last::add);
        for (final Tail.Line line : last.inOrder()) {
            print(line, withCpu);
        }
        boolean goesOn = follow;
        while (goesOn) {
            final boolean told = signal.await(PAUSE);
            final boolean ended = !told && !alive.test(); // then look once more: what was there before the end
            goesOn = !told && !ended;
            final List<Tail.Line> merged = new ArrayList<>();
            final Consumer<Tail.Line> show = klog ? merged::add : line -> print(line, withCpu);
            if (ended) {
                tail.end(show);
            } else {
                tail.poll(told, show);
            }
            merged.sort(Comparator.comparingLong(Tail.Line::timestamp));
            merged.forEach(line -> print(line, withCpu));
            System.out.flush();
        }
    }

    private void print(Tail.Line line, boolean withCpu) {
        if (json) {
            System.out.println(json(line));
        } else if (line.unseen() > 0L) {
            System.err.println("relay: cpu " + line.cpu() + ": " + line.unseen()
                    + " records not seen: consumed or overwritten between two looks; more sub-buffers (-n) would keep "
                    + "them longer");
        } else {
            System.out.print(withCpu ? "cpu" + line.cpu() + ": " : "");
            Terminal.plain(line.text(), System.out::print);
            System.out.println();
        }
    }

    private String json(Tail.Line line) {
        try {
            final var object = JSON.std.composeString().startObject().put("cpu", line.cpu());
            if (klog) {
                object.put("timeNanos", line.timestamp());
            }
            if (line.unseen() > 0L) {
                object.put("unseenRecords", line.unseen());
            } else {
                object.put("text", line.text());
            }
            return object.end().finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // a string is written
        }
    }
}
