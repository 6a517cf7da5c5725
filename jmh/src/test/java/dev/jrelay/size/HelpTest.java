// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.size;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.bench.Bench;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code ./relay size --help} and {@code bench --help} show files, of which completion and manual are made as well. */
class HelpTest {
    @ParameterizedTest
    @ValueSource(strings = {"size", "bench"})
    void theHelpThatNeedsNoBuildIsTheHelp(String command) {
        final CommandLine line = command.equals("size") ? SizeCommand.commandLine() : new CommandLine(new Bench());
        final StringWriter help = new StringWriter();
        line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .usage(new PrintWriter(help));
        assertThat(Path.of("help", command + ".txt")).as("write it again: java … --help > help/" + command + ".txt")
                .content().isEqualToNormalizingNewlines(help.toString());
    }
}
