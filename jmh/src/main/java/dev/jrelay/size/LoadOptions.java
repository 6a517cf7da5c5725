// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.measure.CountOption;
import dev.jrelay.units.Rates;
import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What a user says of a load. */
final class LoadOptions {
    private static final int MAX_BUFFERS = 4096;
    private static final long MAX_HEADER = 1L << 20;

    @Option(names = "--sizes", paramLabel = "SPEC", defaultValue = "uniform:1-256",
            description = "Lengths of messages: fixed:64, uniform:1-256, lognormal:MEDIAN,SIGMA, mix:64@.9,1500@.1, "
            + "hist:FILE (lines 'bytes,count').")
    private String sizes;

    @Option(names = "--from", paramLabel = "PATH", showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Real messages: a directory or file of a CTF trace, of klog records or of lines 'TIME SIZE' "
            + "or lines that begin with a time give lengths and arrivals, bursts and all; other lines give lengths; a "
            + "channel's directory gives advice after the fact.")
    private Path from;

    @Option(names = "--speed", paramLabel = "K", defaultValue = "1",
            description = "Recorded messages K times as fast as they came.")
    private double speed;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "1M",
            description = "Messages per second of all writers together; not of recorded ones.")
    private String rate;

    @Option(names = "--burst", paramLabel = "K@TIME", defaultValue = "none",
            description = "Bursts beside that: K messages at once into one buffer, every TIME.")
    private String burst;

    @Option(names = "--buffers", paramLabel = "N", defaultValue = "0", converter = CountOption.class,
            description = "Buffers that writers spread over; 0 for one for each CPU, or each stream of a recording.")
    private int buffers;

    @Option(names = "--consumer", paramLabel = "RATE", defaultValue = "auto",
            description = "What the consumer takes, for all buffers, as in 500MB/s; auto: what this machine copies.")
    private String consumer;

    @Option(names = "--stall", paramLabel = "SPEC", defaultValue = "20ms/1s", description = "When the consumer stands "
            + "still: none, 20ms/1s, exp:20ms/1s, pareto:5ms,1.5/1s.")
    private String stall;

    @Option(names = "--header", paramLabel = "BYTES", defaultValue = "0",
            description = "Bytes reserved in each sub-buffer.")
    private String header;

    @Option(names = "--loss", paramLabel = "SHARE", defaultValue = "0",
            description = "Messages that may be lost, as in 0, 1e-6 or 0.1%%.")
    private String loss;

    @Option(names = "--latency", paramLabel = "TIME", defaultValue = "any",
            description = "Until a sub-buffer is full, at most, as in 100ms.")
    private String latency;

    @Option(names = "--delay", paramLabel = "TIME", defaultValue = "none",
            description = "The channel's bound on the delay: a sub-buffer is closed after that though it is not full.")
    private String delay;

    @Option(names = "--sink", paramLabel = "BYTES", defaultValue = "any",
            description = "The largest record that the sink takes, where it gets a sub-buffer as one record.")
    private String sink;

    @Option(names = "--memory", paramLabel = "BYTES", defaultValue = "256M",
            description = "For all buffers together, at most.")
    private String memory;

    private TraceFiles trace;

    /** What {@code --from} names, or null. */
    Path from() {
        return from;
    }

    /** Whether the consumer's rate is to be measured. */
    boolean isMeasured() {
        return consumer.equals("auto");
    }

    /** Records that are missing in the recording, by its own account. */
    long discarded() {
        return trace == null ? 0L : trace.discarded();
    }

    /** Reads what was recorded, if anything. */
    void read() throws IOException {
        if (from != null && !Files.exists(from)) {
            throw new IllegalArgumentException("--from " + from + ": must be a file, or a directory with a channel or "
                    + "with the files of a trace");
        }
        if (!(speed > 0.0 && speed <= 1e9)) {
            throw new IllegalArgumentException("--speed " + speed + ": must be above 0, at most 1G");
        }
        trace = from == null ? null : TraceFiles.read(from);
        if (trace == null && speed != 1.0) {
            throw new IllegalArgumentException("--speed " + speed + ": only with --from and recorded times");
        }
        if (buffers < 0 || buffers > MAX_BUFFERS) {
            throw new IllegalArgumentException("--buffers " + buffers + ": must be 0 to " + MAX_BUFFERS);
        }
        if (trace != null && buffers > trace.streams()) {
            throw new IllegalArgumentException("--buffers " + buffers + ": must be at most " + trace.streams()
                    + ", the streams of " + from);
        }
    }

    /** How many buffers. */
    int buffers() {
        return buffers != 0 ? buffers : trace != null ? trace.streams() : Runtime.getRuntime().availableProcessors();
    }

    /**
     * The load of the buffer that needs most.
     *
     * @param count buffers, of which there may be fewer than was asked for
     * @param measured what the consumer takes if that was not said, bytes/s
     */
    Load load(int count, double measured) throws IOException {
        final Stalls stalls = Stalls.parse(stall);
        final double consumerRate = isMeasured() ? measured : Rates.bytesPerSecond(consumer);
        final long headerBytes = Sizes.parse(header);
        if (headerBytes > MAX_HEADER) {
            throw new IllegalArgumentException("--header " + header + ": must be 0 to 1M");
        }
        if (consumerRate <= 0.0) {
            throw new IllegalArgumentException("--consumer " + consumer + ": must be above 0");
        }
        final long budget = Sizes.parse(memory) / count;
        if (budget < 2L * Formula.STEP) {
            throw new IllegalArgumentException("--memory " + memory + ": must be " + 2 * Formula.STEP
                    + " bytes or more for each of " + count + " buffers");
        }
        final double bound = delay.equals("none") ? Double.POSITIVE_INFINITY : Times.nanos(delay);
        if (bound < 1e6 || bound > 3.6e12 && !Double.isInfinite(bound)) {
            throw new IllegalArgumentException("--delay " + delay + ": must be none, or 1ms to 1h");
        }
        return new Load(traffic(count, stalls), consumerRate / count, stalls, (int) headerBytes, Shares.parse(loss),
                latency.equals("any") ? Double.POSITIVE_INFINITY : Times.nanos(latency), bound,
                sink.equals("any") ? Long.MAX_VALUE : Sizes.parse(sink), budget);
    }

    private Traffic traffic(int count, Stalls stalls) throws IOException {
        if (trace != null) {
            return trace.heaviest("recorded in " + from, count, speed, stalls.design());
        }
        final double perSecond = Rates.perSecond(rate);
        if (perSecond < 1.0 || perSecond > 1e9) {
            throw new IllegalArgumentException("--rate " + rate + ": must be 1 to 1G messages per second");
        }
        return model(from == null ? MessageSizes.parse(sizes) : MessageSizes.lines(from), perSecond / count, burst);
    }

    /** Messages at random with the bursts of {@code --burst}. */
    static ModelTraffic model(MessageSizes lengths, double perSecond, String burst) {
        if (burst.equals("none")) {
            return new ModelTraffic(lengths, perSecond);
        }
        final String[] sides = burst.split("@", 2);
        if (sides.length != 2 || !sides[0].matches("[1-9][0-9]{0,7}")) {
            throw new IllegalArgumentException("--burst '" + burst + "': must be none or MESSAGES@TIME, such as "
                    + "5000@100ms");
        }
        return new ModelTraffic(lengths, perSecond, Integer.parseInt(sides[0]), Times.nanos(sides[1]));
    }
}
