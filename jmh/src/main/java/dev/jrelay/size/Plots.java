// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.page.Plot;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The plots of a {@link Result}: how the choice lies among its neighbours, simulated, and what was measured. */
final class Plots {
    private static final double[] STALLS = {0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0};
    private static final double[] MEMORIES = {0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0, 1.15, 1.4, 2.0};
    private static final int SMALLER = 5;
    private static final int LARGER = 2;
    /** Columns of the heat map: the choice's count and its neighbours. */
    private static final int COLUMNS = 6;
    private static final int STEPS = 10;
    /** 99.99 %. */
    private static final int NINES = 4;
    private static final double MEDIAN_NINES = Math.log10(2.0);
    private static final double SHORTEST_STALL = 1e5;
    private static final String SIMULATED = "Simulated, briefly: a loss that is rare may be missing.";
    private static final Plot.Axis LOST = new Plot.Axis("messages lost", "%", Plot.Scale.LOG);

    private final Result result;
    private final Search.Effort effort;
    private final long seed;

    Plots(Result result, Search.Effort effort, long seed) {
        this.result = result;
        this.effort = effort;
        this.seed = seed;
    }

    /** All of them, what says most first. */
    List<Plot> all() {
        return Stream.concat(Stream.of(memory(), heat(), stalls(), cost()),
                result.trial() == null ? Stream.empty() : Stream.of(latency())).toList();
    }

    private double loss(Load load, long size, int count) {
        return 100.0 * Estimate.brief(load, size, count, seed, effort).loss();
    }

    /** A line for each candidate; the choice is what the page is about. */
    private Plot.Series series(Search.Candidate candidate, List<Plot.Point> points) {
        return new Plot.Series("n = " + candidate.count(), candidate.equals(result.best()) ? Plot.Kind.OWN
                : Plot.Kind.PEER, false, points);
    }

    private Plot memory() {
        final List<Plot.Series> series = new ArrayList<>();
        final long message = result.load().sizes().max() + result.load().headerBytes();
        for (final Search.Candidate candidate : result.candidates()) {
            series.add(series(candidate, Arrays.stream(MEMORIES)
                    .mapToLong(share -> Math.max(Formula.STEP, Formula.ceiling(candidate.size() * share))).distinct()
                    .filter(size -> size >= message)
                    .mapToObj(size -> new Plot.Point((double) size * candidate.count(), loss(result.load(), size,
                            candidate.count()))).toList()));
        }
        return new Plot.Lines("memory", "What does less memory lose?", SIMULATED + " A line for each "
                + "count of sub-buffers that could do.",
                new Plot.Axis("memory of a buffer", "bytes", Plot.Scale.LINEAR), LOST,
                series, List.of(new Plot.Mark(result.best().memory(), "chosen: " + result.best())));
    }

    private Plot heat() {
        final TreeSet<Long> sizes = new TreeSet<>();
        for (int i = -SMALLER; i <= LARGER; i++) {
            sizes.add(Math.max(Formula.ceiling(result.load().sizes().max() + result.load().headerBytes()),
                    Formula.ceiling(result.best().size() * Math.pow(2.0, i / 2.0))));
        }
        sizes.add(result.best().size());
        final int chosen = Arrays.binarySearch(Search.COUNTS, result.best().count());
        final int first = Math.clamp(chosen - COLUMNS / 2, 0, Search.COUNTS.length - COLUMNS);
        final int[] counts = Arrays.copyOfRange(Search.COUNTS, first, first + COLUMNS);
        final List<Long> rows = List.copyOf(sizes.descendingSet());
        return new Plot.HeatMap("heat", "Where is it safe?", SIMULATED + " Messages lost, %; framed: the choice.",
                "count of sub-buffers", "size of a sub-buffer", "%",
                IntStream.of(counts).mapToObj(Integer::toString).toList(),
                rows.stream().map(size -> Sizes.text((double) size)).toList(),
                rows.stream().map(size -> IntStream.of(counts).mapToObj(count -> loss(result.load(), size, count))
                        .toList()).toList(),
                chosen - first, rows.indexOf(result.best().size()));
    }

    private Plot stalls() {
        final Load load = result.load();
        final List<Plot.Series> series = new ArrayList<>();
        for (final Search.Candidate candidate : result.candidates()) {
            final double survived = survived(candidate);
            series.add(series(candidate, Arrays.stream(STALLS)
                    .map(share -> Math.min(survived * share, load.stalls().period() / 2.0)).distinct()
                    .mapToObj(length -> new Plot.Point(length, loss(load.withStalls(Stalls.fixed(length,
                            load.stalls().period())), candidate.size(), candidate.count()))).toList()));
        }
        return new Plot.Lines("stalls", "Which stall of the consumer does it survive?", SIMULATED + " Beside it what "
                + "the formula says.", new Plot.Axis("length of a stall", "ns", Plot.Scale.LINEAR), LOST,
                series,
                List.of(new Plot.Mark(survived(result.best()), "formula, n = " + result.best().count() + ": "
                + Times.text(survived(result.best())))));
    }

    private double survived(Search.Candidate candidate) {
        return Math.max(Formula.longestStall(result.load(), candidate.size(), candidate.count()), SHORTEST_STALL);
    }

    private Plot cost() {
        final Machine machine = result.machine();
        return new Plot.Lines("cost", "What does a message cost its writer?", "Measured: means with their 99.9 % "
                + "interval. Model: what the recommendation reckons with, at each switch with a consumer that is "
                + "awake, or that must be woken.",
                new Plot.Axis("size of a sub-buffer", "bytes", Plot.Scale.LOG, true),
                new Plot.Axis("time for a message", "ns", Plot.Scale.LINEAR),
                List.of(new Plot.Series("measured", Plot.Kind.OWN, false, machine.points().stream()
                        .map(point -> new Plot.Point(point.subBufferSize(), point.nanos(),
                                Math.max(0.0, point.nanos() - point.error()), point.nanos() + point.error())).toList()),
                        model("model, awake", false), model("model, woken", true)), List.of());
    }

    private Plot.Series model(String name, boolean waking) {
        return new Plot.Series(name, Plot.Kind.PEER, true, result.machine().points().stream()
                .map(point -> new Plot.Point(point.subBufferSize(), result.machine().overhead(result.load(),
                        point.subBufferSize(), waking))).toList());
    }

    private Plot latency() {
        return new Plot.Lines("latency", "How long does a message take?", "Predicted by simulation, and measured on "
                + "the real channel.", new Plot.Axis("percentile", "", Plot.Scale.NINES),
                new Plot.Axis("time", "ns", Plot.Scale.LOG),
                List.of(curve("until consumed, measured", Plot.Kind.OWN, false, result.trial().latency),
                        curve("until consumed, predicted", Plot.Kind.OWN, true,
                                result.best().detail().latency),
                        curve("until written, measured", Plot.Kind.PEER, false, result.trial().writing)), List.of());
    }

    private static Plot.Series curve(String name, Plot.Kind kind, boolean dashed, Histogram histogram) {
        return new Plot.Series(name, kind, dashed, Stream.concat(Stream.of(MEDIAN_NINES),
                IntStream.rangeClosed(STEPS / 2, NINES * STEPS).mapToObj(step -> (double) step / STEPS))
                .map(nines -> new Plot.Point(nines, Math.max(1.0, histogram.getValueAtPercentile(
                        100.0 * (1.0 - Math.pow(10.0, -nines)))))).toList());
    }
}
