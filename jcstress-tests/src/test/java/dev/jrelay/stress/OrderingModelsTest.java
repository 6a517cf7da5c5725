// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The modes of {@code docs/memory-ordering.md} are those that the weak-memory models ask for: whoever weakens a mode in
 * code, comment and table alike is told which model forbids it. TLC checks in {@code spec} that the models say so.
 */
class OrderingModelsTest {
    private static final Path TABLE = Path.of("../docs/memory-ordering.md");
    private static final Path MODELS = Path.of("../spec/models-wm.csv");
    private static final int WHY_NOT_WEAKER = 4;
    private static final int WHY_NOT_STRONGER = 5;
    /** The parts of a model's name: {@code WMExclusive_M3_opaque_M13b_release} weakens M3 and M13. */
    private static final Pattern WEAKENED = Pattern.compile("_(M\\d+)[a-z]?_(none|opaque|acquire|release)(?=_|$)");

    /** Modes that are no stronger than what a model weakens to; a fence is stronger than none. */
    private static final Map<String, Set<String>> NOT_STRONGER = Map.of("none", Set.of("plain"),
            "opaque", Set.of("plain", "opaque"), "acquire", Set.of("plain", "opaque", "acquire"),
            "release", Set.of("plain", "opaque", "release"));

    /** The models, and whether TLC must find a violation in each. */
    private static Map<String, Boolean> models() throws IOException {
        final Map<String, Boolean> violated = new TreeMap<>();
        for (final String line : Files.readAllLines(MODELS)) {
            final String[] columns = line.split(",");
            if (columns[0].endsWith(".cfg")) {
                violated.put(columns[0].replace(".cfg", ""), columns[2].equals("mutant"));
            }
        }
        assertThat(violated).hasSizeGreaterThan(100);
        return violated;
    }

    /** What the models forbid and the table allows, or the other way round. */
    private static List<String> problems(OrderingTable table, Map<String, Boolean> models) {
        final List<String> problems = new ArrayList<>();
        for (final OrderingTable.Row row : table.rows.values()) {
            if (row.name().startsWith("B")) {
                continue;
            }
            for (final String model : named(row, WHY_NOT_WEAKER)) {
                if (!models.getOrDefault(model, false)) {
                    if (!saysThatItHolds(row, model) || !models.containsKey(model)) {
                        problems.add("row " + row.name() + ": " + model + " is no model that is violated");
                    }
                    continue;
                }
                final String weaker = weaker(row, model);
                if (weaker != null && row.modes().stream().anyMatch(NOT_STRONGER.get(weaker)::contains)) {
                    problems.add("row " + row.name() + " says " + row.modes() + ", which " + model + " forbids");
                }
            }
            for (final String model : named(row, WHY_NOT_STRONGER)) {
                if (models.getOrDefault(model, true)) {
                    problems.add("row " + row.name() + ": " + model + " is no model that passes");
                }
            }
        }
        return problems;
    }

    private static boolean saysThatItHolds(OrderingTable.Row row, String model) {
        return Stream.of(row.cells().get(WHY_NOT_WEAKER).split("[.;] ")).filter(part -> part.contains(model + "`"))
                .allMatch(part -> part.contains("passes") || part.contains("holds"));
    }

    private static List<String> named(OrderingTable.Row row, int cell) {
        return OrderingTable.codes(row.cells().get(cell)).stream().filter(name -> name.startsWith("WM")).toList();
    }

    /** To what a model weakens the accesses of a row: the part with its name, or else the last one. */
    private static String weaker(OrderingTable.Row row, String model) {
        final List<MatchResult> parts = WEAKENED.matcher(model).results().toList();
        return parts.stream().filter(part -> part.group(1).equals(row.name())).findFirst()
                .or(() -> parts.isEmpty() ? Optional.empty() : Optional.of(parts.getLast()))
                .map(part -> part.group(2)).orElse(null);
    }

    @Test
    void noRowAllowsWhatItsModelsForbid() throws IOException {
        assertThat(problems(new OrderingTable(Files.readAllLines(TABLE)), models())).isEmpty();
    }

    /** A mode that is weakened everywhere, so that all texts agree, is still forbidden. */
    @ParameterizedTest
    @CsvSource({"M1,acquire,opaque", "M2,full CAS,acquire", "M3,release,opaque", "M5,full getAndAdd,release",
        "M6,acquire,opaque", "M10,acquire,opaque", "M11,full CAS,release", "M12,acquire,opaque",
        "M13,full CAS,acquire", "M15,volatile,release", "M16,volatile,acquire", "M17,acquire,opaque",
        "M18,full CAS,acquire", "M27,volatile load,acquire", "M30,release,opaque", "M31,volatile store,release"})
    void aRowThatIsWeakenedIsForbiddenByAModel(String name, String mode, String weaker) throws IOException {
        final List<String> lines = new ArrayList<>(Files.readAllLines(TABLE));
        lines.replaceAll(line -> line.startsWith("| " + name + " |")
                ? line.replaceFirst("\\| " + mode + " \\|", "| " + weaker + " |") : line);
        assertThat(lines).isNotEqualTo(Files.readAllLines(TABLE));
        assertThat(problems(new OrderingTable(lines), models()))
                .anyMatch(problem -> problem.startsWith("row " + name + " says [" + weaker + "], which WM"));
    }
}
