// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A row of {@code models*.csv}: a configuration, and what TLC must find in it. Numbers that are not known are -1 and
 * not compared.
 */
record Model(String configuration, String module, String kind, String mode, String tier, int exit, String property,
        long distinct, long total, long depth, double seconds) {
    /**
     * A run with so many states repays a JVM that compiles for speed, with counts that do not depend on the machine: on
     * the way there the first compiler alone needs less time.
     */
    private static final long LONG_TOTAL = 90_000L;
    private static final Pattern LOCATION = Pattern.compile("line (\\d+),.* of module (\\w+)");
    private static final Pattern DEFINITION = Pattern.compile("^(\\w+)(\\(.*?\\))? ==.*");

    /** The order to start in: what takes long first, so that nothing long is left when the rest is done. */
    static final Comparator<Model> LONGEST_FIRST = Comparator.comparing(Model::isLong)
            .thenComparing(Model::seconds).reversed();

    /** All rows of all tables in a folder, and what {@link Border} makes of its own. */
    static List<Model> readAll(Path folder) throws IOException {
        final List<Path> tables;
        try (Stream<Path> files = Files.list(folder)) {
            tables = files.filter(file -> file.getFileName().toString().matches("models.*\\.csv")).sorted().toList();
        }
        final List<Model> models = new ArrayList<>();
        for (final Path table : tables) {
            models.addAll(read(table));
        }
        Border.readAll(folder).forEach(border -> models.add(border.model()));
        return models;
    }

    private static List<Model> read(Path table) throws IOException {
        final List<String> lines = Files.readAllLines(table).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        final List<String> header = Arrays.asList(lines.getFirst().split(","));
        final List<Model> models = new ArrayList<>();
        for (final String line : lines.subList(1, lines.size())) {
            final String[] columns = line.split(",", -1);
            final Map<String, String> row = new HashMap<>();
            for (int i = 0; i < Math.min(columns.length, header.size()); i++) {
                row.put(header.get(i).strip(), columns[i].strip());
            }
            models.add(new Model(row.getOrDefault("cfg", "").replaceFirst("\\.cfg$", ""),
                    row.getOrDefault("module", ""), row.getOrDefault("kind", "check"), row.getOrDefault("mode", "bfs"),
                    row.getOrDefault("tier", "small"), (int) number(row, "expected_exit", table),
                    row.getOrDefault("expected_property", ""), number(row, "distinct", table),
                    number(row, "total", table), number(row, "depth", table), seconds(row)));
        }
        return models;
    }

    private static long number(Map<String, String> row, String column, Path table) {
        final String text = row.getOrDefault(column, "");
        try {
            return text.isEmpty() ? -1L : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(table.getFileName() + ": " + column + " of " + row.get("cfg")
                    + " is not a number: " + text, e);
        }
    }

    private static double seconds(Map<String, String> row) {
        final String text = row.getOrDefault("seconds", "");
        return text.isEmpty() ? 0.0 : Double.parseDouble(text);
    }

    /** Minutes to hours; what is huge, many hours, runs only if it is named. */
    boolean isLarge() {
        return tier.equals("large") || tier.equals("huge");
    }

    /** Whether the run is worth a JVM of its own. */
    boolean isLong() {
        return isLarge() || total >= LONG_TOTAL;
    }

    /** Whether it shows what the properties are worth: a planted fault, a weakened mode, a trap. */
    boolean isProbe() {
        return !kind.equals("check") && !kind.equals("liveness");
    }

    /** What is to be found. */
    String expectation() {
        return exit == TlcResult.OK ? "holds" : "violates " + (property.isEmpty() ? "exit code " + exit : property);
    }

    /**
     * How the result differs from the row, or "" if it does not.
     *
     * @param exactDepth whether TLC ran with one worker: with several its depth may be off by some
     */
    String compare(TlcResult result, Path folder, boolean exactDepth) throws IOException {
        if (result.exit() == TlcResult.TIMED_OUT) {
            return "timed out";
        }
        if (result.exit() != exit) {
            return (result.violated().isEmpty() ? "exit code " + result.exit() : "violates " + found(result, folder))
                    + (result.exit() == TlcResult.OK ? ": survives" : "");
        }
        if (!property.isEmpty() && !found(result, folder).equals(property)) {
            return "violates " + found(result, folder);
        }
        return differs("distinct states", distinct, result.distinct()) + differs("states", total, result.total())
                + (exactDepth ? differs("depth", depth, result.depth()) : "");
    }

    private static String differs(String what, long expected, long found) {
        return expected < 0L || expected == found ? "" : what + " " + found + " instead of " + expected + " ";
    }

    /**
     * The name of the violated property. TLC names invariants and action properties, but an anonymous part only by its
     * place in the module, and temporal properties not at all: of these a configuration must have one only.
     */
    private String found(TlcResult result, Path folder) throws IOException {
        final Matcher location = LOCATION.matcher(result.violated());
        if (location.find()) {
            return definition(folder, location.group(2), Integer.parseInt(location.group(1)));
        }
        if (result.violated().equals("temporal")) {
            final List<String> properties = properties(folder.resolve(configuration + ".cfg"));
            return properties.size() == 1 || properties.contains(property) && properties.stream()
                    .filter(name -> name.startsWith("L")).count() == 1L ? properties.contains(property) ? property
                    : properties.getFirst() : "one of " + properties;
        }
        return result.violated();
    }

    private static String definition(Path folder, String module, int line) throws IOException {
        Path file = folder.resolve(module + ".tla");
        if (!Files.exists(file)) {
            file = folder.resolve("mutants").resolve(module + ".tla");
        }
        final List<String> lines = Files.readAllLines(file);
        for (int i = Math.min(line, lines.size()) - 1; i >= 0; i--) {
            final Matcher matcher = DEFINITION.matcher(lines.get(i));
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        return module + ":" + line;
    }

    private static List<String> properties(Path configuration) throws IOException {
        final List<String> properties = new ArrayList<>();
        boolean inside = false;
        for (final String raw : Files.readAllLines(configuration)) {
            final String line = raw.replaceFirst("\\\\\\*.*", "").strip();
            if (line.matches("PROPERT(Y|IES)\\b.*")) {
                inside = true;
            } else if (line.matches("[A-Z_]{4,}\\b.*")) {
                inside = false;
            }
            if (inside) {
                Arrays.stream(line.split("\\s+")).filter(word -> !word.isEmpty() && !word.startsWith("PROPERT"))
                        .forEach(properties::add);
            }
        }
        return properties;
    }
}
