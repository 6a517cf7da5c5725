// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What the kernel is to reach, computed from what was measured. A target whose benchmarks are not among the results is
 * left out. A cost is to be at most so many times that of something else; faster means that the other one costs at
 * least so many times as much.
 */
final class Targets {
    private static final String SHARED = Relay.SHARED;
    private static final String EXCLUSIVE = Relay.EXCLUSIVE;
    private static final List<String> KINDS = List.of(EXCLUSIVE, SHARED);
    private static final String OVERWRITE = Relay.OVERWRITE;
    private static final String WRITE = "write";
    private static final Set<String> CHANNEL_WRITES = Set.of(WRITE, "writeByTwo", "writeByAll");
    /** What the choice of a buffer may cost. */
    private static final double CHOICE_NANOS = 1.5;
    private static final List<Aim> AIMS = List.of(
            new Aim(SHARED, Place.MEMORY, 1.15, 1.15, Map.of(Disruptor.MANY_PRODUCERS, 1.5, Agrona.MANY_TO_ONE, 2.5)),
            new Aim(EXCLUSIVE, Place.MEMORY, 1.5, 2.3, Map.of(Disruptor.ONE_PRODUCER, 1.4, Agrona.ONE_TO_ONE, 3.0)),
            new Aim(EXCLUSIVE, Place.HEAP, 1.05, 1.35, Map.of(Disruptor.ONE_PRODUCER, 2.1, Agrona.ONE_TO_ONE, 4.5)),
            new Aim(SHARED, Place.FILES, 1.4, 1.15, Map.of(Agrona.MANY_TO_ONE, 1.0, AeronIpc.SHARED, 1.0)),
            new Aim(EXCLUSIVE, Place.FILES, 1.5, 2.0, Map.of(Disruptor.ONE_PRODUCER, 1.3)));
    private static final double TAIL = 99.99;
    /** Bytes per operation that JMH's own allocations may leave. */
    private static final double NO_BYTES = 0.05;

