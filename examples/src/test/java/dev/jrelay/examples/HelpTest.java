// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HelpTest {
    /** {@code ./relay example --help} shows this file; completion and manual know the names from it. */
    @Test
    void theHelpThatNeedsNoBuildIsTheHelp() throws Exception {
        final PrintStream out = System.out;
        final ByteArrayOutputStream help = new ByteArrayOutputStream();
        System.setOut(new PrintStream(help, true, StandardCharsets.UTF_8));
        try {
            Examples.main(new String[] {"--help"});
        } finally {
            System.setOut(out);
        }
        assertThat(Path.of("help/example.txt")).content()
                .isEqualToNormalizingNewlines(help.toString(StandardCharsets.UTF_8));
    }
}
