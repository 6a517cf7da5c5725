// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.HdrHistogram.Histogram;

/**
 * What the kernel is to reach, computed from what was measured. A target whose benchmarks are not among the results is
 * left out. A cost is to be at most so many times that of something else; faster means that the other one costs at
 * least so many times as much.
 */
final class Targets {
    private static final String SHARED = "relay-shared";
    private static final String EXCLUSIVE = "relay-exclusive";
    private static final List<String> KINDS = List.of(EXCLUSIVE, SHARED);
    private static final String OVERWRITE = "-overwrite";
    private static final String WRITE = "write";
    private static final double TAIL = 99.99;
    /** Bytes per operation that JMH's own allocations may leave. */
    private static final double NO_BYTES = 0.05;

    /**
     * One line of the table.
     *
     * @param target in words
     * @param measured what is judged, and beside what
     * @param ratio of the two
     * @param bound what it is judged by
     */
    record Outcome(String target, String measured, Sample.Ratio ratio, Bound bound) {
        boolean met() {
            return bound.holds(ratio.value());
        }

        /** Whether both ends of the interval say the same. */
        boolean isClear() {
            return bound.holds(ratio.low()) == bound.holds(ratio.high());
        }
    }

    /**
     * A bound of a ratio.
     *
     * @param atMost whether the ratio must not be higher, else not lower
     * @param value the bound
     */
    record Bound(boolean atMost, double value) {
        boolean holds(double ratio) {
            return atMost ? ratio <= value : ratio >= value;
        }

        @Override
        public String toString() {
            return (atMost ? "≤ " : "≥ ") + String.format(Locale.ROOT, "%.2f", value);
        }
    }

    private final Results results;
    private final List<Outcome> outcomes = new ArrayList<>();

    private Targets(Results results) {
        this.results = results;
    }

    static List<Outcome> of(Results results) {
        final Targets targets = new Targets(results);
        targets.writes();
        targets.writers();
        targets.streaming();
        targets.latencies();
        targets.files();
        targets.allocation();
        return targets.outcomes;
    }

    private void writes() {
        for (final String mode : List.of("", OVERWRITE)) {
            compare("exclusive write, beside C", atMost(1.4), write("ExclusiveWrite", EXCLUSIVE + mode),
                    limit("single"));
        }
        for (final String mode : List.of("", OVERWRITE)) {
            compare("shared write, beside C", atMost(1.25), write("SharedWrite", SHARED + mode), limit("cas-xadd"));
        }
        final Map<Integer, Sample> reserved = find("ReserveCommit", "event", SHARED::equals);
        final Map<Integer, Sample> claimed = find("ReserveCommit", "event", EXCLUSIVE::equals);
        compare("reserve and commit, beside C", atMost(1.2), reserved, limit("reserve-32"));
        compare("reserve and commit, beside C", atMost(1.2), claimed, limit("claim-32"));
        faster("shared write", 3.0, "SharedWrite", SHARED, "agrona-mto1");
        faster("shared write", 1.3, "SharedWrite", SHARED, "disruptor-multi");
        faster("exclusive write", 4.0, "ExclusiveWrite", EXCLUSIVE, "agrona-1to1");
        faster("exclusive write", 1.8, "ExclusiveWrite", EXCLUSIVE, "disruptor-single");
    }

    private void writers() {
        final Map<Integer, Sample> peer = find("WritersOnOneBuffer", "two", Targets::isPeer);
        for (final String kind : List.of(SHARED + OVERWRITE, EXCLUSIVE + OVERWRITE, SHARED, EXCLUSIVE)) {
            final Map<Integer, Sample> two = find("WritersOnOwnBuffers", "two", kind::equals);
            compare("two writers with a buffer each, beside one", atMost(1.1), two,
                    find("WritersOnOwnBuffers", "one", kind::equals));
            compare("two writers with a buffer each, faster than any peer's on one", atLeast(5.0), two, peer);
        }
    }

    private void streaming() {
        final Map<Integer, Sample> peer = find("Streaming", WRITE, Targets::isPeer);
        peer.keySet().retainAll(Set.of(64, 256));
        for (final String kind : KINDS) {
            final Map<Integer, Sample> relay = write("Streaming", kind);
            compare("streaming, faster than any peer", atLeast(2.0), relay, peer);
            compare("streaming, beside C", atMost(1.3), relay,
                    limit(kind.equals(SHARED) ? "stream" : "stream-single"));
        }
    }

