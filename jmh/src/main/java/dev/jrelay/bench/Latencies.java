// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;

/** Histograms of the forked JVMs: each leaves a log file, which {@link Bench} merges by their names. */
final class Latencies {
    /** System property: the directory to leave histograms in; without it they are printed. */
    static final String DIRECTORY = "jrelay.bench.histograms";

    /** The percentiles of the report. */
    static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 100.0);

    /** Writer and consumer: each has a CPU. */
    private static final int BUSY = 2;
    /** Up to which nines a percentile says something of who is measured, with CPUs to spare and without. */
    private static final int MOST_NINES = 4;
    private static final int FEW_NINES = 2;

    private Latencies() {
    }

    /** Whether a machine has no CPU beside those of the busy threads: then the tail is the scheduler's. */
    static boolean isCrowded(Map<String, String> environment) {
        return environment.containsKey("cores") && Integer.parseInt(environment.get("cores")) <= BUSY;
    }

    /** Up to which nines percentiles are shown. */
    static int nines(Map<String, String> environment) {
        return isCrowded(environment) ? FEW_NINES : MOST_NINES;
    }

    /** Why not beyond, or nothing. */
    static String note(Map<String, String> environment) {
        return isCrowded(environment) ? " Writer and consumer keep all " + environment.get("cores") + " CPUs busy: "
                + "beyond 99 % time slices of the scheduler would be measured, so 99.9 % and 99.99 % are left out; "
                + "they need a third CPU." : "";
    }

    /** The name says how many threads kept such a time table at once, if it was more than one. */
    static void save(String run, int threads, Histogram histogram) throws IOException {
        final String name = run + (threads > 1 ? ", " + threads + " threads" : "");
        final String directory = System.getProperty(DIRECTORY);
        if (directory == null) {
            System.out.println(name + ": " + PERCENTILES.stream().map(p -> "p" + p + " "
                    + histogram.getValueAtPercentile(p)).collect(Collectors.joining(", ")) + " ns");
            return;
        }
        final Path file = Files.createTempFile(Path.of(directory), "latency", ".hlog");
        histogram.setTag(name.replace(' ', '_').replace(",", ""));
        final HistogramLogWriter writer = new HistogramLogWriter(file.toFile());
        writer.outputLogFormatVersion();
        writer.outputIntervalHistogram(histogram);
        writer.close();
    }

    /** Puts the histograms of a directory's files into one file; none, no file. */
    static void collect(Path directory, Path log) throws IOException {
        final Map<String, List<Histogram>> all = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".hlog")).sorted().forEach(file -> load(file, all));
        }
        if (all.isEmpty()) {
            return;
        }
        final HistogramLogWriter writer = new HistogramLogWriter(log.toFile());
        writer.outputLogFormatVersion();
        all.values().forEach(runs -> runs.forEach(writer::outputIntervalHistogram));
        writer.close();
    }

    /** The histograms of a file by their names, one for each JVM. */
    static Map<String, List<Histogram>> load(Path log) {
        final Map<String, List<Histogram>> found = new TreeMap<>();
        if (Files.exists(log)) {
            load(log, found);
        }
        return found;
    }

    /** Of whom the histograms of a run are. */
    static String subject(String run) {
        return run.substring(0, run.indexOf('_'));
    }

    /** What was written meanwhile, how fast, and by how many. */
    static String load(String run) {
        return run.substring(run.indexOf('_') + 1).replace('_', ' ');
    }

    static Histogram sum(List<Histogram> histograms) {
        final Histogram sum = new Histogram(3);
        histograms.forEach(sum::add);
        return sum;
    }

    private static void load(Path file, Map<String, List<Histogram>> found) {
        try {
            final HistogramLogReader reader = new HistogramLogReader(file.toFile());
            for (EncodableHistogram h = reader.nextIntervalHistogram(); h != null; h = reader.nextIntervalHistogram()) {
                found.computeIfAbsent(h.getTag(), name -> new ArrayList<>()).add((Histogram) h);
            }
            reader.close();
        } catch (FileNotFoundException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
