// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import dev.jrelay.units.Shares;
import dev.jrelay.units.Sizes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A workload's row of {@code validation.csv}: its cells in the order of {@link #HEADER}, those of the real channel
 * empty as long as it was not tried.
 */
record ValidationRow(List<String> cells) {
    static final String HEADER = "workload,sub_buffer_size,sub_buffer_count,least_memory,smaller_size,target,"
            + "predicted_loss,predicted_below,independent_loss,loss_of_short_runs95,predicted_padding,"
            + "machine_write_ns,machine_switch_ns,machine_pause_ns,"
            + "measured_messages,measured_loss,measured_padding,neighbour_loss";
    static final String TITLES = """
            | workload | recommended | memory | ratio | predicted | any moment | measured | target | holds | less |
            |---|---|---|---|---|---|---|---|---|---|
            """;
    private static final List<String> NAMES = List.of(HEADER.split(","));
    private static final double TIGHT = 1.25;

    static ValidationRow of(String name, Search.Candidate best, long least, long smaller, double target,
            double independent, double chance, Machine machine) {
        return new ValidationRow(List.of(name, Long.toString(best.size()), Integer.toString(best.count()),
                Long.toString(least), Long.toString(smaller), text(target), text(best.estimate().loss()),
                text(best.estimate().bound()), text(independent), text(chance),
                text(best.detail().paddingShare()), text(machine.write()), text(machine.onSwitch()),
                text(machine.pause()), "", "", "", ""));
    }

    /** Reads a file by its names; what another version wrote is refused. */
    static Map<String, ValidationRow> read(List<String> lines) {
        if (!lines.getFirst().equals(HEADER)) {
            throw new IllegalArgumentException("validation.csv: not of this version; remove it, or name another --out");
        }
        final Map<String, ValidationRow> rows = new LinkedHashMap<>();
        lines.stream().skip(1L).map(line -> new ValidationRow(List.of(line.split(",", -1))))
                .forEach(row -> rows.put(row.name(), row));
        return rows;
    }

    /** The same after runs on the real channel; {@code smaller} is null if there was none. */
    ValidationRow measured(Outcome trial, Outcome smaller) {
        final List<String> all = new ArrayList<>(cells.subList(0, NAMES.indexOf("measured_messages")));
        all.addAll(List.of(Long.toString(trial.messages), text(trial.loss()), text(trial.paddingShare()),
                smaller == null ? "" : text(smaller.loss())));
        return new ValidationRow(List.copyOf(all));
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4g", value);
    }

    private String cell(String name) {
        return cells.get(NAMES.indexOf(name));
    }

    private double number(String name) {
        return Double.parseDouble(cell(name));
    }

    String name() {
        return cells.getFirst();
    }

    long size() {
        return Long.parseLong(cell("sub_buffer_size"));
    }

    int count() {
        return Integer.parseInt(cell("sub_buffer_count"));
    }

    long smaller() {
        return Long.parseLong(cell("smaller_size"));
    }

    double pause() {
        return number("machine_pause_ns");
    }

    /** The machine it was reckoned for, as far as a recommendation depends on it. */
    Machine machine() {
        return new Machine(number("machine_write_ns"), number("machine_switch_ns"), 0.0, 0.0, 0.0, pause(), List.of(),
                new TreeMap<>());
    }

    double ratio() {
        return size() * count() / number("least_memory");
    }

    boolean isTight() {
        return ratio() <= TIGHT;
    }

    boolean isMeasured() {
        return !cell("measured_loss").isEmpty();
    }

    boolean holds() {
        return isMeasured()
                && number("measured_loss") <= Math.max(number("target"), number("loss_of_short_runs95"));
    }

    String csv() {
        return String.join(",", cells);
    }

    String markdown() {
        final double predicted = number("predicted_loss");
        return String.format(Locale.ROOT, "| %s | `%s` | %s | %.2f | %s | %s | %s | %s | %s | %s |%n", name(),
                new Search.Candidate(size(), count()), Sizes.text((double) size() * count()), ratio(),
                predicted == 0.0 ? "< " + Shares.text(number("predicted_below")) : Shares.text(predicted),
                cell("independent_loss").isEmpty() ? "—" : Shares.text(number("independent_loss")),
                !isMeasured() ? "" : number("measured_loss") > 0.0 ? Shares.text(number("measured_loss"))
                : "< " + Shares.text(Estimate.bound(Long.parseLong(cell("measured_messages")))),
                Shares.text(number("target")), !isMeasured() ? "" : holds() ? "yes" : "**no**",
                cell("neighbour_loss").isEmpty() ? "—" : Shares.text(number("neighbour_loss")));
    }
}
