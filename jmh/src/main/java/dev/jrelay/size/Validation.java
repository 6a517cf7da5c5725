// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Rates;
import dev.jrelay.units.Shares;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Does what {@code relay size} recommends hold, and is it the least? For each workload of a table: the recommendation,
 * the least memory that a brute-force search over counts and sizes finds in the simulation (with other seeds); then the
 * recommendation and its next smaller neighbour on the real channel. A run that was stopped goes on where it was, for
 * the machine as it was measured at the beginning.
 */
final class Validation {
    private static final String CSV = "validation.csv";
    /** A workload of a recording names its file so. */
    private static final String FROM = "from:";
    private static final double STEP = 1.06;
    private static final int COLUMNS = 7;
    private static final double SMALLER = 0.75;

    /** How a machine is measured. */
    interface Calibration {
        /** Measures. */
        Machine measure() throws RunnerException;
    }

    private final Calibration calibration;
    private final Search.Effort effort;
    private final double seconds;
    private final long seed;
    private final Consumer<String> progress;
    private final BooleanSupplier cancelled;
    private Map<String, ValidationRow> rows = new LinkedHashMap<>();
    private Machine machine;

    Validation(Calibration calibration, Search.Effort effort, double seconds, long seed, Consumer<String> progress,
            BooleanSupplier cancelled) {
        this.calibration = calibration;
        this.effort = effort;
        this.seconds = seconds;
        this.seed = seed;
        this.progress = progress;
        this.cancelled = cancelled;
    }

