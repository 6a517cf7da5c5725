// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.adapters.kafka;

import dev.jrelay.BufferStats;
import dev.jrelay.Tally;
import dev.jrelay.relayapp.ChannelId;
import dev.jrelay.relayapp.Sink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * From a topic into the files that a collector on the host would have written, byte for byte, or any other sink: a
 * directory {@code HOST/CHANNEL-START} for each run of each channel.
 *
 * <p>Threads: one.
 */
public final class Replay {
    private final Path output;
    private final Function<Path, ? extends Sink> sinks;
    private final Map<Run, Target> targets = new LinkedHashMap<>();

    /** A channel from its opening to its end. */
    private record Run(String host, String channel, String start) {
    }

    /** Where a run goes. */
    private record Target(Path directory, Sink sink, MemorySegment memory, BufferStats[] last, long[] safe) {
    }

    private Replay(Path output, Function<Path, ? extends Sink> sinks) {
        this.output = output;
        this.sinks = sinks;
    }

    /**
     * Reads all of a topic that is committed now, and writes it.
     *
     * @param settings which brokers and topic
     * @param output where the directories go
     * @param sinks makes the sink for a directory, for instance {@code directory -> new FileSink(directory, false)}
     * @return what has come of each buffer
     * @throws IOException if the topic cannot be read, or a sink not be written
     */
    public static KafkaReader.Outcome run(KafkaSettings settings, Path output,
            Function<Path, ? extends Sink> sinks) throws IOException {
        final Replay replay = new Replay(output, sinks);
        try {
            final KafkaReader.Outcome outcome = KafkaReader.read(settings, replay::write);
            replay.finish(outcome.streams());
            return outcome;
        } finally {
            replay.close();
        }
    }

    private void write(Found found) throws IOException {
        final Run run = new Run(found.stream().host(), found.stream().channel(), found.stream().start());
        Target target = targets.get(run);
        if (target == null) {
            target = open(run, found);
            targets.put(run, target);
        }
        final int buffer = found.stream().buffer();
        if (buffer >= target.last.length || found.bytes().length > target.memory.byteSize()) {
            throw new IOException(found.stream() + ": its records contradict each other about the channel's sizes");
        }
        MemorySegment.copy(MemorySegment.ofArray(found.bytes()), 0L, target.memory, 0L, found.bytes().length);
        target.last[buffer] = found.losses();
        if (found.sequence() < target.safe[buffer]) {
            return; // a replay that was killed has written it
        }
        target.sink.write(new Sink.Taken(buffer, found.sequence(), found.records(), target.memory,
                found.bytes().length, found.isWhole(), found.timeMillis(), found::losses));
        target.sink.commit(buffer);
    }

    private Target open(Run run, Found first) throws IOException {
        final Path channel = Path.of(run.channel());
        final String base = String.valueOf(channel.getFileName());
        final Path directory = output.resolve(name(run.host())).resolve(name(run.channel() + "-" + run.start()));
        if (targets.values().stream().anyMatch(other -> other.directory.equals(directory))) {
            throw new IOException(directory + ": two channels have this name");
        }
        final Sink sink = sinks.apply(directory);
        final Path parent = channel.getParent() == null ? Path.of("/") : channel.getParent();
        sink.prepare(parent, base, first.geometry());
        sink.open(new Sink.Source(parent, base, id(run), first.geometry(), first.buffers()));
        final long[] safe = new long[first.buffers()];
        for (int i = 0; i < safe.length; i++) {
            safe[i] = sink.resume(i);
        }
        return new Target(directory, sink, Arena.ofAuto().allocate(first.geometry().subBufferSize(), 8L),
                new BufferStats[first.buffers()], safe);
    }

    private static ChannelId id(Run run) throws IOException {
        try {
            return ChannelId.parse(run.start());
        } catch (IllegalArgumentException wrong) {
            throw new IOException(run.channel() + " on " + run.host() + ": " + wrong.getMessage(), wrong);
        }
    }

    /** A name that leads nowhere else, since it comes from a broker. */
    private static String name(String text) {
        final String safe = text.replaceAll("[^A-Za-z0-9._-]+", "_").replaceAll("^[._]+", "");
        return safe.isEmpty() ? "_" : safe;
    }

    private void finish(List<KafkaReader.Result> results) throws IOException {
        for (final KafkaReader.Result result : results) {
            final Target target = targets.get(new Run(result.stream().host(), result.stream().channel(),
                    result.stream().start()));
            if (target != null && result.stream().buffer() < target.last.length) {
                target.last[result.stream().buffer()] = result.losses();
            }
        }
        for (final Target target : targets.values()) {
            final List<BufferStats> last = new ArrayList<>();
            for (final BufferStats stats : target.last) {
                last.add(stats == null ? new BufferStats(0L, 0L, 0L, Tally.ZERO, Tally.ZERO, 0L, Tally.ZERO, Tally.ZERO,
                        Tally.ZERO, Map.of()) : stats);
            }
            target.sink.finish(last);
        }
    }

    private void close() throws IOException {
        for (final Target target : targets.values()) {
            target.sink.close();
        }
    }
}
