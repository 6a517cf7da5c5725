// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Benchmarks that JMH runs at once, with the same values of their parameters. A parameter whose value in the benchmark
 * is a {@link Group} gets the names of the group's peers. Only this project's have a storage to choose: they run in
 * each that is asked for, the others once.
 *
 * @param benchmarks full names
 * @param parameters values by the name of the parameter; the others have their defaults
 */
record Part(List<String> benchmarks, Map<String, List<String>> parameters) {
    /** The parameter of benchmarks that compare peers, and of which group; empty for those that compare nobody. */
    private record Contest(String parameter, String group) {
        private static final Contest NONE = new Contest("", "");

        static Contest of(BenchmarkListEntry benchmark) {
            return parameters(benchmark).entrySet().stream()
                    .filter(each -> each.getValue().length == 1 && Group.ALL.contains(each.getValue()[0]))
                    .map(each -> new Contest(each.getKey(), each.getValue()[0])).findFirst().orElse(NONE);
        }
    }

    static Map<String, String[]> parameters(BenchmarkListEntry benchmark) {
        return benchmark.getParams().orElse(Map.of());
    }

    /** What its parameters are if a user says nothing. */
    static Map<String, List<String>> defaults(BenchmarkListEntry benchmark) {
        final Map<String, List<String>> defaults = new TreeMap<>();
        parameters(benchmark).forEach((name, values) -> defaults.put(name, List.of(values)));
        final Contest contest = Contest.of(benchmark);
        if (!contest.equals(Contest.NONE)) {
            defaults.put(contest.parameter(), Peers.in(contest.group()).stream().map(Peer::name).toList());
        }
        return defaults;
    }

    /** Those whose names match one of {@code names} from the start of the class name; all if there is none. */
    static List<BenchmarkListEntry> benchmarks(List<String> names) {
        final List<String> patterns = names.stream().map(name -> "\\." + name).toList();
        return List.copyOf(BenchmarkList.defaultList().find(OutputFormatFactory.createFormatInstance(System.out,
                VerboseMode.SILENT), patterns, List.of()));
    }

    /**
     * Divides what a user chose.
     *
     * @param names of benchmarks; none for all
     * @param given values of parameters; for the one of a group names of peers, or groups, whose members are meant
     * @throws IllegalArgumentException if a parameter is not known, or nothing is left to run, saying what could be
     */
    static List<Part> of(List<String> names, Map<String, List<String>> given) {
        final List<BenchmarkListEntry> all = benchmarks(names);
        final Map<Contest, List<BenchmarkListEntry>> contests = all.stream()
                .collect(Collectors.groupingBy(Contest::of, LinkedHashMap::new, Collectors.toList()));
        if (contests.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", names)
                    + ": no benchmark is called so; --list names all");
        }
        checkNames(given.keySet(), all);
        checkStorage(given.getOrDefault(Place.STORAGE, List.of()), all);
        final List<Part> parts = new ArrayList<>();
        contests.forEach((contest, benchmarks) -> {
            final List<String> full = benchmarks.stream().map(BenchmarkListEntry::getUsername).toList();
            if (contest.equals(Contest.NONE)) {
                parts.add(new Part(full, given));
                return;
            }
            given.getOrDefault(contest.parameter(), List.of()).forEach(name -> checkPeer(contest, name));
            final Map<Boolean, List<Peer>> peers =
                    chosen(contest, given).collect(Collectors.partitioningBy(Peer::isOwn));
            add(parts, full, contest, peers.get(true), given, Optional.empty());
            add(parts, full, contest, peers.get(false), given, Optional.of(Place.MEMORY));
        });
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(given + ": none of these benchmarks compares them; they compare "
                    + contests.keySet().stream().flatMap(contest -> Peers.in(contest.group()).stream()).map(Peer::name)
                    .distinct().collect(Collectors.joining(", ")));
        }
        return parts;
    }

    private static void checkNames(Set<String> given, List<BenchmarkListEntry> benchmarks) {
        final Set<String> known = benchmarks.stream().flatMap(each -> parameters(each).keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        given.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("--param " + name + ": these benchmarks have "
                    + (known.isEmpty() ? "no parameters" : String.join(", ", known)));
        });
    }

    /** A benchmark may know one more than the usual ones. */
    private static void checkStorage(List<String> given, List<BenchmarkListEntry> benchmarks) {
        final Set<String> known = new LinkedHashSet<>(Place.ALL);
        benchmarks.forEach(each -> known.addAll(defaults(each).getOrDefault(Place.STORAGE, List.of())));
        given.stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(Place.STORAGE + "=" + name + ": must be one of "
                    + String.join(", ", known));
        });
    }

    private static void checkPeer(Contest contest, String name) {
        if (Peers.find(name).isEmpty() && !Group.ALL.contains(name) && !name.equals(Group.OTHERS)) {
            throw new IllegalArgumentException(contest.parameter() + "=" + name + ": must be one of "
                    + Peers.in(contest.group()).stream().map(Peer::name).collect(Collectors.joining(", "))
                    + "; or a group of peers: " + String.join(", ", new TreeSet<>(Group.ALL)) + ", " + Group.OTHERS);
        }
    }

    private static Stream<Peer> chosen(Contest contest, Map<String, List<String>> given) {
        return Peers.in(contest.group()).stream().filter(peer -> !given.containsKey(contest.parameter())
                || given.get(contest.parameter()).stream().anyMatch(who -> peer.name().equals(who) || peer.isIn(who)));
    }

    private static void add(List<Part> parts, List<String> benchmarks, Contest contest, List<Peer> peers,
            Map<String, List<String>> given, Optional<String> storage) {
        if (!peers.isEmpty()) {
            final Map<String, List<String>> values = new LinkedHashMap<>(given);
            values.put(contest.parameter(), peers.stream().map(Peer::name).toList());
            storage.ifPresent(only -> values.put(Place.STORAGE, List.of(only)));
            parts.add(new Part(benchmarks, values));
        }
    }

    /** Tells JMH. */
    void into(ChainedOptionsBuilder options) {
        benchmarks.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
        parameters.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
    }
}
