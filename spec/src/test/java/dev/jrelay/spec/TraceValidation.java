// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import dev.jrelay.spec.TraceRecorder.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Records runs of free threads, orders them, and has TLC say whether each is a behaviour of the model. */
final class TraceValidation {
    /**
     * What became of a number of runs.
     *
     * @param pairs steps of two threads of which one came next after the other
     * @param overlapping of these pairs, those in which one had not ended when the other began
     */
    record Verdict(int accepted, long steps, long pairs, long overlapping, List<String> rejected) {
        double overlap() {
            return (double) overlapping / pairs;
        }
    }

    private static final String MODULE = "RelayTrace";
    private static final Path TRACE_MODULES = Path.of("src/test/tla").toAbsolutePath();

    private final ModelConstants constants;
    private final Path configuration;
    private final Kernel kernel;
    private final List<List<String>> traces = new ArrayList<>();
    private final List<String> rejected = new ArrayList<>();
    private long steps;
    private long pairs;
    private long overlapping;

    TraceValidation(String name, Fault fault) throws IOException {
        constants = StateGraphs.constants(name);
        configuration = StateGraphs.configuration(name);
        kernel = KernelLoader.kernel(constants, fault);
    }

    /** Makes some runs; those without an order are rejected at once. */
    TraceValidation record(int count, long seed) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            try {
                final List<List<Event>> logs = TraceRecorder.record(constants, kernel, seed + i);
                final List<Event> merged = TraceMerge.merge(constants, kernel, logs);
                traces.add(TraceLines.of(constants, kernel, logs, merged));
                steps += merged.size();
                countPairs(merged);
            } catch (TraceMerge.Stuck | IllegalStateException e) {
                rejected.add("seed " + (seed + i) + ": " + e.getMessage());
            }
        }
        return this;
    }

    private void countPairs(List<Event> run) {
        final List<Event> began = run.stream().sorted(Comparator.comparingLong(Event::began)).toList();
        for (int i = 1; i < began.size(); i++) {
            if (!began.get(i).process().equals(began.get(i - 1).process())) {
                pairs++;
                overlapping += began.get(i).overlaps(began.get(i - 1)) ? 1 : 0;
            }
        }
    }

    /** Runs that no order explains. */
    List<String> rejected() {
        return rejected;
    }

    /** Has TLC follow the traces recorded so far. */
    Verdict check() throws IOException, InterruptedException {
        if (traces.isEmpty()) {
            return new Verdict(0, steps, pairs, overlapping, rejected);
        }
        final Path folder = Files.createTempDirectory("trace");
        try {
            try (Stream<Path> modules = Stream.concat(Files.list(StateGraphs.MODULES), Files.list(TRACE_MODULES))) {
                for (final Path module : modules.filter(path -> path.toString().endsWith(".tla")).toList()) {
                    Files.copy(module, folder.resolve(module.getFileName()));
                }
            }
            Files.writeString(folder.resolve("TraceData.tla"), data());
            final Path bound = folder.resolve("Trace.cfg");
            Files.write(bound, Files.readAllLines(configuration).stream()
                    .map(line -> line.startsWith("SPECIFICATION") ? "SPECIFICATION TraceSpec" : line).toList());
            return verdict(new Tlc(folder).run(MODULE, bound));
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (final Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** The traces as a module. */
    private String data() {
        final StringBuilder module = new StringBuilder("---- MODULE TraceData ----\n");
        for (int i = 0; i < traces.size(); i++) {
            module.append("Trace").append(i + 1).append(" == <<\n").append(String.join(",\n", traces.get(i)))
                    .append(">>\n");
        }
        module.append("Traces == <<");
        for (int i = 0; i < traces.size(); i++) {
            module.append(i == 0 ? "" : ", ").append("Trace").append(i + 1);
        }
        return module.append(">>\nIsExclusive == ").append(constants.exclusive() ? "TRUE" : "FALSE").append("\n====\n")
                .toString();
    }

    private Verdict verdict(TlcResult result) {
        final long lines = traces.stream().mapToLong(List::size).sum();
        if (result.exit() == TlcResult.OK) {
            if (result.distinct() != lines) {
                throw new IllegalStateException("TLC saw " + result.distinct() + " states for " + lines + " lines");
            }
            return new Verdict(traces.size(), steps, pairs, overlapping, rejected);
        }
        if (result.exit() != TlcResult.DEADLOCK && result.exit() != TlcResult.INVARIANT) {
            throw new IllegalStateException("TLC ended with " + result.exit() + "\n" + result.output());
        }
        final Map<String, Object> last = result.trace().getLast().state();
        final int trace = (Integer) last.get("tr") - 1;
        final int line = (Integer) last.get("l") - 1;
        rejected.add(result.violated() + ": trace " + trace + " cannot make step " + line + ": "
                + traces.get(trace).get(line) + " in " + last);
        return new Verdict(0, steps, pairs, overlapping, rejected);
    }
}
