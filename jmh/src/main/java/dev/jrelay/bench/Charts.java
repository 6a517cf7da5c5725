// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.page.Plot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The plots of a run: medians of all iterations of all JVMs with their 95 % intervals, and latency percentiles. */
final class Charts {
    /** The plot of what a record costs its writer. */
    static final String COST = "cost";
    /** The plot of several writers. */
    static final String SCALING = "scaling";

    private static final String OWN_BUFFERS = "WritersOnOwnBuffers";
    private static final String ONE_BUFFER = "WritersOnOneBuffer";
    private static final List<String> ALONE = List.of("ExclusiveWrite", "SharedWrite");
    private static final List<String> TOGETHER = List.of(OWN_BUFFERS, ONE_BUFFER);
    private static final String METHOD = "write";
    private static final String THREADS = "threads";
    private static final String SUB_BUFFER_SIZE = "subBufferSize";
    private static final String INTERVALS = "Medians with their 95 % interval.";
    private static final int USUAL_SIZE = 64;
    /** Values of a parameter from which on a line says more than bars. */
    private static final int LINE = 3;
    private static final int STEPS = 10;
    private static final double MEDIAN_NINES = Math.log10(2.0);
    private static final double HUNDRED = 100.0;

    private final Results results;

    Charts(Results results) {
        this.results = results;
    }

    /** The plots that say most, those of them that the run has rows for. */
    List<Plot> headline() {
        return Stream.of(cost(), scaling(), latencies()).flatMap(Optional::stream).toList();
    }

    // ---- what a record costs ----------------------------------------------------------------------------------------

    private Optional<Plot> cost() {
        final List<Row> exclusive = alone("ExclusiveWrite");
        final List<Row> shared = alone("SharedWrite");
        final int size = size(Stream.concat(exclusive.stream(), shared.stream()).toList());
        return bars(COST, "What a record of " + size + " bytes costs its writer",
                INTERVALS + " C: the same copy with the same atomic operations, without the rest.",
                cost("a record"), Stream.of(
                        group("Each buffer has one writer", of(exclusive, size), "single,1," + size),
                        group("Writers may share a buffer", of(shared, size), "cas-xadd,1," + size)));
    }

    private List<Row> alone(String type) {
        return results.rows().stream().filter(row -> row.isAlone(type, METHOD)).toList();
    }

    private static Plot.Axis cost(String what) {
        return new Plot.Axis("time for " + what, "ns", Plot.Scale.LINEAR);
    }

    /** Bars for all rows, the quickest first, and the limits in C that are known. */
    private Plot.Group group(String name, List<Row> rows, String... limits) {
        final List<Plot.Bar> bars = new ArrayList<>();
        rows.stream().filter(row -> !row.subject().equals(Harness.NONE)).map(row -> bar(row, label(row, rows)))
                .forEach(bars::add);
        for (final String limit : limits) {
            final List<Double> values = results.limits().rows().get(limit);
            if (values != null && !bars.isEmpty()) {
                bars.add(bar("C: " + limit.substring(0, limit.indexOf(',')), values, Plot.Kind.LIMIT));
            }
        }
        bars.sort(Comparator.comparingDouble(Plot.Bar::value));
        return new Plot.Group(name, bars);
    }

    private Plot.Bar bar(Row row, String name) {
        final Sample.Interval interval = row.interval();
        final double factor = row.nanosPerUnit();
        return new Plot.Bar(name, row.median() * factor, interval.low() * factor, interval.high() * factor, kind(row));
    }

    private static Plot.Bar bar(String name, List<Double> values, Plot.Kind kind) {
        final Sample sample = new Sample(name, values);
        return new Plot.Bar(name, sample.median(), sample.interval().low(), sample.interval().high(), kind);
    }

    /** A benchmark that compares nobody is about the kernel alone. */
    private Plot.Kind kind(Row row) {
        final boolean isAlone = row.subject().isEmpty() && rows(row.simpleType()).stream()
                .noneMatch(other -> Names.isOwn(other.method()));
        return isAlone || Names.isOwn(row.subject()) || Names.isOwn(row.method()) ? Plot.Kind.OWN : Plot.Kind.PEER;
    }

