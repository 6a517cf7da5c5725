// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Geometry;
import dev.jrelay.Mode;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import dev.jrelay.apps.record.Apart;
import dev.jrelay.apps.record.ConsumerJvm;
import dev.jrelay.apps.record.OutputKind;
import dev.jrelay.relayapp.Directories;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.ReadTest;
import dev.jrelay.relayapp.Rotation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code relay selftest}: the workload of the original's readtest, in two processes, checked byte for byte. */
@Command(name = "selftest", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Relays random events from this process to another one, and compares every byte.%n",
        description = "The readtest workload: every 8 ms, on each CPU, 1 to --events events of 1 to --event-size "
            + "bytes. A second process writes what it receives to files; these must be exactly what was accepted, and "
            + "what was not accepted must be counted as lost.%n",
        footer = {"%nExamples:", "  relay selftest", "  relay selftest --time 60s --seed 7 -b 4k -n 2 --json"})
final class SelftestCommand implements Callable<Integer> {
    @Option(names = "--time", defaultValue = "10s", paramLabel = "TIME", converter = TimeOption.class,
            description = "How long, 1ms to 24h; default ${DEFAULT-VALUE}.")
    private Duration time;

    @Option(names = "--seed", paramLabel = "X", converter = Seed.class,
            description = "Begin of the random numbers; default a new one.")
    private Long seed;

    @Option(names = {"-c", "--cpus"}, paramLabel = "N", converter = CountOption.Buffers.class,
            description = "Buffers; default one for each CPU.")
    private Integer cpus;

    @Option(names = {"-b", "--subbuf-size"}, defaultValue = "64k", paramLabel = "SIZE",
            converter = SizeOption.SubBuffer.class, description = "Size of a sub-buffer; default ${DEFAULT-VALUE}.")
    private int subBufferSize;

    @Option(names = {"-n", "--num-subbuf"}, defaultValue = "8", paramLabel = "N",
            converter = SizeOption.SubBufferCount.class,
            description = "Sub-buffers for each CPU, a power of two; default ${DEFAULT-VALUE}.")
    private int subBufferCount;

    @Option(names = "--events", defaultValue = "100", paramLabel = "N", converter = CountOption.Times.class,
            description = "Events at once, at most; default ${DEFAULT-VALUE}.")
    private int events;

    @Option(names = "--event-size", defaultValue = "256", paramLabel = "SIZE", converter = SizeOption.Event.class,
            description = "Bytes of an event, at most; default ${DEFAULT-VALUE}.")
    private int eventSize;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if an event was not accepted.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    /** Reads the seed. */
    static final class Seed implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException wrong) {
                throw new TypeConversionException("'" + text + "': must be a number from " + Long.MIN_VALUE + " to "
                        + Long.MAX_VALUE);
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Geometry geometry = new Geometry(subBufferSize, subBufferCount, 0, Mode.NO_OVERWRITE);
        final long begin = seed == null ? new Random().nextLong() : seed;
        final int count = cpus == null ? Runtime.getRuntime().availableProcessors() : cpus;
        final Path directory = RelayDirectory.createTemporary("relay-selftest-", null);
        final Path output = RelayDirectory.createTemporary("relay-selftest-",
                Path.of(System.getProperty("java.io.tmpdir")));
        try (StopSignal signal = new StopSignal(Thread.currentThread()::interrupt)) {
            Directories.checkRoom(directory, geometry, count);
            final int code = run(directory, output, geometry, count, begin);
            return signal.isStopped() ? Relay.FAILED : code;
        } finally {
            ChannelFiles.remove(output, "cpu"); // named as the channel's buffers
            Files.deleteIfExists(output);
            RelayDirectory.remove(directory);
        }
    }

    private int run(Path directory, Path output, Geometry geometry, int count, long begin)
            throws IOException, InterruptedException {
        final ReadTest test;
        final List<String> problems = new ArrayList<>();
        final Process collector;
        try (Channel channel = Apart.open(ChannelConfig.builder("cpu").storage(Storage.files(directory))
                .subBufferSize(geometry.subBufferSize()).subBufferCount(geometry.subBufferCount()).bufferCount(count)
                .build(), directory, "cpu", () -> false)) {
            collector = startCollector(ConsumerJvm.command(directory, output, OutputKind.FILES, Rotation.NEVER,
                    false, count, geometry));
            try {
                test = new ReadTest(channel, begin, events, eventSize);
                test.run(time);
            } catch (RuntimeException | InterruptedException failed) {
                collector.destroyForcibly();
                throw failed;
            }
            for (int i = 0; i < count; i++) {
                problems.addAll(LossAdvice.of(i, channel.buffer(i).statsSinceOpen(), channel.geometry()));
            }
        }
        final int code = collector.waitFor();
        final List<String> wrong = new ArrayList<>(test.check(output));
        if (code != 0) {
            wrong.add("the collector process " + collector.pid() + " ended with exit code " + code);
        }
        report(test, begin, wrong, problems);
        return !wrong.isEmpty() ? Relay.FAILED : failOnLoss && test.lostRecords() > 0L ? Relay.LOST : Relay.OK;
    }

    /** The consumer process of {@code relay record}, ready to consume. */
    private static Process startCollector(List<String> command) throws IOException {
        final Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        final BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); !"ready".equals(line); line = lines.readLine()) {
            if (line == null || line.startsWith("error")) {
                process.destroyForcibly();
                throw new IOException("the collector process did not start: " + line);
            }
        }
        Thread.ofPlatform().daemon().name("collector-report").start(() -> lines.lines().forEach(line -> { }));
        return process;
    }

    private void report(ReadTest test, long begin, List<String> wrong, List<String> problems) throws IOException {
        if (json) {
            System.out.println(JSON.std.composeString().startObject().put("ok", wrong.isEmpty()).put("seed", begin)
                    .put("writtenRecords", test.acceptedRecords()).put("writtenBytes", test.acceptedBytes())
                    .put("lostRecords", test.lostRecords()).putObject("wrong", wrong).putObject("problems", problems)
                    .end().finish());
            return;
        }
        System.out.printf(Locale.ROOT, "%,d events of %,d bytes written, %,d lost; seed %d%n", test.acceptedRecords(),
                test.acceptedBytes(), test.lostRecords(), begin);
        problems.forEach(System.out::println);
        wrong.forEach(text -> System.out.println("WRONG " + text));
        System.out.println(wrong.isEmpty() ? "every byte arrived, in its place" : "selftest FAILED");
    }
}
