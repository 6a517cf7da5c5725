// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code docs/memory-ordering.md}, the comments in the sources of {@code core} and its class files say the same: the
 * mode that the table names, the one that the comment names and the one that is called are compared.
 */
class MemoryOrderingTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SOURCES = ROOT.resolve("core/src/main/java/dev/jrelay");
    private static final Path SPEC = ROOT.resolve("spec/src/main");
    private static final Path TABLE = ROOT.resolve("docs/memory-ordering.md");

    /** Faults of an access mode or a fence, which must be reported, each with a part of the report. */
    enum Fault {
        LOAD_WEAKENED("ControlWords.commitAcquire(int)",
                Edit.mode("ControlWords", "commitAcquire", "getAcquire", "getOpaque")),
        STORE_STRENGTHENED("ControlWords.commitRelease(int, long)",
                Edit.mode("ControlWords", "commitRelease", "setRelease", "setVolatile")),
        CAS_TAKEN_APART("RelayBuffer.casRequest(long, long)",
                Edit.twoSteps("RelayBuffer", "casRequest", "compareAndSet")),
        FIELD_PLAIN("Waiter.wake()", Edit.plainField("Waiter", "sleeper")),
        MODE_WEAKENED_BELOW("Words.setRelease", Edit.mode("Words", "setRelease", "setRelease", "setOpaque")),
        FENCE_EMPTIED("ControlWords.reservedFence()",
                Edit.code("ControlWords", "reservedFence", "storeStoreFence", code -> { })),
        FENCE_EXCHANGED("row M14 says [acquireFence], its accesses are [releaseFence]",
                Edit.code("ControlWords", "copiedFence", "acquireFence", code -> code.invokestatic(
                        ClassDesc.of("java.lang.invoke.VarHandle"), "releaseFence", Edit.signature("()V")))),
        RESERVED_WITHOUT_FENCE("reservedFence is called by",
                Edit.without("SharedWriter", "reserve", "reservedFence")),
        OPENED_BEFORE_FENCE("SubBufferSwitch.append: after the tail's move",
                Edit.later("SubBufferSwitch", "append", "reservedFence", "paddingOpaque")),
        OPENED_WITHOUT_FENCE("ExclusiveWriter.open: after the tail's move",
                Edit.later("ExclusiveWriter", "open", "reservedFence", "commitOffset")),
        COPIED_WITHOUT_FENCE("copiedFence is called by", Edit.without("RelayStream", "advance", "copiedFence")),
        VALIDATED_BEFORE_FENCE("Snapshot.isIntact: the load that validates",
                Edit.later("Snapshot", "isIntact", "copiedFence", "tailAcquire"));

        private final String report;
        private final Edit edit;

        Fault(String report, Edit edit) {
            this.report = report;
            this.edit = edit;
        }
    }

    private static Map<String, String> sources() throws IOException {
        final Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (final Path file : files.toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        sources.keySet().removeAll(Set.of("package-info", "module-info"));
        return sources;
    }

    /** The shipped classes with some of them replaced. */
    private static Map<String, byte[]> classes(Map<String, byte[]> changed) throws IOException {
        final Map<String, byte[]> classes = new TreeMap<>();
        for (final String name : sources().keySet()) {
            try (InputStream in = MemoryOrderingTest.class.getResourceAsStream("/dev/jrelay/" + name + ".class")) {
                classes.put(name, in.readAllBytes());
            }
        }
        classes.putAll(changed);
        return classes;
    }

    private static OrderingTable table() throws IOException {
        final OrderingTable table = new OrderingTable(Files.readAllLines(TABLE));
        assertThat(table.rows).hasSizeGreaterThan(30);
        return table;
    }

    /** Where the table, the comments and the class files differ. */
    private static List<String> differences(OrderingTable table, Map<String, String> sources,
            Map<String, byte[]> classes) {
        final SourceAccesses source = new SourceAccesses(sources);
        final ClassModes real = new ClassModes(classes);
        final List<String> problems = new ArrayList<>(source.problems);
        problems.addAll(real.problems);
        final Map<String, Set<String>> commented = new TreeMap<>();
        final Map<String, Set<String>> done = new TreeMap<>();
        for (final SourceAccesses.Access access : source.accesses) {
            final OrderingTable.Row row = table.rows.get(access.row());
            if (row == null || !row.names(access)) {
                problems.add(access.signature() + " is commented [" + access.row() + "] and not in that row");
            }
            if (access.mode() != null && !access.mode().equals("plain")) {
                commented.computeIfAbsent(access.signature(), name -> new TreeSet<>()).add(access.mode());
            }
            done.computeIfAbsent(access.row(), name -> new TreeSet<>()).addAll(
                    "fence".equals(access.mode()) ? real.modes.getOrDefault(access.signature(), Set.of())
                            : access.mode() == null ? Set.of() : Set.of(access.mode()));
        }
        final Map<String, Set<String>> called = new TreeMap<>();
        real.modes.forEach((method, modes) -> called.put(method, modes.stream()
                .map(mode -> mode.endsWith("Fence") ? "fence" : mode).collect(Collectors.toCollection(TreeSet::new))));
        final Set<String> methods = new TreeSet<>(commented.keySet());
        methods.addAll(called.keySet());
        for (final String method : methods) {
            if (!commented.getOrDefault(method, Set.of()).equals(called.getOrDefault(method, Set.of()))) {
                problems.add(method + " is commented " + commented.get(method) + " and is " + real.modes.get(method));
            }
        }
        for (final OrderingTable.Row row : table.rows.values()) {
            for (final String named : row.accesses()) {
                if (source.accesses.stream().noneMatch(access -> access.row().equals(row.name())
                        && (access.method().equals(named) || access.signature().equals(named)))) {
                    problems.add("row " + row.name() + " names " + named + ", which has no access with that comment");
                }
            }
            if (!row.name().startsWith("B") && !row.modes().equals(done.get(row.name()))) {
                problems.add("row " + row.name() + " says " + row.modes() + ", its accesses are "
                        + done.get(row.name()));
            }
        }
        return problems;
    }

    @Test
    void tableCommentsAndClassFilesAgree() throws IOException {
        assertThat(new SourceAccesses(sources()).accesses).hasSizeGreaterThan(50);
        assertThat(differences(table(), sources(), classes(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFaultInAClassFileIsReported(Fault fault) throws IOException {
        final byte[] shipped = classes(Map.of()).get(fault.edit.className());
        assertThat(differences(table(), sources(),
                classes(Map.of(fault.edit.className(), fault.edit.apply(shipped)))))
                .anyMatch(problem -> problem.contains(fault.report));
    }

    /** What x86 cannot show, the comparison reports. */
    @ParameterizedTest
    @EnumSource
    void aMutantThatWeakensAModeIsReported(Mutant mutant) throws IOException {
        if (mutant.expectation == Mutant.Expectation.NOT_ON_X86) {
            assertThat(differences(table(), sources(), classes(mutant.classes()))).isNotEmpty();
        }
    }

    @Test
    void aWrongCommentIsReported() throws IOException {
        final Map<String, String> sources = sources();
        sources.computeIfPresent("Window", (name, text) -> text + "// [M99]");
        sources.computeIfPresent("ControlWords", (name, text) -> text.replace("// acquire: the stable prefix",
                "// opaque: the stable prefix").replace("; // full: one owner each [M2]", ";"));
        assertThat(differences(table(), sources, classes(Map.of())))
                .anyMatch(problem -> problem.contains("commitAcquire(int) is commented [opaque] and is [acquire]"))
                .anyMatch(problem -> problem.contains("has no [M…] comment: return compareAndSet(TAIL"));
    }

    @Test
    void aWrongRowIsReported() throws IOException {
        final List<String> lines = Files.readAllLines(TABLE);
        lines.replaceAll(line -> line.startsWith("| M6 |") ? line.replace("| acquire |", "| opaque |")
                : line.startsWith("| M10 |") ? line.replace("`deliveredAcquire`", "`consumedAcquire`") : line);
        assertThat(differences(new OrderingTable(lines), sources(), classes(Map.of())))
                .contains("row M6 says [opaque], its accesses are [acquire]")
                .contains("row M10 names ControlWords.consumedAcquire, which has no access with that comment")
                .contains("ControlWords.deliveredAcquire(int) is commented [M10] and not in that row");
    }

    @Test
    void everyTestAndMutantOfTheTableExistsAndEveryMutantIsInItsRow() throws IOException {
        final Set<String> tests = Case.all().stream().map(test -> test.name().replace("dev.jrelay.", ""))
                .collect(Collectors.toSet());
        final List<String> problems = new ArrayList<>();
        final Set<Mutant> missing = new TreeSet<>(List.of(Mutant.values()));
        for (final OrderingTable.Row row : table().rows.values()) {
            for (final String test : OrderingTable.codes(row.tests())) {
                if (!tests.contains(test)) {
                    problems.add("row " + row.name() + ": no test " + test);
                }
            }
            for (final String group : row.mutants().split(";")) {
                for (final String name : OrderingTable.codes(group)) {
                    final Mutant mutant = Arrays.stream(Mutant.values()).filter(one -> one.name().equals(name))
                            .findFirst().orElse(null);
                    if (mutant == null) {
                        problems.add("row " + row.name() + ": no mutant " + name);
                    } else {
                        final boolean shown = group.contains("shown");
                        if (shown != (mutant.expectation == Mutant.Expectation.SHOWN)) {
                            problems.add("row " + row.name() + ": " + name + " is expected " + mutant.expectation);
                        }
                        if (mutant.row.equals(row.name())) {
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
        for (final OrderingTable.Row row : table().rows.values()) {
            for (final String action : row.cells().getLast().replaceAll("WM\\w+:", "").split("[,;]")) {
                final String name = action.strip();
                final Pattern definition = Pattern.compile("(?m)^" + name + "(\\(.*\\))? *==");
                if (!name.equals("—") && !definition.matcher(modules).find()) {
                    problems.add("row " + row.name() + ": no action " + name);
                }
            }
            row.cells().stream().flatMap(cell -> OrderingTable.codes(cell).stream())
                    .filter(name -> name.startsWith("WM") && !models.contains(name))
                    .forEach(name -> problems.add("row " + row.name() + ": no model " + name));
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
}
