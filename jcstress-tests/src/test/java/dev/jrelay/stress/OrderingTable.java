// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of {@code docs/memory-ordering.md} by their names. */
final class OrderingTable {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern MODE = Pattern.compile("full|acquire\\b|release|opaque|volatile|\\w+Fence");

    final Map<String, Row> rows = new TreeMap<>();

    /**
     * A line of one of the tables.
     *
     * @param name the row's, {@code M5}
     * @param accesses methods, each with its class and perhaps its parameter types
     * @param cells all cells, the name first
     */
    record Row(String name, Set<String> accesses, List<String> cells) {
        /** Of a row of accesses the modes; of a benign race none. */
        Set<String> modes() {
            return name.startsWith("B") ? Set.of() : MODE.matcher(cells.get(2)).results().map(found -> found.group())
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        String tests() {
            return cells.get(cells.size() - 3);
        }

        String mutants() {
            return cells.get(cells.size() - 2);
        }

        boolean names(SourceAccesses.Access access) {
            return accesses.contains(access.method()) || accesses.contains(access.signature());
        }
    }

    OrderingTable(List<String> lines) {
        for (final String line : lines) {
            if (line.matches("\\| [MB]\\d+ \\|.*")) {
                final List<String> cells = Stream.of(line.substring(1).split(" \\|")).map(String::strip).toList();
                final Set<String> accesses = codes(cells.get(1)).stream()
                        .map(name -> name.matches("[A-Z].*") ? name : "ControlWords." + name)
                        .collect(Collectors.toSet());
                if (rows.put(cells.getFirst(), new Row(cells.getFirst(), accesses, cells)) != null) {
                    throw new IllegalArgumentException("second row " + cells.getFirst());
                }
            }
        }
    }

    /** What stands in backquotes. */
    static List<String> codes(String cell) {
        final List<String> codes = new ArrayList<>();
        final Matcher matcher = CODE.matcher(cell);
        while (matcher.find()) {
            codes.add(matcher.group(1));
        }
        return codes;
    }
}
