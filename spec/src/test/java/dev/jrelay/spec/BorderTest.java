// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each property has a trap and a mutant of its own; {@link TlcTest} runs them. */
class BorderTest {
    private static final Pattern PROPERTY = Pattern.compile("(?m)^([IALXCHE]\\d+_\\w+) ==");
    private static final List<String> MODULES = List.of("RelayProps", "RelayExclusive", "RelayClaims", "RelayHandles",
            "RelayLease");

    @Test
    void eachPropertyHasOne() throws IOException {
        try (ModelFolder folder = ModelFolder.unpack()) {
            final List<String> properties = new ArrayList<>();
            for (final String module : MODULES) {
                PROPERTY.matcher(Files.readString(folder.path().resolve(module + ".tla"))).results()
                        .forEach(name -> properties.add(name.group(1)));
            }
            assertThat(Border.readAll(folder.path()).stream().map(Border::property))
                    .containsExactlyElementsOf(properties);
        }
    }

    @Test
    void theirTrapsAndMutantsAreChecked() throws IOException {
        try (ModelFolder folder = ModelFolder.unpack()) {
            final List<Model> models = Model.readAll(folder.path());
            for (final Border border : Border.readAll(folder.path())) {
                assertThat(models).as("trap of %s", border).anyMatch(model -> model.kind().equals("trap")
                        && model.configuration().equals("traps/" + border.trap()));
                assertThat(models).as("mutant of %s", border).anyMatch(model -> model.exit() != TlcResult.OK
                        && model.configuration().equals("mutants/" + border.mutant())
                        && model.property().equals(border.property()));
            }
        }
    }

    @Test
    void theSecondConfigurationHasAllButTheOne() throws IOException {
        try (ModelFolder folder = ModelFolder.unpack()) {
            final String sleeper = others(folder.path(), "F63_SleepsOn");
            assertThat(sleeper).contains("\n    I1_TypeOK\n", "\n    A4_Immutable\n", "\n    L5_ReadyIsTaken\n",
                    "\n    MovesWhenItCan\n").doesNotContain("L2_SleeperIsWoken");
            assertThat(others(folder.path(), "F60_PausesWhenFinal")).contains("\n    A1_Forward\n",
                    "\n    I17_NothingAfterFree\n").doesNotContain("A2_Final", "MovesWhenItCan");
            assertThat(others(folder.path(), "F71_WatchesTooWell")).contains("\n    C2_OneHolder\n")
                    .doesNotContain("C3_HolderIsOwner", "I1_TypeOK", "PROPERTIES");
        }
    }

    private static String others(Path folder, String mutant) throws IOException {
        return Files.readString(folder.resolve("mutants").resolve(mutant + "_others.cfg"));
    }
}
