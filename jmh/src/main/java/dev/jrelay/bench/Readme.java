// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import dev.jrelay.page.Plot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The figures in a text of the repository: what stands between {@code <!-- figures cost results/jmh/… -->} and
 * {@code <!-- end -->} is made of that run: a picture of one of its plots, and for {@code cost} a table. To show
 * another run, name its folder there and run {@code relay bench --readme FILE}.
 */
final class Readme {
    private static final Pattern BLOCK = Pattern.compile("(<!-- figures (\\w+) (results/[\\w./-]+) -->\n)"
            + "(.*?)(<!-- end -->)", Pattern.DOTALL);
    private static final int FOLDER = 3;
    private static final int END = 5;
    private static final String SIZE = "64";

    private Readme() {
    }

    /** Which runs a text shows, and which plot of each. */
    static List<Block> blocks(String text) {
        return BLOCK.matcher(text).results().map(found -> new Block(found.group(2), found.group(FOLDER))).toList();
    }

    /**
     * What is shown.
     *
     * @param plot its name
     * @param folder the run
     */
    record Block(String plot, String folder) {
    }

    /**
     * The text with its figures as the runs have them.
     *
     * @param root where {@code results} is
     */
    static String filled(String text, Path root) throws IOException {
        final Matcher matcher = BLOCK.matcher(text);
        final StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            final String folder = matcher.group(FOLDER);
            final Results results = Results.read(root.resolve(folder));
            matcher.appendReplacement(filled, Matcher.quoteReplacement(matcher.group(1)
                    + block(matcher.group(2), folder, results) + matcher.group(END)));
        }
        return matcher.appendTail(filled).toString();
    }

    private static String block(String id, String folder, Results results) {
        final Plot plot = Report.page(results).plots().stream().filter(each -> each.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(folder + ": has no plot " + id));
        return (id.equals(Charts.COST) ? table(results) + "\n" : "") + "![" + plot.title() + "](" + folder + "/" + id
                + ".svg)\n\nMeasured: " + circumstances(results) + " ([" + folder + "](" + folder + ")).\n";
    }

    private static String circumstances(Results results) {
        return results.environment().isEmpty() ? "no machine is named" : Report.machine(results.environment());
    }

    /** What a record costs: the kernel by the memory it writes to, beside the quickest peer and C. */
    private static String table(Results results) {
        final StringBuilder table = new StringBuilder("| a record of 64 bytes, ns | memory | heap | files | "
                + "the quickest peer | C |\n|---|---|---|---|---|---|\n");
        row(results, "ExclusiveWrite", Relay.EXCLUSIVE, "single", "each buffer has one writer")
                .ifPresent(table::append);
        row(results, "SharedWrite", Relay.SHARED, "cas-xadd", "writers may share a buffer").ifPresent(table::append);
        return table.toString();
    }

    private static Optional<String> row(Results results, String type, String subject, String limit, String name) {
        final List<Row> rows = results.rows().stream().filter(row -> row.isAlone(type, "write")
                && row.param(Row.SIZE).equals(SIZE)).toList();
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        final List<String> cells = new ArrayList<>(List.of(name));
        for (final String storage : Place.ALL) {
            cells.add(Stream.of(subject + Relay.OVERWRITE, subject).map(each -> Row.subject(each, storage))
                    .flatMap(each -> rows.stream().filter(row -> row.subject().equals(each))).findFirst()
                    .map(row -> number(row.median())).orElse(""));
        }
        cells.add(rows.stream().filter(row -> Names.isPeer(row.subject()))
                .min(Comparator.comparingDouble(Row::median)).map(row -> number(row.median()) + " ("
                + Names.of(row.subject()) + ")").orElse(""));
        final var bar = results.limits().median(limit, Integer.parseInt(SIZE));
        cells.add(bar.isPresent() ? number(bar.getAsDouble()) : "");
        return Optional.of("| " + String.join(" | ", cells) + " |\n");
    }

    private static String number(double nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos);
    }

    /** Fills a file; true if it was changed. */
    static boolean fill(Path file, Path root) throws IOException {
        final String before = Files.readString(file);
        final String after = filled(before, root);
        if (!after.equals(before)) {
            Files.writeString(file, after);
        }
        return !after.equals(before);
    }
}
