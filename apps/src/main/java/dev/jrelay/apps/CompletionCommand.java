// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code relay completion}: completion of commands and options, for bash and zsh. */
@Command(name = "completion", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Prints a script that completes relay's commands and options, for bash and zsh.%n",
        footer = {"%nExamples:", "  source <(relay completion)",
            "  relay completion > ~/.local/share/bash-completion/completions/relay"})
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        System.out.print(AutoComplete.bash("relay", spec.root().commandLine()));
        return Relay.OK;
    }
}