    /**
     * Validates all workloads of a table {@code name;sizes;rate;burst;consumer;stall;loss}, or
     * {@code name;from:FILE;xSPEED;none;consumer;stall;loss} for recorded ones.
     *
     * @param folder where recordings are
     */
    void run(List<String> lines, Path folder, Path directory)
            throws IOException, InterruptedException, RunnerException {
        final Map<String, Load> loads = new LinkedHashMap<>();
        for (final String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                final String[] columns = line.split(";");
                if (columns.length != COLUMNS) {
                    throw new IllegalArgumentException("workload '" + line + "': must have " + COLUMNS
                            + " columns, separated by ;");
                }
                loads.put(columns[0].strip(), load(columns, folder));
            }
        }
        if (Files.exists(directory.resolve(CSV))) {
            rows = ValidationRow.read(Files.readAllLines(directory.resolve(CSV)));
        }
        for (final Map.Entry<String, Load> entry : loads.entrySet()) {
            if (!rows.containsKey(entry.getKey())) {
                progress.accept(entry.getKey() + ": recommendation and brute force");
                rows.put(entry.getKey(), recommend(entry.getKey(), entry.getValue()));
                write(directory);
            }
        }
        for (final Map.Entry<String, Load> entry : loads.entrySet()) {
            final ValidationRow row = rows.get(entry.getKey());
            if (!row.isMeasured()) {
                progress.accept(entry.getKey() + ": on a real channel");
                rows.put(entry.getKey(), measure(row, entry.getValue()));
                write(directory);
            }
        }
    }

    static Load load(String[] columns, Path folder) throws IOException {
        final Stalls stalls = Stalls.parse(columns[5].strip());
        final String what = columns[1].strip();
        final String rate = columns[2].strip();
        final Traffic traffic;
        if (what.startsWith(FROM)) {
            final Path file = folder.resolve(what.substring(FROM.length()));
            if (!rate.matches("x[0-9.]+")) {
                throw new IllegalArgumentException("'" + rate + "': must be xSPEED, as in x100, for " + what);
            }
            final TraceFiles trace = TraceFiles.read(file);
            if (trace == null) {
                throw new IllegalArgumentException(file + ": no times in it");
            }
            traffic = trace.heaviest(what, 1, Double.parseDouble(rate.substring(1)), stalls.design());
        } else {
            traffic = LoadOptions.model(MessageSizes.parse(what), Rates.perSecond(rate), columns[3].strip());
        }
        return new Load(traffic, Rates.bytesPerSecond(columns[4].strip()), stalls, 0, Shares.parse(columns[6].strip()),
                Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, Long.MAX_VALUE, 256L << 20);
    }

    /** The row of a workload that was not tried on a real channel yet. */
    ValidationRow recommend(String name, Load asked) throws RunnerException {
        if (machine == null) {
            machine = rows.isEmpty() ? calibration.measure() : rows.values().iterator().next().machine();
        }
        final Load load = asked.on(machine);
        final Search search = new Search(load, machine, effort, seed, step -> { });
        final Search.Candidate best = search.run().getFirst();
        final long smaller = Math.max(Formula.least(load, machine).bytes(), Formula.floor(best.size() * SMALLER));
        return ValidationRow.of(name, best, bruteForce(load), smaller, load.loss(),
                load.traffic().hasBursts() ? search.independentLoss(best) : Double.NaN,
                Estimate.chance(load, best, seed, seconds), machine);
    }

    /** The row as it was if the run is cut short: what half of it lost says nothing. */
    private ValidationRow measure(ValidationRow row, Load asked) throws IOException, InterruptedException {
        final Outcome trial = Trial.run(asked, row.size(), row.count(), seed, seconds, cancelled);
        final Outcome neighbour = row.smaller() >= row.size() ? null
                : Trial.run(asked, row.smaller(), row.count(), seed, seconds, cancelled);
        return cancelled.getAsBoolean() ? row : row.measured(trial, neighbour);
    }

    /** The least memory over all counts, and sizes in steps of 6 %, that meets the target with other seeds. */
    private long bruteForce(Load load) {
        final Search other = new Search(load, machine, effort, ~seed, step -> { });
        final long least = Formula.least(load, machine).bytes();
        long memory = Long.MAX_VALUE;
        for (final int count : Search.COUNTS) {
            for (double size = least; size * count < memory && size <= Formula.most(load).bytes(); size *= STEP) {
                final long rounded = Formula.ceiling(size);
                if (rounded * count < memory && other.estimate(rounded, count).meets(load)) {
                    memory = rounded * count;
                }
            }
        }
        return memory;
    }

    private void write(Path directory) throws IOException {
        final List<String> lines = new ArrayList<>(List.of(ValidationRow.HEADER));
        rows.values().forEach(row -> lines.add(row.csv()));
        Files.write(directory.resolve(CSV), lines);
        Files.writeString(directory.resolve("README.md"), page());
    }

    private String page() {
        final double pause = rows.values().stream().mapToDouble(ValidationRow::pause).max().orElse(0.0);
        final StringBuilder page = new StringBuilder("""
                # Does the recommendation hold?

                Generated by `relay size --validate`. Each workload: the recommendation, its memory beside the least
                that a brute-force search over all counts and sizes finds in the simulation (ratio), the loss
                predicted, with stalls that begin where they meet most and, where there are bursts, with stalls at any
                moment; the loss measured on the real channel (%.0f s), and the target; last the measured loss with
                sub-buffers a quarter smaller (— if they would be below the least sensible size). Where none was seen
                lost of n messages, the loss is said to be below 3/n.

                A target above zero is a mean: a run of seconds may lose more by chance, and counts as holding if it
                loses no more than 95 %% of simulated runs of its length do. This machine paused threads for up to %s
                while it was calibrated; the recommendation allows for such a pause in each stall, or, where a loss is
                allowed, as often as it was seen.

                %s.

                """.formatted(seconds, Times.text(pause), verdict()));
        page.append(ValidationRow.TITLES);
        rows.values().forEach(row -> page.append(row.markdown()));
        return page.toString();
    }

    String verdict() {
        final long measured = rows.values().stream().filter(ValidationRow::isMeasured).count();
        return "The target held in " + rows.values().stream().filter(ValidationRow::holds).count() + " of " + measured
                + " workloads; the memory was at most 1.25 times the least in "
                + rows.values().stream().filter(ValidationRow::isTight).count() + " of " + rows.size();
    }
}
