// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completion script, as bash calls it, and as somebody types at a zsh. */
@Timeout(120)
class CompletionTest {
    @TempDir
    private Path directory;
    private Path script;

    @BeforeEach
    void write() throws IOException {
        script = Files.writeString(directory.resolve("completion"), ChannelCommandsTest.run("completion").out());
    }

    private static String output(String... command) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Words as bash cuts them: {@code =} is one. */
    @ParameterizedTest
    @CsvSource({"st, stat stress", "record --format = , lines prefixed blocks", "record --format = l, lines",
        "record --on-full d, drop", "snapshot --when b, backlog", "stress --mode = q, quick", "size --sta, --stall",
        "help sna, snapshot", "example k, kleak klog", "check --mut, --mutants", "mut, mutate", "bench --sv, --svg",
        "decode --cp, --cpu"})
    void completesCommandsOptionsAndValues(String words, String expected) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")));
        assertThat(output("/bin/bash", "-c", "compopt() { :; }; . " + script + "; COMP_WORDS=(relay " + words
                + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _complete_relay_values relay; echo \"${COMPREPLY[*]}\""))
                .isEqualTo(expected + "\n");
    }

    @Test
    void worksInZsh() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/zsh")));
        final Path typist = Files.writeString(directory.resolve("typist"), """
                zmodload zsh/zpty
                zpty z zsh -f -i
                zpty -w z "PS1='> '; stty cols 99; setopt no_auto_menu; . %s; bindkey '^I' complete-word; echo rea''dy"
                zpty -r z out '*ready*> *'
                for typed in 'relay record --format=li' 'relay stress --mode q' 'relay help sna' 'relay size --sta'; do
                  zpty -w -n z "$typed"$'\t#'
                  zpty -r z out '*#*'
                  print -r -- "$out"
                  zpty -w -n z $'\\C-u'
                done
                zpty -d z
                """.formatted(script));
        assertThat(output("/usr/bin/zsh", "-f", typist.toString())).contains("--format=lines", "--mode quick",
                "help snapshot", "size --stall");
    }

    @Test
    void theManualHasTheOptionsOfAllCommands() {
        assertThat(ChannelCommandsTest.run("man").out()).contains("\\fB\\-\\-stall=SPEC\\fR", "\\fB\\-\\-mutants\\fR",
                "\\fB\\-t, \\-\\-tests=REGEX\\fR", "\\fB\\-wi, \\-\\-warmup=<warmups>\\fR", "\\fB\\-\\-when=EVENT\\fR");
        assertThat(ChannelCommandsTest.run("man").out()).contains("by its simple name, such as Window",
                "Makes a repository in this folder instead");
        assertThat(ChannelCommandsTest.run("help", "mutate").out()).contains("[CLASS...]", "relay mutate Claims");
        assertThat(ChannelCommandsTest.run("help", "size").out()).contains("--latency=TIME").contains("0.1%.");
    }
}
