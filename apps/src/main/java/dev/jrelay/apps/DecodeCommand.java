// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.jrelay.decode.CollectedFiles;
import dev.jrelay.decode.Decoded;
import dev.jrelay.decode.Decoder;
import dev.jrelay.decode.Filter;
import dev.jrelay.units.Moments;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code relay decode}: what was collected, as text or JSON. */
@Command(name = "decode", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Reads what was collected: the records of all CPUs in the order of their times.%n",
        description = "Of a directory it reads one file for each CPU, as collect, record, snapshot and recover write "
            + "them, with those that have rotated behind; or a CTF trace. Formats are recognized: packets of a trace, "
            + "klog's records, else lines of text, which have no times and come CPU by CPU.%n%n"
            + "What was lost is said where it was lost: on stderr, in JSON in its place. Control characters are shown "
            + "as \\x1b. Memory is needed for one record or packet of each CPU; lines longer than 1 MiB are cut.%n%n"
            + "With --kafka it writes what collectors have committed to a topic to files, the same bytes as a "
            + "collector on their host would have, and says what is missing; these files can be decoded then.%n",
        footer = {"%nExamples:", "  relay decode out", "  relay decode trace --cpu 0 --from 10m --text 'ERROR|WARN'",
            "  relay decode out --from 2026-01-31T12:00:00Z --to 2026-01-31T12:05:00Z --json",
            "  relay decode --kafka broker:9092 --topic relay-web17 -o out"})
final class DecodeCommand implements Callable<Integer> {
    private static final int ROOM = 1 << 15;

    @Parameters(paramLabel = "DIR|FILE", arity = "0..*", description = "What was collected.")
    private List<Path> paths = List.of();

    @Mixin
    private KafkaOption kafka;

    @Option(names = {"-o", "--output"}, paramLabel = "OUT",
            description = "With --kafka: where to write OUT/HOST/CHANNEL/cpu0, …, the files of a collector there.")
    private Path output;

    @Mixin
    private FilesOption files;

    @Option(names = "--force", description = "With -o: replace files.")
    private boolean force;

    @Option(names = "--base", paramLabel = "NAME", description = "Begin of the files' names, if there are several.")
    private String base;

    @Option(names = "--cpu", paramLabel = "N", split = ",", converter = CountOption.class,
            description = "Only these CPUs, as in 0,3.")
    private Set<Integer> cpus = Set.of();

    @Option(names = "--from", paramLabel = "MOMENT", converter = MomentOption.class,
            description = "Not before this: 2026-01-31T12:00:00Z, in UTC also without Z; or 10m for ten minutes ago.")
    private Long from;

    @Option(names = "--to", paramLabel = "MOMENT", converter = MomentOption.class, description = "Only before this.")
    private Long to;

    @Option(names = "--text", paramLabel = "REGEX", converter = PatternOption.class,
            description = "Only records in whose text this is found.")
    private Pattern text;

    @Option(names = {"-f", "--format"}, defaultValue = "auto", paramLabel = "FORMAT",
            description = "auto (default), text or klog: what files are that are no CTF stream.")
    private Decoder.Format format;

    @Option(names = "--fail-on-loss", description = "Exit with 3 if anything is missing between the records shown.")
    private boolean failOnLoss;

    @Option(names = "--json", description = "Each record as a JSON object on a line.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Not printed yet: stdout is flushed at each line else. */
    private final StringBuilder lines = new StringBuilder();

    /** Reads a moment. */
    static final class MomentOption implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Moments.nanos(text, Instant.now());
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException(wrong.getMessage());
            }
        }
    }

    /** Reads a pattern. */
    static final class PatternOption implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String regex) {
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException wrong) {
                throw new TypeConversionException("'" + regex + "': must be a regular expression: "
                        + wrong.getDescription());
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        if (kafka.isMeant(spec) != paths.isEmpty() || paths.isEmpty() == (output == null)) {
            throw new ParameterException(spec.commandLine(), "DIR or FILE must be given, or --kafka and -o");
        }
        if (output != null) {
            return kafka.replay(spec, output, files, force, failOnLoss);
        }
        final Filter filter = new Filter(cpus, from == null ? Long.MIN_VALUE : from, to == null ? Long.MAX_VALUE : to,
                text);
        boolean lost = false;
        try (Decoder decoder = CollectedFiles.open(paths, base, format)) {
            for (Decoded next = decoder.next(); next != null; next = decoder.next()) {
                if (filter.accepts(next)) {
                    lost |= !next.kind().isRecord();
                    show(next);
                }
            }
        } finally {
            flush();
        }
        return failOnLoss && lost ? Relay.LOST : Relay.OK;
    }

    private void show(Decoded decoded) throws IOException {
        if (json) {
            lines.append(json(decoded)).append('\n');
        } else if (decoded.kind().isRecord()) {
            lines.append(time(decoded)).append("cpu").append(decoded.cpu()).append(": ");
            Terminal.plain(content(decoded), this::append);
            lines.append('\n');
        } else {
            flush();
            System.err.println("relay: " + time(decoded) + "cpu" + decoded.cpu() + ": "
                    + Sizes.count(decoded.count()) + " " + decoded.kind().words());
        }
        append("");
    }

    private void append(String text) {
        lines.append(text);
        if (lines.length() > ROOM) {
            flush();
        }
    }

    private void flush() {
        System.out.print(lines);
        System.out.flush();
        lines.setLength(0);
    }

    private static String time(Decoded decoded) {
        return decoded.timeNanos() == Decoded.NO_TIME ? "" : Moments.text(decoded.timeNanos()) + " ";
    }

    private static String content(Decoded decoded) {
        return switch (decoded.kind()) {
            case RAW -> HexFormat.ofDelimiter(" ").formatHex(decoded.bytes());
            case TRUNCATED -> decoded.text() + " …";
            default -> decoded.text().stripTrailing();
        };
    }

    private static String json(Decoded decoded) throws IOException {
        final var object = JSON.std.composeString().startObject().put("cpu", decoded.cpu());
        if (decoded.timeNanos() != Decoded.NO_TIME) {
            object.put("timeNanos", decoded.timeNanos()).put("time", Moments.text(decoded.timeNanos()));
        }
        switch (decoded.kind()) {
            case RAW -> object.put("hex", HexFormat.of().formatHex(decoded.bytes()));
            case TEXT -> object.put("text", decoded.text());
            case TRUNCATED -> object.put("text", decoded.text()).put("truncated", true);
            case LOST -> object.put("lostRecords", decoded.count());
            case MISSING -> object.put("missingSubBuffers", decoded.count());
            case DAMAGED -> object.put("damagedBytes", decoded.count());
        }
        return object.end().finish();
    }
}