    private static Optional<Plot> bars(String id, String title, String note, Plot.Axis axis,
            Stream<Plot.Group> groups) {
        final List<Plot.Group> filled = groups.filter(group -> !group.bars().isEmpty()).toList();
        return filled.stream().mapToInt(group -> group.bars().size()).sum() < 2 ? Optional.empty()
                : Optional.of(new Plot.Bars(id, title, note, axis, filled));
    }

    // ---- several writers --------------------------------------------------------------------------------------------

    private Optional<Plot> scaling() {
        final int size = size(results.rows().stream().filter(row -> TOGETHER.contains(row.simpleType())).toList());
        final List<Row> own = of(rows(OWN_BUFFERS), size);
        final List<Row> one = of(rows(ONE_BUFFER), size);
        final TreeSet<Integer> counts = Stream.concat(own.stream(), one.stream()).map(Row::threads)
                .collect(Collectors.toCollection(TreeSet::new));
        final String title = "Writers at the same time: what a record of " + size + " bytes costs each of them";
        if (counts.size() < LINE) {
            return bars(SCALING, title, INTERVALS, cost("a record of a writer"), counts.stream().flatMap(count ->
                    Stream.of(group(writers(count, count == 1 ? "" : ", a buffer each"), with(count, own),
                            (count == 1 ? "single" : "own-rings") + "," + count + "," + size),
                        group(writers(count, " on one buffer"), with(count, one), "one-ring," + count + "," + size))));
        }
        final List<Plot.Series> series = new ArrayList<>();
        series.addAll(series(own, Row::threads, row -> Names.of(row.subject()) + ", a buffer each", false));
        series.addAll(series(one, Row::threads, row -> Names.of(row.subject()) + ", one buffer", true));
        return Optional.of(new Plot.Lines(SCALING, title, INTERVALS + " Dashed: all write to one buffer.",
                new Plot.Axis("writers", "", Plot.Scale.LOG, true),
                new Plot.Axis("time for a record of a writer", "ns", Plot.Scale.LOG), series, List.of()));
    }

    private static String writers(int count, String where) {
        return count + (count == 1 ? " writer" : " writers") + where;
    }

    /** Those with so many threads; where all CPUs are two, two methods measure the same, and the first one counts. */
    private static List<Row> with(int threads, List<Row> rows) {
        return List.copyOf(rows.stream().filter(row -> row.threads() == threads).collect(Collectors.toMap(Row::subject,
                Function.identity(), (first, again) -> first, LinkedHashMap::new)).values());
    }

    // ---- latencies --------------------------------------------------------------------------------------------------

    private Optional<Plot> latencies() {
        if (results.latencies().isEmpty()) {
            return Optional.empty();
        }
        final Map<String, List<String>> loads = results.latencies().keySet().stream()
                .collect(Collectors.groupingBy(Latencies::load, TreeMap::new, Collectors.toList()));
        final List<Plot.Series> series = new ArrayList<>();
        results.latencies().forEach((run, histograms) -> {
            final String name = Names.of(Latencies.subject(run)) + (loads.size() > 1 ? " " + Latencies.load(run) : "");
            final boolean isOwn = Names.isOwn(Latencies.subject(run));
            series.add(new Plot.Series(name, isOwn ? Plot.Kind.OWN : Plot.Kind.PEER,
                    isOwn && Latencies.subject(run).contains("shared"), percentiles(histograms)));
        });
        return Optional.of(new Plot.Lines("latency", "How long the slowest writes take",
                "From the moment a record was due until it was written, " + String.join("; ", loads.keySet())
                + ". All JVMs together; on jrelay's lines from the least to the most of its JVMs."
                + Latencies.note(results.environment()),
                new Plot.Axis("percentile of all writes", "", Plot.Scale.NINES),
                new Plot.Axis("time from due to written", "ns", Plot.Scale.LOG), series, List.of()));
    }

    private List<Plot.Point> percentiles(List<Histogram> histograms) {
        final Histogram sum = Latencies.sum(histograms);
        // So far that at least ten values are beyond.
        final int nines = (int) Math.clamp((long) Math.log10(sum.getTotalCount()) - 1L, 1L,
                Latencies.nines(results.environment()));
        final List<Plot.Point> points = new ArrayList<>();
        points.add(percentile(MEDIAN_NINES, sum, histograms));
        for (int i = STEPS / 2; i <= nines * STEPS; i++) {
            points.add(i % STEPS == 0 ? percentile((double) i / STEPS, sum, histograms)
                    : new Plot.Point((double) i / STEPS, at((double) i / STEPS).applyAsDouble(sum)));
        }
        return points;
    }

