// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/memory-ordering.md} and the sources of {@code core} say the same. */
class MemoryOrderingTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SOURCES = ROOT.resolve("core/src/main/java/dev/jrelay");
    private static final Path SPEC = ROOT.resolve("spec/src/main");
    private static final Path TABLE = ROOT.resolve("docs/memory-ordering.md");

    private static final Pattern ROW = Pattern.compile("\\[([MB]\\d+)]");
    private static final Pattern METHOD = Pattern.compile("^    (?:[\\w<>\\[\\]?,.]+ )+(\\w+)\\(([^)]*)(\\)?).*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String ORDERED = "\\.(?:weakC|c|g|s)(?:ompareAnd(?:Set|Exchange)|et(?:Volatile|Acquire|Release"
            + "|Opaque|And\\w+))\\w*\\(";

    /** Where an access is: the row that its comment names, and the method, with and without parameter types. */
    private record Access(String row, String where, String signature) {
    }

    /** A line of one of the tables. */
    private record Line(String row, Set<String> accesses, List<String> cells) {
    }

    @Test
    void everyAccessHasARowAndEveryRowAnAccess() throws IOException {
        final List<String> problems = new ArrayList<>();
        final List<Access> accesses = new ArrayList<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (final Path file : files.sorted().toList()) {
                scan(file, accesses, problems);
            }
        }
        assertThat(accesses).hasSizeGreaterThan(40);
        final Map<String, Line> lines = table();
        for (final Access access : accesses) {
            final Line line = lines.get(access.row);
            if (line == null || !line.accesses.contains(access.where) && !line.accesses.contains(access.signature)) {
                problems.add(access.signature + " is commented [" + access.row + "] and not in that row of the table");
            }
        }
        for (final Line line : lines.values()) {
            for (final String named : line.accesses) {
                if (accesses.stream().noneMatch(access -> access.row.equals(line.row)
                        && (access.where.equals(named) || access.signature.equals(named)))) {
                    problems.add("row " + line.row + " names " + named + ", which has no access with that comment");
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void everyTestAndMutantOfTheTableExistsAndEveryMutantIsInItsRow() throws IOException {
        final Set<String> tests = Case.all().stream().map(test -> test.name().replace("dev.jrelay.", ""))
                .collect(Collectors.toSet());
        final List<String> problems = new ArrayList<>();
        final Set<Mutant> missing = new TreeSet<>(List.of(Mutant.values()));
        for (final Line line : table().values()) {
            final int last = line.cells.size() - 1;
            for (final String test : codes(line.cells.get(last - 2))) {
                if (!tests.contains(test)) {
                    problems.add("row " + line.row + ": no test " + test);
                }
            }
            for (final String group : line.cells.get(last - 1).split(";")) {
                for (final String name : codes(group)) {
                    final Mutant mutant = Arrays.stream(Mutant.values()).filter(one -> one.name().equals(name))
                            .findFirst().orElse(null);
                    if (mutant == null) {
                        problems.add("row " + line.row + ": no mutant " + name);
                    } else {
                        final boolean shown = group.contains("shown");
                        if (shown != (mutant.expectation == Mutant.Expectation.SHOWN)) {
                            problems.add("row " + line.row + ": " + name + " is expected " + mutant.expectation);
                        }
                        if (mutant.row.equals(line.row)) {
                            missing.remove(mutant);
                        }
                    }
                }
            }
        }
        missing.forEach(mutant -> problems.add(mutant + " is not in row " + mutant.row));
        for (final Mutant mutant : Mutant.values()) {
            if (!tests.contains(mutant.test)) {
                problems.add(mutant + ": no test " + mutant.test);
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void everyActionAndModelOfTheTableIsInTheSpecification() throws IOException {
        final StringBuilder modules = new StringBuilder();
        final Set<String> models = new HashSet<>();
        try (Stream<Path> files = Files.walk(SPEC)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                final String name = file.getFileName().toString();
                if (name.endsWith(".tla")) {
                    modules.append(Files.readString(file)).append('\n');
                } else if (name.endsWith(".cfg")) {
                    models.add(name.replace(".cfg", ""));
                }
            }
        }
        final List<String> problems = new ArrayList<>();
        for (final Line line : table().values()) {
            for (final String action : line.cells.getLast().replaceAll("WM\\w+:", "").split("[,;]")) {
                final String name = action.strip();
                final Pattern definition = Pattern.compile("(?m)^" + name + "(\\(.*\\))? *==");
                if (!name.equals("—") && !definition.matcher(modules).find()) {
                    problems.add("row " + line.row + ": no action " + name);
                }
            }
            line.cells.stream().flatMap(cell -> codes(cell).stream())
                    .filter(name -> name.startsWith("WM") && !models.contains(name))
                    .forEach(name -> problems.add("row " + line.row + ": no model " + name));
        }
        for (final Mutant mutant : Mutant.values()) {
            final Matcher named = Pattern.compile("WM\\w+").matcher(mutant.model == null ? "" : mutant.model);
            while (named.find()) {
                if (!models.contains(named.group())) {
                    problems.add(mutant + ": no model " + named.group());
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    /** Finds what is not plain in one source file: access modes, fences, volatile fields, atomics; and benign races. */
    private static void scan(Path file, List<Access> accesses, List<String> problems) throws IOException {
        final List<String> lines = Files.readAllLines(file);
        final String text = String.join("\n", lines);
        final String className = file.getFileName().toString().replace(".java", "");
        final List<Pattern> patterns = new ArrayList<>(List.of(Pattern.compile("VarHandle\\.\\w*Fence\\(")));
        names(text, "VarHandle (\\w+) =").forEach(name -> patterns.add(Pattern.compile("\\b" + name + ORDERED)));
        names(text, "Atomic\\w+(?:<.*>)? (\\w+)[ ;]").forEach(name -> patterns.add(
                Pattern.compile("\\b" + name + "\\.\\w+\\(")));
        names(text, "volatile [\\w<>\\[\\]]+ (\\w+)[ ;]").forEach(name -> patterns.add(
                Pattern.compile("(?<!volatile \\w{1,20} )\\b" + name + "\\b(?! *\\()")));
        String method = "?";
        String parameters = "";
        for (int i = 0; i < lines.size(); i++) {
            final Matcher declaration = METHOD.matcher(lines.get(i));
            if (declaration.matches() && !lines.get(i).startsWith("     ") && !lines.get(i).contains(" = ")) {
                method = declaration.group(1);
                parameters = types(declaration.group(2));
            }
            final String code = lines.get(i).replaceAll("//.*|^ +\\*.*", "");
            final boolean found = patterns.stream().anyMatch(pattern -> pattern.matcher(code).find())
                    && !code.contains(" volatile ");
            final Matcher row = ROW.matcher(lines.get(i));
            String name = row.find() ? row.group(1) : null;
            if (name == null && found && i > 0 && lines.get(i - 1).strip().startsWith("//")) {
                final Matcher above = ROW.matcher(lines.get(i - 1));
                name = above.find() ? above.group(1) : null;
            }
            if (found && name == null) {
                problems.add(file.getFileName() + ":" + (i + 1) + " has no [M…] comment: " + code.strip());
            } else if (found || name != null && name.startsWith("B")) {
                accesses.add(new Access(name, className + "." + method, className + "." + method + parameters));
            } else if (name != null && !lines.get(i).strip().startsWith("//")) {
                problems.add(file.getFileName() + ":" + (i + 1) + " has a comment [" + name + "] and no access");
            }
        }
    }

    private static Set<String> names(String text, String pattern) {
        final Set<String> names = new TreeSet<>();
        final Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** {@code (int slot, long value)} becomes {@code (int, long)}. */
    private static String types(String parameters) {
        return Stream.of(parameters.split(",")).map(String::strip).filter(one -> !one.isEmpty())
                .map(one -> one.substring(0, Math.max(0, one.lastIndexOf(' '))))
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static List<String> codes(String cell) {
        final List<String> codes = new ArrayList<>();
        final Matcher matcher = CODE.matcher(cell);
        while (matcher.find()) {
            codes.add(matcher.group(1));
        }
        return codes;
    }

    private static Map<String, Line> table() throws IOException {
        final Map<String, Line> lines = new HashMap<>();
        for (final String line : Files.readAllLines(TABLE)) {
            if (line.matches("\\| [MB]\\d+ \\|.*")) {
                final List<String> cells = Stream.of(line.substring(1).split(" \\|")).map(String::strip).toList();
                final Set<String> accesses = codes(cells.get(1)).stream()
                        .map(name -> name.matches("[A-Z].*") ? name : "ControlWords." + name)
                        .collect(Collectors.toSet());
                final Line previous = lines.put(cells.getFirst(), new Line(cells.getFirst(), accesses, cells));
                assertThat(previous).as("second row %s", cells.getFirst()).isNull();
            }
        }
        assertThat(lines).hasSizeGreaterThan(20);
        return lines;
    }
}
