// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.page.Page;
import dev.jrelay.page.Plot;
import dev.jrelay.page.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** The page of a run: the answer, the targets, the plots that say most, then a plot and a table for each class. */
final class Report {
    /** The metric of {@code -prof gc}. */
    static final String ALLOCATED = "gc.alloc.rate.norm";

    private static final String METHOD = "method";
    private static final String THREADS = "threads";
    private static final String MEDIAN = "median";
    private static final String MIN = "min";
    private static final List<String> COLUMNS =
            List.of(MEDIAN, "95 %", MIN, "unit", "B/op", "full", "lost", "x first", "x C");

    private final Results results;
    private final Page page;

    private Report(Results results) {
        this.results = results;
        page = new Page("jrelay benchmarks", answer());
    }

    /** The page of {@code results}. */
    static Page page(Results results) {
        final Report report = new Report(results);
        report.circumstances();
        report.targets(Targets.of(results));
        final Charts charts = new Charts(results);
        final List<Plot> headline = charts.headline();
        if (!headline.isEmpty()) {
            report.page.heading("The answers that matter most");
            headline.forEach(report.page::plot);
        }
        report.classes(charts);
        report.latencies();
        report.limits("Limits in C", "ns for each message: `limits.c`, gcc -O2.", results.limits());
        report.limits("LTTng-UST", "ns for each message: `lttng.sh`.", results.lttng());
        report.environment();
        return report.page;
    }

    // ---- the answer -------------------------------------------------------------------------------------------------

    private String answer() {
        final List<Targets.Outcome> outcomes = Targets.of(results);
        final List<String> costs = Stream.of(cost("ExclusiveWrite", Relay.EXCLUSIVE, "in a buffer with one writer",
                "single"), cost("SharedWrite", Relay.SHARED, "in a shared one", "cas-xadd"))
                .flatMap(Optional::stream).toList();
        final List<String> parts = new ArrayList<>();
        if (!costs.isEmpty()) {
            parts.add("a record costs " + String.join(" and ", costs));
        }
        if (!outcomes.isEmpty()) {
            final long uncertain = count(outcomes, outcome -> !outcome.isClear());
            parts.add(count(outcomes, Targets.Outcome::met) + " of " + outcomes.size() + " targets are met, "
                    + (uncertain == 1L ? "1 verdict is" : uncertain + " verdicts are") + " uncertain");
        }
        final String answer = parts.isEmpty() ? results.rows().size() + " rows were measured; no target is among them"
                : String.join("; ", parts);
        return Character.toUpperCase(answer.charAt(0)) + answer.substring(1) + ".";
    }

    private static long count(List<Targets.Outcome> outcomes, Predicate<Targets.Outcome> which) {
        return outcomes.stream().filter(which).count();
    }

    /** What the kernel's write costs, beside the quickest peer and C. */
    private Optional<String> cost(String type, String subject, String where, String limit) {
        final List<Row> rows = results.rows().stream().filter(row -> row.isAlone(type, "write")).toList();
        final Optional<Row> own = rows.stream().filter(row -> row.subject().equals(subject)
                || row.subject().equals(subject + Relay.OVERWRITE)).findFirst();
        return own.map(row -> {
            final String size = row.param(Row.SIZE);
            final Stream<String> peer = rows.stream().filter(other -> Names.isPeer(other.subject())
                    && other.param(Row.SIZE).equals(size))
                    .min(Comparator.comparingDouble(Row::median)).stream()
                    .map(best -> Names.project(best.subject()) + " " + number(best.median()));
            final Stream<String> bar = results.limits().median(limit, Integer.parseInt(size)).stream()
                    .mapToObj(median -> "C " + number(median));
            final String beside = Stream.concat(peer, bar).collect(Collectors.joining(", "));
            return number(row.median()) + " ns " + where + " (" + size + " bytes" + (beside.isEmpty() ? ""
                    : "; " + beside) + ")";
        });
    }

