// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HelpTest {
    /** {@code ./relay stress --help} shows this file, so that help needs no build. */
    @Test
    void theHelpThatNeedsNoBuildIsTheHelp() {
        final StringWriter help = new StringWriter();
        new CommandLine(new Stress()).setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .usage(new PrintWriter(help));
        assertThat(Path.of("help/stress.txt")).content().isEqualToNormalizingNewlines(help.toString());
    }
}
