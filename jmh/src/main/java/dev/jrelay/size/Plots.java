// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.bench.Svg;
import dev.jrelay.units.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of a {@link Result}, as SVG files. */
final class Plots {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 440;
    private static final double[] PERCENTILES = {50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99, 100.0};
    private static final double[] STALLS = {0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0};
    private static final double[] MEMORIES = {0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.15, 1.4, 2.0};
    private static final int SMALLER = 5;
    private static final int LARGER = 2;
    private static final double ROUND = 1e3;

    private final Result result;
    private final Search.Effort effort;
    private final long seed;

    Plots(Result result, Search.Effort effort, long seed) {
        this.result = result;
        this.effort = effort;
        this.seed = seed;
    }

    /**
     * Writes the pictures.
     *
     * @return names of the files, best first
     */
    List<String> write(Path directory) throws IOException {
        final List<String> names = new ArrayList<>();
        names.add(save(directory, "memory", memory()));
        names.add(save(directory, "loss-by-size-and-count", heat()));
        names.add(save(directory, "loss-by-stall", stalls()));
        names.add(save(directory, "cost", cost()));
        if (result.trial() != null) {
            names.add(save(directory, "latency", latency()));
        }
        return names;
    }

    private static String save(Path directory, String name, Chart<?, ?> chart) throws IOException {
        Svg.write(chart, directory.resolve(name + ".svg"));
        return name + ".svg";
    }

    private static XYChart chart(String title, String x, String y) {
        final XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(y)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        return chart;
    }

    private double loss(Load load, long size, int count) {
        return 100.0 * Estimate.of(load, size, count, seed, effort.seeds(), effort.seconds(load)).loss();
    }

    /** Memory against loss, each count of sub-buffers a line, the choice marked. */
    private XYChart memory() {
        final XYChart chart = chart("Memory of a buffer against loss", "MiB", "messages lost, %");
        for (final Search.Candidate candidate : result.candidates()) {
            final double[] memory = new double[MEMORIES.length];
            final double[] lost = new double[MEMORIES.length];
            for (int i = 0; i < MEMORIES.length; i++) {
                final long size = Math.max(Formula.STEP, Formula.ceiling(candidate.size() * MEMORIES[i]));
                memory[i] = (double) size * candidate.count() / (1 << 20);
                lost[i] = size < result.load().sizes().max() + result.load().headerBytes() ? 100.0
                        : loss(result.load(), size, candidate.count());
            }
            chart.addSeries("n = " + candidate.count(), memory, lost).setMarker(SeriesMarkers.CIRCLE);
        }
        final Search.Candidate best = result.best();
        chart.addSeries("recommended", new double[] {(double) best.memory() / (1 << 20)},
                new double[] {100.0 * best.estimate().loss()}).setMarker(SeriesMarkers.DIAMOND);
        return chart;
    }

    /** Loss over a grid of sizes and counts around the choice. */
    private HeatMapChart heat() {
        final HeatMapChart chart = new HeatMapChartBuilder().width(WIDTH).height(HEIGHT)
                .title("Messages lost, %, by sub-buffer count and size").xAxisTitle("sub-buffers").yAxisTitle("size")
                .build();
        final TreeSet<Long> sizes = new TreeSet<>();
        for (int i = -SMALLER; i <= LARGER; i++) {
            sizes.add(Math.max(Formula.ceiling(result.load().sizes().max() + result.load().headerBytes()),
                    Formula.ceiling(result.best().size() * Math.pow(2.0, i / 2.0))));
        }
        final int[] counts = {2, 4, 8, 16, 32, 64};
        final List<String> rows = sizes.stream().map(size -> Sizes.text((double) size)).toList();
        final List<Number[]> cells = new ArrayList<>();
        int row = 0;
        for (final long size : sizes) {
            for (int column = 0; column < counts.length; column++) {
                final double lost = loss(result.load(), size, counts[column]);
                cells.add(new Number[] {column, row, Math.round(lost * ROUND) / ROUND});
            }
            row++;
        }
        chart.addSeries("loss", java.util.Arrays.stream(counts).mapToObj(Integer::toString).toList(), rows, cells);
        chart.getStyler().setShowValue(true);
        return chart;
    }