    private void circumstances() {
        final Map<String, String> entries = results.environment();
        if (!entries.isEmpty()) {
            page.text(machine(entries) + "; nothing else running: " + entries.get("quiet") + ". Command: `"
                    + entries.get("command") + "`.");
        }
    }

    /** When and on what it was measured. */
    static String machine(Map<String, String> entries) {
        return entries.get("date").substring(0, 10) + ", " + entries.get("cores") + " CPUs ("
                + entries.get("cpu").replaceAll("model name : |,? ?model : \\d+", "") + "), " + entries.get("kernel")
                + ", " + entries.get("jdk");
    }

    private void environment() {
        if (!results.environment().isEmpty()) {
            final Table table = new Table(List.of("what", "value"));
            results.environment().forEach((key, value) -> table.row(List.of(key, "`" + value + "`")));
            page.fold("Machine and command").table(table);
        }
    }

    // ---- targets ----------------------------------------------------------------------------------------------------

    private void targets(List<Targets.Outcome> outcomes) {
        if (outcomes.isEmpty()) {
            return;
        }
        final Table table = new Table(List.of("target", "measured", "ratio", "95 %", "minima", "bound", "verdict"));
        outcomes.forEach(outcome -> table.row(
                !outcome.isClear() ? Table.Verdict.OPEN : outcome.met() ? Table.Verdict.GOOD : Table.Verdict.BAD,
                List.of(outcome.target(), outcome.measured().replace('_', ' '), number(outcome.ratio().value()),
                        interval(outcome.ratio().low(), outcome.ratio().high()), number(outcome.ratio().minima()),
                        outcome.bound().toString(), (outcome.met() ? "met" : "missed")
                        + (outcome.isClear() ? "" : ", unclear"))));
        page.heading("Targets").text("Quotients of medians with their 95 % interval (bootstrap); `unclear` where that "
                + "contains the bound; beside them the quotient of minima. `faster than`: the other one's cost beside "
                + "this one's.").table(table);
    }

    // ---- every class ------------------------------------------------------------------------------------------------

    private void classes(Charts charts) {
        final Map<String, List<Row>> classes = new TreeMap<>();
        results.rows().forEach(row -> classes.computeIfAbsent(row.type(), key -> new ArrayList<>()).add(row));
        page.heading("Everything that was measured").text("Medians with their 95 % interval (bootstrap) over all "
                + "iterations of all JVMs, and minima. `full`: writes that found no room and were repeated, `lost`: "
                + "messages given up, both per million. `x first`: the median beside that of the first subject; "
                + "`x C`: beside the C limit with the same atomic operations.");
        classes.values().forEach(rows -> {
            page.fold(rows.getFirst().simpleType() + ": " + question(rows.getFirst().type()).value());
            charts.of(rows).ifPresent(page::plot);
            page.table(table(rows));
        });
    }

    private Table table(List<Row> rows) {
        final Question question = question(rows.getFirst().type());
        final List<String> keys = keys(rows);
        final Table table = new Table(Stream.of(keys, COLUMNS).flatMap(List::stream).toList());
        final Map<String, Double> first = new LinkedHashMap<>();
        rows.forEach(row -> table.row(cells(question, keys, row, first)));
        return table;
    }

