// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of actions names what there is, on all sides: model, kernel, its comments, stress tests. */
class ActionTableTest {
    private static final Path KERNEL = Path.of("../core/src/main/java/dev/jrelay");
    private static final Path STRESS = Path.of("../jcstress-tests/src/main/java/dev/jrelay");
    private static final List<String> MODULES = List.of("RelayWriter", "RelayControl", "RelayConsumer",
            "RelayExclusive", ModelConstants.CLAIMS, ModelConstants.HANDLES, ModelConstants.LEASE);
    /** Where a process stands when it goes on to no step. */
    private static final Set<String> ENDS = Set.of("Done", "Crashed");
    /** Accessors of what is not modelled: statistics, recovery after a crash. */
    private static final Set<String> NOT_MODELLED = Set.of("firstOpaque/0", "lostOpaque/1", "tallyOpaque/1",
            "deliveredPaddingOpaque/0", "completeOpaque/1");

    private static Set<String> find(String pattern, String text) {
        final Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.results().map(result -> result.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String model() throws IOException {
        final StringBuilder text = new StringBuilder();
        for (final String module : MODULES) {
            text.append(Files.readString(StateGraphs.MODULES.resolve(module + ".tla")));
        }
        return text.toString();
    }

    @Test
    void theTableNamesTheActionsOfTheModel() throws IOException {
        final String model = model();
        final Set<String> labels = find("pc\\[\\w\\] = \"(\\w+)\"", model);
        labels.addAll(find("(?:LoadForFlag|CasFlag)\\(p, \"(\\w+)\"", model));
        labels.removeAll(ENDS);
        final Set<String> rows = ActionTable.rows().stream().map(ActionTable.Row::action)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(rows).as("a label of the model without a row").containsAll(labels);
        final Set<String> known = new TreeSet<>(labels);
        known.addAll(find("(?m)^(\\w+)\\(\\w\\) *==", model));
        assertThat(known).as("a row without an action").containsAll(rows);
    }

    @Test
    void theAlgorithmAtTheOpeningOfTheModelHasTheActionsForLabels() throws IOException {
        final Set<String> labels = new TreeSet<>();
        for (final String module : List.of("RelayProtocol", "RelayExclusive", ModelConstants.CLAIMS,
                ModelConstants.HANDLES, ModelConstants.LEASE)) {
            final String text = Files.readString(StateGraphs.MODULES.resolve(module + ".tla"));
            labels.addAll(find("(?m)^ +([A-Z]\\w+): ", text.substring(0, text.indexOf("EXTENDS"))));
        }
        assertThat(labels).containsExactlyInAnyOrderElementsOf(
                ActionTable.rows().stream().map(ActionTable.Row::action).toList());
    }

    @Test
    void theTableNamesTheAccessorsOfTheKernel() throws ClassNotFoundException {
        final Set<String> accessors = new TreeSet<>();
        for (final String name : List.of("ControlWords", "RelayBuffer")) {
            ClassFile.of().parse(KernelLoader.shipped("dev.jrelay." + name)).methods().stream()
                    .filter(Instrumenter::isAccessor).map(Instrumenter::name).forEach(accessors::add);
        }
        final Set<String> called = ActionTable.rows().stream().flatMap(row -> row.calls().stream())
                .flatMap(call -> call.accessors().stream()).filter(name -> name.contains("/"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(accessors).as("a call of no accessor").containsAll(called);
        called.addAll(NOT_MODELLED);
        assertThat(called).as("an accessor that no action calls").containsAll(accessors);
    }

    @Test
    void theTableNamesTheRowsInTheComments() throws IOException {
        final Set<String> everywhere = new TreeSet<>();
        try (Stream<Path> sources = Files.list(KERNEL)) {
            for (final Path source : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                everywhere.addAll(find("\\[(M\\d+)\\]", Files.readString(source)));
            }
        }
        final Set<String> used = ActionTable.rows().stream().flatMap(row -> row.orderings().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(everywhere).as("a row that no comment names").containsAll(used);
        assertThat(used).as("a comment of ControlWords whose row no action has")
                .containsAll(find("\\[(M\\d+)\\]", Files.readString(KERNEL.resolve("ControlWords.java"))));
    }

    @Test
    void theTableNamesMethodsOfTheKernel() throws ClassNotFoundException {
        for (final ActionTable.Row row : ActionTable.rows()) {
            final String[] method = row.java().split("\\.");
            if (!method[0].equals("LockSupport")) {
                assertThat(ClassFile.of().parse(KernelLoader.shipped("dev.jrelay." + method[0])).methods().stream()
                        .map(MethodModel::methodName).map(Object::toString)).as(row.action()).contains(method[1]);
            }
        }
    }

    @Test
    void theTableNamesStressTests() throws IOException {
        for (final ActionTable.Row row : ActionTable.rows()) {
            for (final String test : row.jcstress().isEmpty() ? new String[0] : row.jcstress().split(" ")) {
                final String[] names = test.split("\\.");
                final Path source = STRESS.resolve(names[0] + ".java");
                assertThat(source).as(row.action()).exists();
                assertThat(Files.readString(source)).as(row.action()).contains("class " + names[names.length - 1]);
            }
        }
    }

    @Test
    void theReadmeShowsTheTable() throws IOException {
        final List<String> lines = ActionTable.rows().stream().map(row -> "| " + row.action() + " | `" + row.java()
                + "` | " + orDash(String.join(" ", row.orderings())) + " | " + orDash(row.jcstress().isEmpty() ? ""
                : "`" + row.jcstress().replace(" ", "`, `") + "`") + " |").toList();
        assertThat(Files.readAllLines(Path.of("README.md")).stream()
                .filter(line -> line.matches("\\| \\w+ \\| `\\w+\\.\\w+` \\|.*")))
                .containsExactlyElementsOf(lines);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "—" : text;
    }

    @Test
    void theCommandHasWordsForEveryAction() throws IOException {
        final String phrases = Files.readString(Path.of("src/main/resources/phrases.properties"));
        assertThat(find("(?m)^(\\w+)=", phrases)).containsAll(ActionTable.rows().stream()
                .map(ActionTable.Row::action).filter(action -> !action.equals("Requesting")).toList());
    }
}
