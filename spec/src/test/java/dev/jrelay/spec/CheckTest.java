// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckTest {
    /** {@code ./relay check --help} shows this file, so that help needs no build. */
    @Test
    void theHelpThatNeedsNoBuildIsTheHelp() throws IOException {
        final StringWriter help = new StringWriter();
        new CommandLine(new Check()).setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .usage(new PrintWriter(help));
        assertThat(Path.of("help/check.txt")).content().isEqualToNormalizingNewlines(help.toString());
    }

    @Test
    void whatIsNotTlcIsRefused(@TempDir Path folder) throws IOException {
        final Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        for (final String jar : new String[] {"/no/such.jar", text.toString(),
                Tlc.jarOf("picocli.CommandLine").toString()}) {
            final StringWriter said = new StringWriter();
            assertThat(Check.line().setErr(new PrintWriter(said)).execute("--tlc", jar)).isEqualTo(2);
            assertThat(said.toString()).contains("--tlc " + jar).contains("must be a jar of the TLA+ tools");
        }
    }
}
