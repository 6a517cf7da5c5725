// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A row of {@code borders.csv}, which says of a property that it is not vacuous and not implied by the others: a trap
 * shows a state near its border, and a mutant violates it and nothing else. For the latter each mutant has a second
 * configuration, made here: the same with all invariants and action properties but this one, which must hold.
 *
 * @param property the name of an invariant, action property or liveness property
 * @param trap the name of a trap
 * @param mutant the name of a mutant that the property kills
 * @param others liveness properties that must hold of the mutant, too; those that are left out do not hold without
 *         the fault either, where its configuration has no consumer for instance
 */
record Border(String property, String trap, String mutant, List<String> others) {
    private static final Pattern DEFINITION = Pattern.compile("(?m)^([IA]\\d+_\\w+) ==");
    /** By the first letter of a property of another module than RelayProps: a configuration that checks all of them. */
    private static final Map<Character, String> MODULES = Map.of('X', "ExclusiveHeld", 'C', "Claims",
            'H', "Handles", 'E', "Lease");
    private static final Pattern CHECKED = Pattern.compile("(?m)^ +([A-Z]\\d+_\\w+)$");
    /** Where it is assumed, what it assumes must be right: else no run is fair, and all of them do well. */
    private static final String FAIR = "SPECIFICATION FairSpec";
    /** From INVARIANTS or PROPERTIES to the next word of the language of configurations. */
    private static final Pattern PROPERTIES =
            Pattern.compile("(?ms)^(INVARIANTS?|PROPERT(Y|IES))\\b.*?(?=^[A-Z_]{4,}|\\z)");

    /** The table in a folder with modules, configurations and tables. */
    static List<Border> readAll(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("borders.csv")).stream().skip(1L).filter(line -> !line.isBlank())
                .map(line -> line.split(",", -1))
                .map(row -> new Border(row[0], row[1], row[2],
                        Arrays.stream(row[3].split(" ")).filter(Predicate.not(String::isEmpty)).toList()))
                .toList();
    }

    /** Writes the second configurations into a folder. */
    static void writeConfigurations(Path folder) throws IOException {
        for (final Border border : readAll(folder)) {
            border.write(folder);
        }
    }

    private void write(Path folder) throws IOException {
        final String reference = MODULES.get(property.charAt(0));
        final String checked = reference == null ? "" : Files.readString(folder.resolve(reference + ".cfg"));
        final List<String> invariants = reference == null
                ? names(DEFINITION, Files.readString(folder.resolve("RelayProps.tla"))) : names(CHECKED, checked);
        final List<String> properties = new ArrayList<>(others);
        properties.addAll(reference == null ? invariants.stream().filter(name -> name.startsWith("A")).toList()
                : names(CHECKED, checked.substring(checked.indexOf("PROPERTIES") < 0 ? checked.length()
                        : checked.indexOf("PROPERTIES"))));
        properties.remove(property);
        invariants.remove(property);
        invariants.removeAll(properties);
        final String text = Files.readString(folder.resolve("mutants").resolve(mutant + ".cfg"));
        if (text.contains(FAIR)) {
            invariants.add("MovesWhenItCan");
        }
        Files.writeString(folder.resolve(configuration() + ".cfg"), PROPERTIES.matcher(text).replaceAll("")
                + section("INVARIANTS", invariants) + section("PROPERTIES", properties));
    }

    private static List<String> names(Pattern pattern, String text) {
        return new ArrayList<>(pattern.matcher(text).results().map((MatchResult name) -> name.group(1)).toList());
    }

    private static String section(String title, List<String> names) {
        return names.isEmpty() ? "" : title + "\n    " + String.join("\n    ", names) + "\n";
    }

    private String configuration() {
        return "mutants/" + mutant + "_others";
    }

    /** The second configuration as a row of the table of models. */
    Model model() {
        return new Model(configuration(), "mutants/" + mutant, "mutant", "bfs", "small", TlcResult.OK, "", -1L, -1L,
                -1L, 1.3);
    }
}
