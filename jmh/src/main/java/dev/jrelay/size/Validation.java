// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Rates;
import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import dev.jrelay.units.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Does what {@code relay size} recommends hold, and is it the least? For each workload of a table: the recommendation,
 * the least memory that a brute-force search over counts and sizes finds in the simulation (with other seeds), and the
 * recommendation and its next smaller neighbour on the real channel.
 */
final class Validation {
    private static final double STEP = 1.06;
    private static final int COLUMNS = 7;

    private final Machine machine;
    private final Search.Effort effort;
    private final double seconds;
    private final long seed;
    private final Consumer<String> progress;
    private final StringBuilder csv = new StringBuilder("workload,sub_buffer_size,sub_buffer_count,memory,least_memory,"
            + "ratio,predicted_loss,measured_loss,target,"
            + "loss_of_short_runs95,holds,neighbour_loss,predicted_padding,measured_padding\n");
    private final StringBuilder table = new StringBuilder();
    private int rows;
    private int held;
    private int tight;

    Validation(Machine machine, Search.Effort effort, double seconds, long seed, Consumer<String> progress) {
        this.machine = machine;
        this.effort = effort;
        this.seconds = seconds;
        this.seed = seed;
        this.progress = progress;
    }

    /** Validates all workloads of a table {@code name,sizes,rate,burst,consumer,stall,loss} (separator {@code ;}). */
    void run(List<String> lines, Path directory) throws IOException, InterruptedException {
        for (final String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                final String[] columns = line.split(";");
                if (columns.length != COLUMNS) {
                    throw new IllegalArgumentException("workload '" + line + "': must have " + COLUMNS
                            + " columns, separated by ;");
                }
                one(columns[0].strip(), load(columns));
            }
        }
        Files.writeString(directory.resolve("validation.csv"), csv);
        Files.writeString(directory.resolve("README.md"), page());
    }

    static Load load(String[] columns) throws IOException {
        final SizeCommand.Burst burst = SizeCommand.Burst.parse(columns[3].strip());
        return new Load(MessageSizes.parse(columns[1].strip()), Rates.perSecond(columns[2].strip()), burst.count(),
                burst.period(), Rates.bytesPerSecond(columns[4].strip()), Stalls.parse(columns[5].strip()), 0,
                Shares.parse(columns[6].strip()), Double.POSITIVE_INFINITY, 256L << 20);
    }

    private void one(String name, Load asked) throws IOException, InterruptedException {
        progress.accept(name);
        final Load load = asked.on(machine);
        final List<Search.Candidate> candidates = new Search(load, machine, effort, seed, step -> { }).run();
        final Search.Candidate best = candidates.getFirst();
        final long least = bruteForce(load);
        final Outcome trial = Trial.run(asked, best.size(), best.count(), seed, seconds, () -> false);
        final long smaller = Math.max(Formula.least(load, machine).bytes(), Formula.floor(best.size() * 0.75));
        final Outcome neighbour = smaller >= best.size() ? null
                : Trial.run(asked, smaller, best.count(), seed, seconds, () -> false);
        final double ratio = (double) best.memory() / least;
        final double chance = Estimate.chance(load, best, seed, seconds);
        final boolean holds = trial.loss() <= Math.max(load.loss(), chance);
        rows++;
        held += holds ? 1 : 0;
        tight += ratio <= 1.25 ? 1 : 0;
        csv.append(String.format(Locale.ROOT, "%s,%d,%d,%d,%d,%.3f,%.3g,%.3g,%.3g,%.3g,%s,%s,%.5f,%.5f%n", name,
                best.size(), best.count(), best.memory(), least, ratio, best.estimate().loss(), trial.loss(),
                load.loss(), chance, holds,
                neighbour == null ? "" : String.format(Locale.ROOT, "%.3g", neighbour.loss()),
                best.estimate().total().paddingShare(), trial.paddingShare()));
        table.append(String.format(Locale.ROOT, "| %s | `%s` | %s | %.2f | %s | %s | %s | %s | %s |%n", name, best,
                Sizes.text(best.memory()), ratio, Shares.text(best.estimate().loss()),
                Shares.text(trial.loss()), Shares.text(load.loss()), holds ? "yes" : "**no**",
                neighbour == null ? "—" : Shares.text(neighbour.loss())));
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

    private String page() {
        return """
                # Does the recommendation hold?

                Generated by `relay size --validate`. Each workload: the recommendation, its memory beside the least
                that a brute-force search over all counts and sizes finds in the simulation (ratio), the loss
                predicted, measured on the real channel (%.0f s), and the target; last the measured loss with
                sub-buffers a quarter smaller (— if they would be below the least sensible size).

                A target above zero is a mean: a run of seconds may lose more by chance, and counts as holding if it
                loses no more than 95 %% of simulated runs of its length do. This machine paused threads for up to %s
                while it was calibrated; the recommendation allows for such a pause in each stall.

                The target held in %d of %d workloads; the memory was at most 1.25 times the least in %d.

                | workload | recommended | memory | ratio | predicted | measured | target | holds | quarter less |
                |---|---|---|---|---|---|---|---|---|
                """.formatted(seconds, Times.text(machine.pause()), held, rows, tight) + table;
    }

    String verdict() {
        return String.format(Locale.ROOT, "%d of %d workloads held, %d within 1.25 times the least memory", held, rows,
                tight);
    }
}
