// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.adapters.kafka.Gap;
import dev.jrelay.adapters.kafka.KafkaReader;
import dev.jrelay.adapters.kafka.KafkaSettings;
import dev.jrelay.adapters.kafka.KafkaSink;
import dev.jrelay.adapters.kafka.Replay;
import dev.jrelay.ctf.CtfSink;
import dev.jrelay.relayapp.DirectorySink;
import dev.jrelay.relayapp.FileSink;
import dev.jrelay.relayapp.LossAdvice;
import dev.jrelay.relayapp.Sink;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which topic of which brokers, for {@code collect} to write to and {@code decode} to read. */
final class KafkaOption {
    /** What Kafka's client logs says nothing that the command does not say; kept, since a level is not. */
    private static final Logger CLIENT = Logger.getLogger("org.apache.kafka");

    @Option(names = "--kafka", paramLabel = "BROKERS", description = "Brokers of Apache Kafka, host:port,…")
    private String brokers;

    @Option(names = "--topic", paramLabel = "TOPIC",
            description = "Their topic; {host} in it stands for the name of this host.")
    private String topic;

    @Option(names = "--kafka-config", paramLabel = "FILE",
            description = "Properties of Kafka's clients (security, compression.type, …), and topic.… for a topic that "
                    + "is created (topic.replication.factor=3, topic.retention.ms, …).")
    private Path config;

    @Option(names = "--kafka-host", paramLabel = "NAME",
            description = "What this host is called there; default: its name.")
    private String host;

    @Option(names = "--kafka-partition", paramLabel = "N", defaultValue = "0", converter = CountOption.class,
            description = "The partition of cpu0, those of the others follow, for hosts that share a topic; default "
                    + "${DEFAULT-VALUE}.")
    private int firstPartition;

    /** Whether the command is about a topic. */
    boolean isMeant(CommandSpec spec) {
        if ((brokers == null) != (topic == null) || brokers == null && (config != null || host != null)) {
            throw new ParameterException(spec.commandLine(), "--kafka and --topic belong together");
        }
        return brokers != null;
    }

    private KafkaSettings settings(CommandSpec spec) throws IOException {
        if (System.getProperty("java.util.logging.config.file") == null) {
            CLIENT.setLevel(Level.OFF);
        }
        try {
            return KafkaSettings.of(brokers, topic, host, firstPartition, config);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
    }

    /** The topic to write to. */
    Sink sink(CommandSpec spec) throws IOException {
        return new KafkaSink(settings(spec), note -> System.err.println("relay: " + note));
    }

    /**
     * Writes what is in the topic as the files that a collector on its host would have written.
     *
     * @return the exit code
     */
    int replay(CommandSpec spec, Path output, FilesOption files, boolean force, boolean failOnLoss)
            throws IOException {
        final Function<Path, DirectorySink> sinks = directory -> {
            final DirectorySink sink = files.isCtf() ? new CtfSink(directory, force) : new FileSink(directory, force);
            sink.rotate(files.rotation());
            return sink;
        };
        final KafkaReader.Outcome outcome = Replay.run(settings(spec), output, sinks);
        System.out.printf(Locale.ROOT, "%12s %12s %14s %12s %6s %6s  from%n", "sub-buffers", "records", "bytes", "lost",
                "gaps", "twice");
        boolean isComplete = outcome.foreign() == 0L;
        boolean lost = false;
        for (final KafkaReader.Result result : outcome.streams()) {
            System.out.printf(Locale.ROOT, "%12s %12s %14s %12s %6d %6s  %s%s%n", Sizes.count(result.subBuffers()),
                    Sizes.count(result.records()), Sizes.count(result.bytes()),
                    Sizes.count(LossAdvice.lost(result.losses()).records()), result.gaps().size(),
                    Sizes.count(result.duplicates()), Terminal.plain(result.stream().toString()),
                    result.isEnded() ? "" : " (not ended)");
            result.losses().losses().forEach((cause, tally) -> {
                if (tally.records() > 0L) {
                    System.out.println("  LOST " + Sizes.count(tally.records()) + " records: " + cause.words());
                }
            });
            for (final Gap gap : result.gaps()) {
                System.out.println("  MISSING " + Terminal.plain(gap.toString()));
            }
            isComplete &= result.duplicates() == 0L;
            lost |= !result.gaps().isEmpty() || LossAdvice.lost(result.losses()).records() > 0L;
        }
        if (outcome.foreign() > 0L) {
            System.out.println(Sizes.count(outcome.foreign()) + " records in the topic are none of relay's");
        }
        return !isComplete ? Relay.FAILED : lost && failOnLoss ? Relay.LOST : Relay.OK;
    }
}
