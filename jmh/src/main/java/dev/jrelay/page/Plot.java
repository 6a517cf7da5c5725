// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.page;

import java.util.List;

/**
 * A plot as data. {@code page.js} draws it: the names of the records and of their components are what it reads.
 *
 * <p>An interval is that of the value itself: from {@code low} to {@code high}, both equal to the value where none is
 * known.
 */
public sealed interface Plot extends Page.Part {
    /** Its name in the page and of a picture's file. */
    String id();

    /** What it shows, or the question it answers. */
    String title();

    /** How to read it. */
    String note();

    /** What a value belongs to: it decides the colour. */
    enum Kind {
        /** What the page is about. */
        OWN,
        /** What stands beside it. */
        PEER,
        /** What cannot be beaten. */
        LIMIT
    }

    /** How values lie on an axis. */
    enum Scale {
        /** From zero on, evenly. */
        LINEAR,
        /** By orders of magnitude; zero has a place of its own below them. */
        LOG,
        /** Percentiles; a value is the count of nines, 2 for 99 %. */
        NINES
    }

    /**
     * An axis.
     *
     * @param name what the values are of
     * @param unit {@code ns} and {@code bytes} are shown with the fitting multiple; any other one as it is
     * @param scale how they lie
     * @param ticksAtValues whether the ticks are the values themselves
     */
    record Axis(String name, String unit, Scale scale, boolean ticksAtValues) {
        /** An axis with ticks at round values. */
        public Axis(String name, String unit, Scale scale) {
            this(name, unit, scale, false);
        }
    }

    /**
     * A bar with its interval.
     *
     * @param name at its side
     * @param value its length
     * @param low lower end of the value's interval
     * @param high upper end
     * @param kind whose it is
     */
    record Bar(String name, double value, double low, double high, Kind kind) {
    }

    /**
     * Bars that are compared with each other.
     *
     * @param name above them, or empty
     * @param bars the bars in their order
     */
    record Group(String name, List<Bar> bars) {
    }

    /**
     * Bars from zero; dots on a logarithmic axis where the largest value is many times the smallest.
     *
     * @param id its name
     * @param title what it shows
     * @param note how to read it
     * @param axis of the values
     * @param groups at least one, none of them empty
     */
    record Bars(String id, String title, String note, Axis axis, List<Group> groups) implements Plot {
    }

    /**
     * A point of a line.
     *
     * @param x where
     * @param y the value
     * @param low lower end of its interval
     * @param high upper end
     */
    record Point(double x, double y, double low, double high) {
        /** A point without an interval. */
        public Point(double x, double y) {
            this(x, y, y, y);
        }
    }

    /**
     * A line.
     *
     * @param name at its end
     * @param kind whose it is
     * @param dashed to tell two of a kind apart
     * @param points from left to right, at least one
     */
    record Series(String name, Kind kind, boolean dashed, List<Point> points) {
    }

    /**
     * A place on the x axis.
     *
     * @param x where
     * @param text what is there
     */
    record Mark(double x, String text) {
    }

    /**
     * Lines over an axis.
     *
     * @param id its name
     * @param title what it shows
     * @param note how to read it
     * @param x axis to the right
     * @param y axis upwards
     * @param series at least one
     * @param marks vertical lines
     */
    record Lines(String id, String title, String note, Axis x, Axis y, List<Series> series, List<Mark> marks)
            implements Plot {
    }

    /**
     * A value for each column and row, its colour by its order of magnitude, one of them framed.
     *
     * @param id its name
     * @param title what it shows
     * @param note how to read it
     * @param x what the columns are
     * @param y what the rows are
     * @param unit of the values
     * @param columns names of the columns
     * @param rows names of the rows
     * @param values for each row one for each column
     * @param chosenColumn column of the framed one
     * @param chosenRow its row
     */
    record HeatMap(String id, String title, String note, String x, String y, String unit, List<String> columns,
            List<String> rows, List<List<Double>> values, int chosenColumn, int chosenRow) implements Plot {
    }
}