    /**
     * What a kind of writer is to reach, in overwrite mode.
     *
     * @param kind shared or exclusive
     * @param storage of its channel
     * @param write times what C needs for a write
     * @param event times what C needs for an event in place
     * @param peers how many times as much a peer's write is to cost
     */
    private record Aim(String kind, String storage, double write, double event, Map<String, Double> peers) {
    }

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
        for (final Aim aim : AIMS) {
            final boolean shared = aim.kind().equals(SHARED);
            final String subject = Row.subject(aim.kind() + OVERWRITE, aim.storage());
            final Map<Integer, Sample> written = write(shared ? "SharedWrite" : "ExclusiveWrite", subject);
            final String where = aim.storage().equals(Place.MEMORY) ? "" : ", " + aim.storage();
            compare((shared ? "shared" : "exclusive") + " write" + where + ", beside C", atMost(aim.write()), written,
                    limit(shared ? "cas-xadd" : "single"));
            compare((shared ? "reserve and commit" : "claim and commit") + where + ", beside C", atMost(aim.event()),
                    net(alone("ReserveCommit", "event"), subject::equals), limit(shared ? "reserve-32" : "claim-32"));
            new TreeMap<>(aim.peers()).forEach((peer, times) -> compare((shared ? "shared" : "exclusive")
                    + " write" + where + ", faster than " + peer, atLeast(times), written,
                    write(shared ? "SharedWrite" : "ExclusiveWrite", peer)));
        }
        final Map<Integer, Sample> chosen = find(alone("CpuSelection", WRITE), "striped"::equals);
        compare("channel.write, beside its writer and 1.5 ns", atMost(1.0), chosen,
                plus(find(alone("CpuSelection", "writer"), "striped"::equals), CHOICE_NANOS));
        final int cores = Integer.parseInt(results.environment().getOrDefault("cores", "1"));
        counts("CpuSelection").headSet(cores, true).forEach(count -> compare("channel.write from " + count
                + " threads, beside one", atMost(1.15), find(together("CpuSelection", count)
                .and(row -> CHANNEL_WRITES.contains(row.method())), "striped"::equals), chosen));
    }

    /** What one thread does. */
    private static Predicate<Row> alone(String type, String method) {
        return row -> row.isAlone(type, method);
    }

    /** What so many threads do at once; which method it was says nothing more. */
    private static Predicate<Row> together(String type, int threads) {
        return row -> row.simpleType().equals(type) && row.threads() == threads;
    }

    /** With how many threads, where there are several, it was measured. */
    private NavigableSet<Integer> counts(String type) {
        return results.rows().stream().filter(row -> row.simpleType().equals(type)).map(Row::threads)
                .filter(count -> count > 1).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the benchmark itself costs is taken off. */
    private Map<Integer, Sample> net(Predicate<Row> benchmark, Predicate<String> subject) {
        final Sample harness = find(benchmark, Harness.NONE::equals).values().stream().findFirst().orElse(null);
        final Map<Integer, Sample> gross = find(benchmark, subject);
        return harness == null ? gross : plus(gross, -harness.median());
    }

    private static Map<Integer, Sample> plus(Map<Integer, Sample> samples, double nanos) {
        final Map<Integer, Sample> moved = new TreeMap<>();
        samples.forEach((size, sample) -> moved.put(size, new Sample(sample.name(),
                sample.values().stream().map(value -> value + nanos).toList())));
        return moved;
    }

    private void writers() {
        for (final int count : counts("WritersOnOwnBuffers")) {
            final Map<Integer, Sample> peer = net(together("WritersOnOneBuffer", count), Names::isPeer);
            for (final String kind : List.of(SHARED + OVERWRITE, EXCLUSIVE + OVERWRITE, SHARED, EXCLUSIVE)) {
                final Map<Integer, Sample> all = net(together("WritersOnOwnBuffers", count), kind::equals);
                compare(count + " writers with a buffer each, beside one", atMost(1.1), all,
                        net(together("WritersOnOwnBuffers", 1), kind::equals));
                compare(count + " writers with a buffer each, faster than any peer's on one", atLeast(5.0), all, peer);
            }
        }
    }

    private void streaming() {
        final Map<Integer, Sample> peer = find(alone("Streaming", WRITE), Names::isPeer);
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
        if (!Latencies.isCrowded(results.environment())) {
            results.latencies().forEach((run, histograms) -> tails.put(run, tail(run, histograms)));
            tails.keySet().removeIf(run -> !Peers.isIn(Group.STREAM, Latencies.subject(run)));
        }
        tails.forEach((run, sample) -> {
            if (Names.isOwn(Latencies.subject(run))) {
                tails.keySet().stream().filter(other -> Names.isPeer(Latencies.subject(other))
                        && Latencies.load(other).equals(Latencies.load(run))).map(tails::get)
                        .min(Comparator.comparingDouble(Sample::median)).ifPresent(best ->
                            add("p99.99 of a write, beside the best peer", atMost(1.0), sample, best));
            }
        });
        for (final String kind : KINDS) {
            final Map<Integer, Sample> event = timed(kind + OVERWRITE);
            compare("an event with its time, beside the clock alone", atMost(1.4), event, timed(Harness.CLOCK));
            compare("an event with its time, beside a JFR event", atMost(1.0), event, timed(Jfr.EVENT));
            results.lttng().rows().forEach((key, values) -> {
                if (key.startsWith(Lttng.EVENT + ",")) {
                    event.values().forEach(sample -> add("an event with its time, beside an LTTng-UST event",
                            atMost(0.5), sample, new Sample(Lttng.EVENT, values)));
                }
            });
        }
    }

    private Map<Integer, Sample> timed(String subject) {
        return find(alone("TimedEvent", "event"), subject::equals);
    }

    /** One value for each JVM. */
    private static Sample tail(String run, List<Histogram> histograms) {
        return new Sample(run, histograms.stream().map(histogram -> (double) histogram.getValueAtPercentile(TAIL))
                .toList());
    }

    private void files() {
        for (final String kind : KINDS) {
            compare("logging to a file, beside a mapped append", atMost(1.0), write("LogToFile", kind),
                    write("LogToFile", JdkFiles.MAPPED));
        }
        compare("draining to a file, speed beside plain writes", atLeast(0.9),
                drained("relay"), drained("plain"));
        compare("draining to a file, speed beside plain writes from as much memory", atLeast(0.9),
                drained("relay"), drained("plainSpread"));
    }

    private Map<Integer, Sample> drained(String method) {
        return find(alone("DrainToFile", method), subject -> true);
    }

    /** The row that allocates most, of those that count single messages; a snapshot is a new object, by design. */
    private void allocation() {
        results.rows().stream().filter(row -> Names.isOwn(row.subject())
                && row.param(Row.FRAMEWORK).isEmpty() && row.unit().equals("ns/op")
                && !row.param("reader").equals("snapshot") && row.counters().containsKey(Report.ALLOCATED))
                .max(Comparator.comparingDouble(row -> row.counters().get(Report.ALLOCATED))).ifPresent(row -> {
                    final double bytes = row.counters().get(Report.ALLOCATED);
                    outcomes.add(new Outcome("bytes allocated for a message, the worst row", row.simpleType() + "."
                            + row.method() + " " + row.subject() + (row.threads() > 1 ? ", " + row.threads()
                            + " threads" : ""), new Sample.Ratio(bytes, bytes, bytes, bytes),
                            atMost(NO_BYTES)));
                });
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
        return net(alone(type, WRITE), subject::equals);
    }

    /** The samples of a benchmark by size; of several subjects the one with the lowest median. */
    private Map<Integer, Sample> find(Predicate<Row> benchmark, Predicate<String> subject) {
        final Map<Integer, Sample> found = new TreeMap<>();
        for (final Row row : results.rows()) {
            final String who = row.subject().isEmpty() ? row.param("selector") : row.subject();
            final boolean inMemory = row.params().getOrDefault(Place.STORAGE, Place.MEMORY).equals(Place.MEMORY);
            if (benchmark.test(row) && inMemory && subject.test(who)) {
                final String size = row.params().getOrDefault(Row.SIZE, row.param("subBufferSize"));
                final String name = who.isEmpty() ? row.method()
                        : row.subject().isEmpty() ? row.method() + " " + who : who;
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

    private static Bound atMost(double value) {
        return new Bound(true, value);
    }

    private static Bound atLeast(double value) {
        return new Bound(false, value);
    }
}
