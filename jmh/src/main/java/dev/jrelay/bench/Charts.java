// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The pictures of a run: a benchmark's medians, with half the 99.9 % confidence interval of the mean as error bars,
 * over message size, threads or sub-buffer size where they vary, else side by side; and latency percentiles.
 */
final class Charts {
    /** The folder of the pictures, beside the page. */
    static final String FOLDER = "plots";

    private static final String THREADS = "threads";
    private static final List<String> AXES = List.of("subBufferSize", Row.SIZE, THREADS);
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final double HUNDRED = 100.0;

    private Charts() {
    }

    /**
     * Draws a run.
     *
     * @return names of the files, for each benchmark class those of its methods; latencies under ""
     */
    static Map<String, List<String>> write(Results results, Path directory) throws IOException {
        final Path folder = Files.createDirectories(directory.resolve(FOLDER));
        final Map<String, List<String>> names = new LinkedHashMap<>();
        final Map<String, List<Row>> methods = results.rows().stream().collect(Collectors.groupingBy(
                row -> row.simpleType() + "-" + row.method(), LinkedHashMap::new, Collectors.toList()));
        for (final Map.Entry<String, List<Row>> each : methods.entrySet()) {
            final List<Row> rows = each.getValue();
            if (rows.size() > 1) {
                final String axis = AXES.stream().filter(key -> values(key, rows).size() > 1).findFirst().orElse("");
                final Path file = folder.resolve(each.getKey() + ".svg");
                Svg.write(axis.isEmpty() ? bars(each.getKey(), rows) : lines(each.getKey(), axis, rows), file);
                names.computeIfAbsent(rows.getFirst().type(), key -> new ArrayList<>()).add(FOLDER + "/"
                        + file.getFileName());
            }
        }
        if (!results.latencies().isEmpty()) {
            Svg.write(latencies(results.latencies()), folder.resolve("latencies.svg"));
            names.put("", List.of(FOLDER + "/latencies.svg"));
        }
        return names;
    }

    private static Set<String> values(String key, List<Row> rows) {
        return rows.stream().map(row -> value(key, row)).filter(text -> !text.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String value(String key, Row row) {
        return key.equals(THREADS) ? Integer.toString(row.threads()) : row.param(key);
    }

    /** What tells a row from others, apart from {@code axis}. */
    private static String label(Row row, String axis, List<Row> rows) {
        final List<String> parts = new ArrayList<>();
        for (final String key : row.params().keySet()) {
            if (!key.equals(axis) && values(key, rows).size() > 1) {
                parts.add(row.param(key));
            }
        }
        if (!axis.equals(THREADS) && values(THREADS, rows).size() > 1) {
            parts.add(row.threads() + " threads");
        }
        return parts.isEmpty() ? row.method() : String.join(" ", parts);
    }

    private static double error(Row row) {
        return Double.isNaN(row.error()) ? 0.0 : row.error();
    }

    private static XYChart lines(String title, String axis, List<Row> rows) {
        final XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(axis)
                .yAxisTitle(rows.getFirst().unit()).build();
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        rows.stream().collect(Collectors.groupingBy(row -> label(row, axis, rows), LinkedHashMap::new,
                Collectors.toList())).forEach((label, series) -> chart.addSeries(label,
                series.stream().map(row -> Double.valueOf(value(axis, row))).toList(),
                series.stream().map(Row::median).toList(),
                series.stream().map(Charts::error).toList()).setMarker(SeriesMarkers.CIRCLE));
        return chart;
    }

    private static CategoryChart bars(String title, List<Row> rows) {
        final CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("")
                .yAxisTitle(rows.getFirst().unit()).build();
        chart.getStyler().setXAxisLabelRotation(30);
        chart.getStyler().setLegendVisible(false);
        chart.addSeries("median", rows.stream().map(row -> label(row, "", rows)).toList(),
                rows.stream().map(Row::median).toList(), rows.stream().map(Charts::error).toList());
        return chart;
    }

    private static XYChart latencies(Map<String, List<Histogram>> runs) {
        final XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title("Latency of a write")
                .xAxisTitle("percentile as nines: 1 = 90 %, 2 = 99 %").yAxisTitle("ns").build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        runs.forEach((name, histograms) -> {
            final Histogram histogram = Latencies.sum(histograms);
            final List<Double> percentiles = Latencies.PERCENTILES.stream().filter(p -> p < HUNDRED).toList();
            chart.addSeries(name, percentiles.stream().map(p -> -Math.log10(1.0 - p / HUNDRED)).toList(),
                    percentiles.stream().map(p -> (double) Math.max(1L, histogram.getValueAtPercentile(p))).toList())
                    .setMarker(SeriesMarkers.CIRCLE);
        });
        return chart;
    }
}
