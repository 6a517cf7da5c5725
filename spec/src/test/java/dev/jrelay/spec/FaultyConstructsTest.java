// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The TLC of the build overlooks errors in models of two kinds; no module of the protocol or of its tests is of such a
 * kind. With a TLC that finds these errors, which {@code relay check} reports, this test has no purpose any more.
 */
class FaultyConstructsTest {
    private static final Path FAULTS = Path.of("src/main/faults");

    private final FaultyConstructs constructs = new FaultyConstructs();

    @Test
    void noModuleUsesThem() throws IOException {
        final List<Path> modules = files(".tla", "src/main/tla", "src/test/tla");
        for (final Path module : modules) {
            constructs.module(name(module), Files.readString(module));
        }
        for (final Path configuration : files(".cfg", "src/main/cfg", "src/test/cfg")) {
            constructs.configuration(Files.readString(configuration));
        }
        assertThat(modules).hasSizeGreaterThan(50);
        for (final Path module : modules) {
            assertThat(constructs.in(name(module))).as("%s", module).isEmpty();
        }
    }

    /** What TLC makes of the models with known errors is printed: it is TLC's fault, not the model's. */
    @Test
    void tlcOverlooksTheErrorsOrFindsThem() throws IOException, InterruptedException {
        try (ModelFolder folder = ModelFolder.unpack()) {
            final Path faults = KnownFault.folder(folder.path());
            try (ModelRuns tlc = new ModelRuns(faults, Tlc.jarOf("tlc2.TLC"), "512m", 1)) {
                for (final KnownFault fault : KnownFault.values()) {
                    System.out.println(fault + (fault.isIn(tlc, faults) ? ": TLC overlooks the error"
                            : ": TLC finds the error, its constructs need not be avoided any more"));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FunctionKeys.tla", "PrimedArgumentShop.tla"})
    void theFaultyModelsAreRecognised(String module) throws IOException {
        constructs.module(module, Files.readString(FAULTS.resolve(module)));
        assertThat(constructs.in(module)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"F == [x \\in [A -> B] |-> 0]", "S == SUBSET A\nF == [x \\in S |-> 0]",
        "T == A \\X B\nS == T \\cup {}\nF[x \\in S] == 0", "Slots == [A -> {1}]\nF == [Slots -> BOOLEAN]",
        "F == [x, y \\in Seq(A) |-> x]", "F == [x \\in [a : A] |-> 0]", "F == SortSeq(s, Before)",
        "F ==\n  LET G(a) == LAMBDA b : b = a'\n  IN G(1)"})
    void eachConstructIsRecognised(String code) {
        constructs.module("M", code);
        assertThat(constructs.in("M")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"F == [x \\in 0..N |-> 0]", "F == [x \\in DOMAIN g |-> 0]", "F == [g EXCEPT ![1] = 2]",
        "\\* LAMBDA of [x \\in [A -> B] |-> 0]\nF == \"SortSeq\"", "(* SelectSeq\n   LAMBDA *)\nF == [1..2 -> 3..4]",
        "F == [a |-> 1, b |-> 2]", "Sets == SUBSET A\nF == [x \\in A |-> Sets]"})
    void othersAreNot(String code) {
        constructs.module("M", code);
        assertThat(constructs.in("M")).isEmpty();
    }

    @Test
    void definitionsOfExtendedModulesCountOthersDoNot() {
        constructs.module("Other", "Slots == [A -> B]");
        constructs.module("Base", "Keys == [A -> B]");
        constructs.module("Middle", "EXTENDS Naturals, Base");
        constructs.module("M", "EXTENDS Middle\nCONSTANT Slots\nF == [x \\in Keys |-> [y \\in Slots |-> 0]]");
        assertThat(constructs.in("M")).containsExactly("line 3: a function over Keys");
    }

    @Test
    void whatAConfigurationPutsInPlaceOfAConstantCounts() {
        constructs.module("M", "CONSTANT Keys\nF == [x \\in Keys |-> 0]");
        constructs.module("Models", "EXTENDS M\nMyKeys == [A -> B]");
        assertThat(constructs.in("M")).isEmpty();
        constructs.configuration("CONSTANTS\n    Keys <- MyKeys\n    Slots = 2\n");
        assertThat(constructs.in("M")).containsExactly("line 2: a function over Keys");
    }

    private static String name(Path module) {
        return module.getFileName().toString().replaceFirst("\\.tla$", "");
    }

    private static List<Path> files(String suffix, String... folders) throws IOException {
        final List<Path> found = new ArrayList<>();
        for (final String folder : folders) {
            try (Stream<Path> tree = Files.walk(Path.of(folder))) {
                found.addAll(tree.filter(path -> path.toString().endsWith(suffix)).toList());
            }
        }
        return found;
    }
}