    /** Loss against the length of a stall, with the longest that the formula says is survived. */
    private XYChart stalls() {
        final XYChart chart = chart("Loss against the consumer's stall; bars: what the formula allows", "stall, ms",
                "messages lost, %");
        final Load load = result.load();
        double top = 0.0;
        for (final Search.Candidate candidate : result.candidates()) {
            final double survived = Math.max(Formula.longestStall(load, candidate.size(), candidate.count()), 1e5);
            final double[] lengths = new double[STALLS.length];
            final double[] lost = new double[STALLS.length];
            for (int i = 0; i < STALLS.length; i++) {
                final double length = Math.min(survived * STALLS[i], load.stalls().period() / 2.0);
                lengths[i] = length / 1e6;
                lost[i] = loss(load.withStalls(Stalls.fixed(length, load.stalls().period())),
                        candidate.size(), candidate.count());
                top = Math.max(top, lost[i]);
            }
            chart.addSeries(candidate.toString(), lengths, lost).setMarker(SeriesMarkers.CIRCLE);
        }
        for (final Search.Candidate candidate : result.candidates()) {
            final double survived = Formula.longestStall(load, candidate.size(), candidate.count()) / 1e6;
            chart.addSeries("formula, n = " + candidate.count(), new double[] {survived, survived},
                    new double[] {0.0, Math.max(top, 0.1)}).setMarker(SeriesMarkers.NONE);
        }
        return chart;
    }

    /** Cost of a message against sub-buffer size: measured, and the model. */
    private XYChart cost() {
        final XYChart chart = chart("Cost of a message against sub-buffer size", "sub-buffer, KiB", "ns");
        final List<Machine.Point> points = result.machine().points();
        final double[] sizes = points.stream().mapToDouble(point -> point.subBufferSize() / 1024.0).toArray();
        chart.addSeries("measured", sizes, points.stream().mapToDouble(Machine.Point::nanos).toArray(),
                points.stream().mapToDouble(Machine.Point::error).toArray()).setMarker(SeriesMarkers.CIRCLE);
        chart.addSeries("model", sizes, points.stream().mapToDouble(point -> result.machine().overhead(result.load(),
                point.subBufferSize(), false)).toArray()).setMarker(SeriesMarkers.NONE);
        chart.addSeries("model, each switch wakes the consumer", sizes, points.stream().mapToDouble(point ->
                result.machine().overhead(result.load(), point.subBufferSize(), true)).toArray())
                .setMarker(SeriesMarkers.NONE);
        chart.getStyler().setXAxisLogarithmic(true);
        return chart;
    }

    /** Latency percentiles: predicted, measured, and of the writes themselves. */
    private XYChart latency() {
        final XYChart chart = chart("Latency percentiles", "percentile as nines: 1 = 90 %, 2 = 99 %", "ms");
        curve(chart, "until consumed, predicted", result.best().estimate().total().latency);
        curve(chart, "until consumed, measured", result.trial().latency);
        curve(chart, "until written, measured", result.trial().writing);
        chart.getStyler().setYAxisLogarithmic(true);
        return chart;
    }

    private static void curve(XYChart chart, String name, org.HdrHistogram.Histogram histogram) {
        final double[] x = new double[PERCENTILES.length];
        final double[] y = new double[PERCENTILES.length];
        for (int i = 0; i < PERCENTILES.length; i++) {
            x[i] = -Math.log10(Math.max(1.0 - PERCENTILES[i] / 100.0, 1e-5));
            y[i] = Math.max(histogram.getValueAtPercentile(PERCENTILES[i]), 1L) / 1e6;
        }
        chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }
}
