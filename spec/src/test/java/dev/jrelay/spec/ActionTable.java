// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one table that ties actions of the model to calls of the kernel: {@code actions.csv}. The replay steps the kernel
 * by it, the trace validation reads logs by it, and {@code ActionTableTest} compares it with both sides.
 */
final class ActionTable {
    /** A call that an action makes; for some modes or processes only, or only if the call before it succeeded. */
    record Call(List<String> accessors, boolean optional, boolean ifDone, boolean main, String only) {
        static Call parse(String text) {
            String name = text;
            final boolean optional = name.endsWith("?");
            final boolean ifDone = name.endsWith("+");
            name = optional || ifDone ? name.substring(0, name.length() - 1) : name;
            final boolean main = name.endsWith("!");
            name = main ? name.substring(0, name.length() - 1) : name;
            final String[] parts = name.split("@");
            return new Call(List.of(parts[0].split("\\|")), optional, ifDone, main,
                    parts.length > 1 ? parts[1] : "");
        }

        boolean isFor(ModelConstants constants, Coroutine process) {
            return (!ifDone || process.result() != 0L) && switch (only) {
                case "" -> true;
                case "overwrite" -> constants.overwrite() && !constants.passes();
                default -> constants.is(process.process, only);
            };
        }
    }

    /** One action. */
    record Row(String action, String java, List<Call> calls, List<String> orderings, String jcstress, String note) {
        /** The call whose arguments the action determines. */
        Call main() {
            return calls.stream().filter(Call::main).findFirst().orElse(calls.getFirst());
        }

        /** Whether the action can begin with this accessor. */
        boolean startsWith(String accessor) {
            for (final Call call : calls) {
                if (call.accessors().contains(accessor)) {
                    return true;
                }
                if (!call.optional()) {
                    return false;
                }
            }
            return false;
        }
    }

    private static final int COLUMNS = 6;
    private static final ActionTable TABLE = new ActionTable();

    private final Map<String, Row> rows = new LinkedHashMap<>();

    private ActionTable() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                ActionTable.class.getResourceAsStream("/actions.csv"), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.startsWith("#")).skip(1L).forEach(this::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        final String[] columns = line.split(",", COLUMNS);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("actions.csv: " + COLUMNS + " columns expected: " + line);
        }
        rows.put(columns[0], new Row(columns[0], columns[1], words(columns[2]).stream().map(Call::parse).toList(),
                words(columns[3]), columns[4], columns[5]));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    /** The row of an action; null if there is none. */
    static Row row(String action) {
        return TABLE.rows.get(action);
    }

    static List<Row> rows() {
        return new ArrayList<>(TABLE.rows.values());
    }
}
