// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Rows under named columns; an empty column is not shown, one of numbers aligned to the right. Not thread-safe. */
public final class Table implements Page.Part {
    private static final Pattern NUMBER = Pattern.compile("[-–—≤≥0-9.,eE+ %]*");

    /** What a row says, shown in its last cell. */
    public enum Verdict {
        /** Nothing. */
        NONE,
        /** As it should be. */
        GOOD,
        /** Not as it should be. */
        BAD,
        /** Cannot be told. */
        OPEN
    }

    record Row(Verdict verdict, List<String> cells) {
    }

    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    /** A table without rows. */
    public Table(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row that says nothing by itself. */
    public Table row(List<String> cells) {
        return row(Verdict.NONE, cells);
    }

    /** Adds a row. */
    public Table row(Verdict verdict, List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells under " + columns.size() + " columns: " + cells);
        }
        rows.add(new Row(verdict, List.copyOf(cells)));
        return this;
    }

    List<String> columns() {
        return columns;
    }

    List<Row> rows() {
        return rows;
    }

    /** The columns that are shown. */
    int[] shown() {
        return IntStream.range(0, columns.size())
                .filter(column -> rows.stream().anyMatch(row -> !row.cells().get(column).isEmpty())).toArray();
    }

    boolean isNumeric(int column) {
        return rows.stream().allMatch(row -> NUMBER.matcher(row.cells().get(column)).matches());
    }
}