    private static Plot.Point percentile(double nines, Histogram sum, List<Histogram> jvms) {
        return new Plot.Point(nines, at(nines).applyAsDouble(sum),
                jvms.stream().mapToDouble(at(nines)).min().orElseThrow(),
                jvms.stream().mapToDouble(at(nines)).max().orElseThrow());
    }

    private static ToDoubleFunction<Histogram> at(double nines) {
        final double percentile = HUNDRED * (1.0 - Math.pow(10.0, -nines));
        return histogram -> Math.max(1.0, histogram.getValueAtPercentile(percentile));
    }

    // ---- any benchmark ----------------------------------------------------------------------------------------------

    /** The plot of one benchmark class: lines where a size has many values, else bars; empty for a single row. */
    Optional<Plot> of(List<Row> rows) {
        final String type = rows.getFirst().simpleType();
        final boolean isShown = values(Row.SIZE, rows).size() < 2 && (TOGETHER.contains(type)
                || ALONE.contains(type) && rows.stream().allMatch(row -> row.isAlone(type, METHOD)));
        if (type.equals("TailLatency") || isShown) {
            return Optional.empty(); // its rows only say that the time table was kept; or they are in the headline
        }
        final String title = type + ": time for " + operation(type);
        if (rows.stream().map(Row::threads).distinct().count() >= LINE) {
            return Optional.of(new Plot.Lines(type, title, INTERVALS,
                    new Plot.Axis("writers", "", Plot.Scale.LOG, true),
                    new Plot.Axis("time for " + operation(type) + " of a writer", "ns", Plot.Scale.LOG),
                    series(rows, Row::threads, row -> label(row, rows, THREADS), false), List.of()));
        }
        final String axis = Stream.of(SUB_BUFFER_SIZE, Row.SIZE).filter(key -> values(key, rows).size() >= LINE)
                .findFirst().orElse("");
        if (!axis.isEmpty()) {
            final List<Plot.Series> series = series(rows, row -> Double.parseDouble(row.param(axis)),
                    row -> label(row, rows, axis), false);
            return Optional.of(new Plot.Lines(type, title, INTERVALS,
                    new Plot.Axis(axis.equals(Row.SIZE) ? "size of a record" : "size of a sub-buffer", "bytes",
                            Plot.Scale.LOG, true),
                    new Plot.Axis("time for " + operation(type), "ns", Plot.Scale.LOG), series, List.of()));
        }
        return bars(type, title, INTERVALS, cost(operation(type)), groups(rows).entrySet().stream()
                .map(entry -> withStrangers(type, group(entry.getKey(), entry.getValue(),
                        limits(entry.getValue())))));
    }

    private static String operation(String type) {
        return switch (type) {
            case "DrainToFile" -> "16 MiB";
            case "TimedEvent", "ReserveCommit" -> "an event";
            case "CpuSelection", "WakeUp" -> "a call";
            default -> "a record";
        };
    }

    /**
     * Rows that can be compared: the same method, size and count of threads, unless the methods are what is compared.
     */
    private static Map<String, List<Row>> groups(List<Row> rows) {
        final boolean byMethod = rows.stream().map(Row::method).distinct().count() > 1L
                && rows.stream().anyMatch(row -> !row.varying(rows).isEmpty());
        return rows.stream().collect(Collectors.groupingBy(row -> Stream.concat(byMethod ? Stream.of(row.method())
                : Stream.empty(), measures(row, rows)).collect(Collectors.joining(", ")), LinkedHashMap::new,
                Collectors.toList()));
    }

    /** Size and threads of a row, where the others have different ones, apart from {@code axes}. */
    private static Stream<String> measures(Row row, List<Row> rows, String... axes) {
        final List<String> shown = List.of(axes);
        final Stream<String> size = !shown.contains(Row.SIZE) && values(Row.SIZE, rows).size() > 1
                ? Stream.of(row.param(Row.SIZE) + " bytes") : Stream.empty();
        final Stream<String> threads = !shown.contains(THREADS) && rows.stream().filter(other -> other.method()
                .equals(row.method())).map(Row::threads).distinct().count() > 1L
                ? Stream.of(writers(row.threads(), "")) : Stream.empty();
        return Stream.concat(size, threads);
    }