    private void latencies() {
        final Map<String, Sample> tails = new TreeMap<>();
        results.latencies().forEach((run, histograms) -> tails.put(run, tail(run, histograms)));
        tails.entrySet().stream().filter(entry -> isPeer(entry.getKey())).map(Map.Entry::getValue)
                .min(Comparator.comparingDouble(Sample::median)).ifPresent(best ->
                    tails.forEach((run, sample) -> {
                        if (!isPeer(run)) {
                            add("p99.99 of a write, beside the best peer", atMost(1.0), sample, best);
                        }
                    }));
        for (final String method : List.of("relayExclusive", "relayShared")) {
            final Map<Integer, Sample> event = timed(method);
            compare("an event with its time, beside the clock alone", atMost(1.4), event, timed("nanoTime"));
            compare("an event with its time, beside a JFR event", atMost(1.0), event, timed("jfr"));
            results.lttng().rows().forEach((key, values) -> {
                if (key.startsWith("lttng-overwrite,")) {
                    event.values().forEach(sample -> add("an event with its time, beside an LTTng-UST event",
                            atMost(0.5), sample, new Sample("lttng-overwrite", values)));
                }
            });
        }
    }

    private Map<Integer, Sample> timed(String method) {
        return find("TimedEvent", method, subject -> true);
    }

    /** One value for each JVM. */
    private static Sample tail(String run, List<Histogram> histograms) {
        return new Sample(run, histograms.stream().map(histogram -> (double) histogram.getValueAtPercentile(TAIL))
                .toList());
    }

    private void files() {
        for (final String kind : KINDS) {
            compare("logging to a file, beside a mapped append", atMost(1.0), write("LogToFile", kind),
                    write("LogToFile", "mapped"));
        }
        compare("draining to a file, speed beside plain writes", atLeast(0.9),
                find("DrainToFile", "relay", subject -> true), find("DrainToFile", "plain", subject -> true));
    }

    /** The row that allocates most, of those that count single messages; a snapshot is a new object, by design. */
    private void allocation() {
        results.rows().stream().filter(row -> Names.isOwn(row.subject()) && row.unit().equals("ns/op")
                && !row.param("reader").equals("snapshot") && row.counters().containsKey(Report.ALLOCATED))
                .max(Comparator.comparingDouble(row -> row.counters().get(Report.ALLOCATED))).ifPresent(row -> {
                    final double bytes = row.counters().get(Report.ALLOCATED);
                    outcomes.add(new Outcome("bytes allocated for a message, the worst row", row.simpleType() + "."
                            + row.method() + " " + row.subject(), new Sample.Ratio(bytes, bytes, bytes, bytes),
                            atMost(NO_BYTES)));
                });
    }

    private void faster(String what, double times, String type, String relay, String peer) {
        compare(what + ", faster than " + peer, atLeast(times), write(type, relay), write(type, peer));
    }

    /** Those sizes that both have. */
    private void compare(String target, Bound bound, Map<Integer, Sample> measured, Map<Integer, Sample> other) {
        measured.forEach((size, sample) -> {
            if (other.containsKey(size)) {
                add(target, bound, sample, other.get(size));
            }
        });
    }

    private void add(String target, Bound bound, Sample sample, Sample other) {
        final Sample.Ratio ratio = bound.atMost() ? sample.over(other) : other.over(sample);
        outcomes.add(new Outcome(target, sample.name() + " / " + other.name(), ratio, bound));
    }

    private Map<Integer, Sample> write(String type, String subject) {
        return find(type, WRITE, subject::equals);
    }

    /** The samples of a method by size; of several subjects the one with the lowest median. */
    private Map<Integer, Sample> find(String type, String method, Predicate<String> subject) {
        final Map<Integer, Sample> found = new TreeMap<>();
        for (final Row row : results.rows()) {
            if (row.is(type, method) && subject.test(row.subject())) {
                final String size = row.params().getOrDefault(Row.SIZE, row.param("subBufferSize"));
                final String name = row.subject().isEmpty() ? method : row.subject();
                found.merge(size.isEmpty() ? 0 : Integer.parseInt(size),
                        new Sample(size.isEmpty() ? name : name + " " + size + " B", row.values()), Targets::faster);
            }
        }
        return found;
    }

    private Map<Integer, Sample> limit(String name) {
        final Map<Integer, Sample> found = new TreeMap<>();
        results.limits().rows().forEach((key, values) -> {
            final String[] fields = key.split(",");
            if (fields[0].equals(name)) {
                found.put(Integer.parseInt(fields[2]), new Sample("C " + name, values));
            }
        });
        return found;
    }

    private static Sample faster(Sample one, Sample other) {
        return one.median() <= other.median() ? one : other;
    }

    private static boolean isPeer(String subject) {
        return !Names.isOwn(subject);
    }

    private static Bound atMost(double value) {
        return new Bound(true, value);
    }

    private static Bound atLeast(double value) {
        return new Bound(false, value);
    }
}
