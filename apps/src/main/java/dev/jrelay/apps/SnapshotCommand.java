// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Life;
import dev.jrelay.MappedChannel;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.SnapshotFiles;
import dev.jrelay.relayapp.SnapshotFiles.Dump;
import dev.jrelay.units.Sizes;
import dev.jrelay.watch.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code relay snapshot}: the dump of a flight recorder, now or when something happens. */
@Command(name = "snapshot", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Copies what a running process's channel holds, oldest first, one file for each CPU.%n",
        description = "Writers go on and nothing is consumed. Every sub-buffer in a file is whole: what is "
            + "overwritten while it is copied is left out, and these are the oldest ones. No memory is needed for "
            + "it.%n%n"
            + "With --when it waits until something happens, and dumps then: the exit code is 1 if the channel ends, "
            + "or Ctrl-C comes, before anything was dumped.%n",
        footer = {"%nExamples:", "  relay snapshot /dev/shm/demo -o dump",
            "  relay snapshot /dev/shm/demo -o dump --force --json",
            "  relay snapshot /dev/shm/demo -o dump --when loss,backlog=90%%",
            "  relay snapshot /dev/shm/demo -o dumps --when signal --times 100"})
final class SnapshotCommand implements Callable<Integer> {
    @Mixin
    private ChannelArgument channelArgument;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "OUT",
            description = "Where to write one file for each CPU; created if it does not exist.")
    private Path output;

    @Option(names = "--when", paramLabel = "EVENT", split = ",", converter = ConditionOption.class,
            completionCandidates = ConditionOption.class,
            description = "Dump when this happens, any of several with commas between. loss: a record is refused; "
                    + "backlog, backlog=90%%: so much of a buffer, else 75%%, is closed and not consumed; signal: this "
                    + "command gets a SIGUSR1.")
    private List<Trigger.Condition> when = List.of();

    @Option(names = {"-i", "--interval"}, defaultValue = "10ms", paramLabel = "TIME", converter = TimeOption.class,
            description = "How often to look with --when, 1ms to 24h; default ${DEFAULT-VALUE}.")
    private Duration interval;

    @Option(names = "--times", defaultValue = "1", paramLabel = "N", converter = CountOption.Times.class,
            description = "With --when: dump N times, into OUT/1, OUT/2, …; default once, into OUT.")
    private int times;

    @Option(names = "--force", description = "Replace output files.")
    private boolean force;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if any record was lost or overwritten so far.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the summary as JSON, one line for each dump.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Reads an event to wait for, and names those there are. */
    static final class ConditionOption extends ArrayList<String> implements ITypeConverter<Trigger.Condition> {
        private static final long serialVersionUID = 1L;

        ConditionOption() {
            super(List.of("loss", "backlog", "signal"));
        }

        @Override
        public Trigger.Condition convert(String text) {
            try {
                return Trigger.Condition.parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (times > 1 && when.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--times " + times + ": needs --when");
        }
        final String base = channelArgument.base();
        try (MappedChannel channel = channelArgument.look()) {
            if (when.isEmpty()) {
                dump(channel, base, output, null);
            } else if (!waitAndDump(channel, base)) {
                return Relay.FAILED;
            }
            return failOnLoss && !problems(channel).isEmpty() ? Relay.LOST : Relay.OK;
        }
    }

    /** Dumps each time the trigger is pulled; false if that was never. */
    private boolean waitAndDump(MappedChannel channel, String base) throws IOException, InterruptedException {
        final Path control = channelArgument.directory().resolve(ChannelFiles.controlName(base));
        final Trigger trigger = new Trigger(channel, when);
        final Runnable restore = Signals.handle(List.of("USR1"), number -> trigger.signal("SIGUSR1"));
        long dumps = 0L;
        try (StopSignal stop = new StopSignal(() -> { })) {
            System.err.println("relay: waiting; process " + ProcessHandle.current().pid());
            boolean goesOn = true;
            while (dumps < times && goesOn) {
                goesOn = !stop.await(interval) && channel.writerLife() != Life.DEAD && Files.exists(control);
                final String happened = trigger.look(); // once more at the end
                if (happened != null) {
                    dumps++;
                    dump(channel, base, times == 1 ? output : output.resolve(Long.toString(dumps)), happened);
                }
            }
            if (dumps == 0L) {
                System.err.println("relay: " + (stop.isStopped() ? "stopped" : "the channel has ended")
                        + ", and nothing of what was waited for has happened: nothing was dumped");
            }
        } finally {
            restore.run();
        }
        return dumps > 0L;
    }

    private void dump(MappedChannel channel, String base, Path to, String why) throws IOException {
        final long time = System.currentTimeMillis();
        final List<Dump> dumps = SnapshotFiles.write(channel, channelArgument.directory(), base, to, force);
        final List<String> problems = problems(channel);
        if (json) {
            System.out.println(json(time, why, dumps, problems));
        } else {
            if (why != null) {
                System.out.println(why);
            }
            print(dumps, problems);
        }
        System.out.flush();
    }

    private static List<String> problems(MappedChannel channel) {
        final List<String> problems = new ArrayList<>();
        for (int i = 0; i < channel.bufferCount(); i++) {
            problems.addAll(LossAdvice.of(i, channel.statsSinceOpen(i), channel.geometry()));
        }
        return problems;
    }

    private static void print(List<Dump> dumps, List<String> problems) {
        System.out.printf(Locale.ROOT, "cpu %12s %12s %14s  file%n", "sub-buffers", "records", "bytes");
        for (final Dump dump : dumps) {
            System.out.printf(Locale.ROOT, "%3d %12s %12s %14s  %s%n", dump.cpu(), Sizes.count(dump.subBuffers()),
                    Sizes.count(dump.records()), Sizes.count(dump.bytes()), dump.file());
        }
        problems.forEach(System.out::println);
    }

    private static String json(long time, String why, List<Dump> dumps, List<String> problems) throws IOException {
        final var text = JSON.std.composeString().startObject().put("timeMillis", time);
        if (why != null) {
            text.put("event", why);
        }
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