    private static String[] limits(List<Row> rows) {
        final int threads = rows.getFirst().threads();
        return Stream.of(Report.question(rows.getFirst().type()).limits()).map(rule -> rule.split("=")[1]).distinct()
                .map(name -> name + "," + threads + "," + rows.getFirst().param(Row.SIZE)).toArray(String[]::new);
    }

    /** LTTng-UST beside the events with a time. */
    private Plot.Group withStrangers(String type, Plot.Group group) {
        final Optional<List<Double>> lttng = results.lttng().rows().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(Lttng.EVENT + ",")).map(Map.Entry::getValue).findFirst();
        if (!type.equals("TimedEvent") || lttng.isEmpty()) {
            return group;
        }
        final List<Plot.Bar> bars = new ArrayList<>(group.bars());
        bars.add(bar(Names.of(Lttng.EVENT), lttng.get(), Plot.Kind.PEER));
        bars.sort(Comparator.comparingDouble(Plot.Bar::value));
        return new Plot.Group(group.name(), bars);
    }

    // ---- rows -------------------------------------------------------------------------------------------------------

    private List<Row> rows(String... types) {
        return results.rows().stream().filter(row -> List.of(types).contains(row.simpleType())).toList();
    }

    private static List<Row> of(List<Row> rows, int size) {
        return rows.stream().filter(row -> row.param(Row.SIZE).equals(Integer.toString(size))).toList();
    }

    /** The usual size of a record if it is there, else the first one. */
    private static int size(List<Row> rows) {
        final TreeSet<Integer> sizes = values(Row.SIZE, rows).stream().map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
        return sizes.isEmpty() || sizes.contains(USUAL_SIZE) ? USUAL_SIZE : sizes.first();
    }

    private static List<String> values(String key, List<Row> rows) {
        return rows.stream().map(row -> row.param(key)).filter(value -> !value.isEmpty()).distinct().toList();
    }

    /** What tells a row from the others of its plot, apart from {@code axes}. */
    private static String label(Row row, List<Row> rows, String... axes) {
        final List<String> keys = new ArrayList<>(row.varying(rows));
        keys.removeAll(List.of(axes));
        final boolean named = row.subject().isEmpty() || keys.isEmpty();
        final Stream<String> method = named && rows.stream().map(Row::method).distinct().count() > 1L
                ? Stream.of(Names.of(row.method())) : Stream.empty();
        keys.sort(Comparator.comparing(key -> !Row.isSubject(key)));
        final List<String> parts = new ArrayList<>(Stream.concat(method, keys.stream().map(key -> Row.isSubject(key)
                ? Names.of(row.param(key)) : key + " " + row.param(key))).toList());
        if (parts.isEmpty()) {
            parts.add(Names.of(row.subject().isEmpty() ? row.method() : row.subject()));
        }
        return Stream.concat(parts.stream(), measures(row, rows, axes)).collect(Collectors.joining(", "));
    }

    /** Where two rows have the same place, as methods with the same count of threads have, the first one counts. */
    private List<Plot.Series> series(List<Row> rows, ToDoubleFunction<Row> x, Function<Row, String> name,
            boolean dashed) {
        final Map<String, List<Row>> byName = rows.stream().filter(row -> !row.subject().equals(Harness.NONE))
                .collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
        return byName.entrySet().stream().map(entry -> new Plot.Series(entry.getKey(),
                kind(entry.getValue().getFirst()), dashed, List.copyOf(entry.getValue().stream()
                .map(row -> point(row, x.applyAsDouble(row))).collect(Collectors.toMap(Plot.Point::x,
                Function.identity(), (first, again) -> first, TreeMap::new)).values()))).toList();
    }

    private static Plot.Point point(Row row, double x) {
        final double[] values = DoubleStream.of(row.median(), row.interval().low(), row.interval().high())
                .map(value -> value * row.nanosPerUnit()).toArray();
        return new Plot.Point(x, values[0], values[1], values[2]);
    }
}