    /** What tells the rows apart: the subject first, then the method, threads and the parameters that vary. */
    private static List<String> keys(List<Row> rows) {
        final Set<String> keys = new LinkedHashSet<>();
        final Set<String> params = rows.stream().flatMap(row -> row.params().keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        params.stream().filter(Row::isSubject).forEach(keys::add);
        if (keys.isEmpty() || rows.stream().map(Row::method).distinct().count() > 1L) {
            keys.add(METHOD);
        }
        if (rows.stream().anyMatch(row -> row.threads() > 1)) {
            keys.add(THREADS);
        }
        params.stream().filter(key -> varies(key, rows)).forEach(keys::add);
        return List.copyOf(keys);
    }

    private List<String> cells(Question question, List<String> keys, Row row, Map<String, Double> first) {
        final List<String> cells = new ArrayList<>();
        final StringBuilder group = new StringBuilder(row.method());
        for (final String key : keys) {
            final String cell = key.equals(METHOD) ? row.method()
                    : key.equals(THREADS) ? Integer.toString(row.threads()) : row.param(key);
            cells.add(cell);
            if (!key.equals(Row.SUBJECT)) {
                group.append(' ').append(cell);
            }
        }
        final Double allocated = row.counters().get(ALLOCATED);
        cells.addAll(List.of(number(row.median()), interval(row.interval().low(), row.interval().high()),
                number(row.min()), row.unit(),
                allocated == null ? "" : String.format(Locale.ROOT, "%,.1f", allocated),
                perMillion(row, "full"), perMillion(row, "lost")));
        final boolean compared = row.params().containsKey(Row.SUBJECT);
        cells.add(compared ? number(row.median() / first.computeIfAbsent(group.toString(), key -> row.median())) : "");
        final OptionalDouble limit = limit(question, row);
        cells.add(limit.isPresent() ? number(row.median() / limit.getAsDouble()) : "");
        return cells;
    }

    private OptionalDouble limit(Question question, Row row) {
        if (!row.params().containsKey(Row.SUBJECT)) {
            return OptionalDouble.empty();
        }
        for (final String rule : question.limits()) {
            final String[] sides = rule.split("=");
            final boolean twoThreads = sides[1].equals("one-ring") || sides[1].equals("own-rings");
            if (row.subject().startsWith(sides[0]) && row.threads() == (twoThreads ? 2 : 1)) {
                return results.limits().median(sides[1], Integer.parseInt(row.param(Row.SIZE)));
            }
        }
        return OptionalDouble.empty();
    }

    private static boolean varies(String key, List<Row> rows) {
        return rows.stream().map(row -> row.param(key)).distinct().count() > 1L;
    }

    private static String perMillion(Row row, String counter) {
        final Double count = row.counters().get(counter);
        final Double messages = row.counters().get("messages");
        if (count == null || messages == null) {
            return "";
        }
        final double all = messages + count;
        return all == 0.0 ? "" : number(1e6 * count / all);
    }

    private void latencies() {
        final List<String> columns = new ArrayList<>(List.of("run"));
        final double most = 100.0 * (1.0 - Math.pow(10.0, -Latencies.nines(results.environment())));
        final List<Double> percentiles = Latencies.PERCENTILES.stream().filter(p -> p <= most
                || p == 100.0 && !Latencies.isCrowded(results.environment())).toList();
        percentiles.forEach(p -> columns.add(p < 100.0 ? String.format(Locale.ROOT, "%s %%",
                p.toString().replaceAll("\\.0$", "")) : "max"));
        final Table table = new Table(columns);
        results.latencies().forEach((name, histograms) -> {
            final Histogram histogram = Latencies.sum(histograms);
            final List<String> cells = new ArrayList<>(List.of(name.replace('_', ' ')));
            percentiles.forEach(p -> cells.add(String.format(Locale.ROOT, "%,d",
                    histogram.getValueAtPercentile(p))));
            table.row(cells);
        });
        if (!results.latencies().isEmpty()) {
            page.fold("Latencies").text("ns from the due time to the end of the write."
                    + Latencies.note(results.environment())).table(table);
        }
    }

    private void limits(String title, String what, Limits limits) {
        final Table table = new Table(List.of("row, threads, bytes", MEDIAN, MIN));
        limits.rows().forEach((name, values) -> table.row(List.of(name, number(Sample.median(values)),
                number(values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN)))));
        if (!limits.rows().isEmpty()) {
            page.fold(title).text(what).table(table);
        }
    }

    static Question question(String type) {
        try {
            return Class.forName(type).getAnnotation(Question.class);
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        final String format = value == 0.0 ? "%.0f" : value < 10.0 ? "%.2f" : value < 1000.0 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, value);
    }

    private static String interval(double low, double high) {
        return number(low) + "–" + number(high);
    }
}
