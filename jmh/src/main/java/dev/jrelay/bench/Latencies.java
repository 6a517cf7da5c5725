// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private Latencies() {
    }

    static void save(String name, Histogram histogram) throws IOException {
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

    /** All histograms of a directory, those with the same name added up. */
    static Map<String, Histogram> load(Path directory) throws IOException {
        final Map<String, Histogram> merged = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".hlog")).forEach(file -> load(file, merged));
        }
        return merged;
    }

    private static void load(Path file, Map<String, Histogram> merged) {
        try {
            final HistogramLogReader reader = new HistogramLogReader(file.toFile());
            for (EncodableHistogram h = reader.nextIntervalHistogram(); h != null; h = reader.nextIntervalHistogram()) {
                merged.computeIfAbsent(h.getTag(), name -> new Histogram(3)).add((Histogram) h);
            }
            reader.close();
        } catch (FileNotFoundException missing) {
            throw new UncheckedIOException(missing);
        }
    }
}
