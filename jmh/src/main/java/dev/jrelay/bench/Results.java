// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * One run, as its directory keeps it.
 *
 * @param environment where and how, {@code environment.txt}
 * @param rows what JMH measured, {@code jmh.json.gz}
 * @param limits the rows of {@code limits.c}, {@code limits.csv}
 * @param latencies for each run the histograms of its JVMs, {@code latency.hlog}
 * @param lttng the rows of {@code lttng.sh}, {@code lttng.csv}
 */
record Results(Map<String, String> environment, List<Row> rows, Limits limits, Map<String, List<Histogram>> latencies,
        Limits lttng) {
    static final String ENVIRONMENT = "environment.txt";
    static final String JMH = "jmh.json.gz";
    static final String LIMITS = "limits.csv";
    static final String LATENCIES = "latency.hlog";
    static final String LTTNG = "lttng.csv";

    /** Reads a directory; all but {@code jmh.json.gz} may be missing. */
    static Results read(Path directory) throws IOException {
        final Map<String, String> environment = new LinkedHashMap<>();
        for (final String line : lines(directory.resolve(ENVIRONMENT))) {
            final int colon = line.indexOf(": ");
            environment.put(line.substring(0, colon), line.substring(colon + 2));
        }
        return new Results(environment, Row.read(directory.resolve(JMH)), limits(directory.resolve(LIMITS)),
                Latencies.load(directory.resolve(LATENCIES)), limits(directory.resolve(LTTNG)));
    }

    private static Limits limits(Path csv) throws IOException {
        final Limits limits = new Limits();
        lines(csv).forEach(limits::add);
        return limits;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }
}
