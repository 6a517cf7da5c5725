// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code relay completion}: completion of commands, options and values, for bash and zsh. The script is picocli's, with
 * values as the help writes them, in small letters, and a wrapper that takes {@code --option=value} apart as well.
 */
@Command(name = "completion", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Prints a script that completes relay's commands, options and values, for bash and zsh.%n",
        footer = {"%nExamples:", "  source <(relay completion)",
            "  relay completion > ~/.local/share/bash-completion/completions/relay"})
final class CompletionCommand implements Callable<Integer> {
    private static final Pattern VALUES = Pattern.compile("(?m)(?<=^  local \\w{1,99}_option_args=)\\(.*\\)");
    private static final Pattern REGISTRATION =
            Pattern.compile("(?m)^complete -F _complete_relay (?=-o default relay)");

    /** bash makes three words of {@code --option=value}, zsh one, of which all is replaced. */
    private static final String WRAPPER = """
            function _complete_relay_values() {
              local word="${COMP_WORDS[COMP_CWORD]}" before=""
              [ "$COMP_CWORD" -gt 0 ] && before="${COMP_WORDS[COMP_CWORD-1]}"
              local option="" first=() last=()
              if [ "$word" = "=" ]; then
                first=("${COMP_WORDS[@]:0:$COMP_CWORD}"); last=("")
              elif [ "$before" = "=" ]; then
                first=("${COMP_WORDS[@]:0:$((COMP_CWORD-1))}"); last=("$word")
              elif [[ "$word" == --*=* ]]; then
                option="${word%%=*}"
                first=("${COMP_WORDS[@]:0:$COMP_CWORD}" "$option"); last=("${word#*=}")
              else
                _complete_relay "$@"
                return
              fi
              COMP_WORDS=("${first[@]}" "${last[@]}")
              COMP_CWORD="${#first[@]}"
              _complete_relay "$@"
              if [ -n "$option" ]; then
                COMPREPLY=("${COMPREPLY[@]/#/$option=}")
              fi
            }

            """;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final String script = AutoComplete.bash("relay", spec.root().commandLine());
        final String typed = VALUES.matcher(script).replaceAll(values -> values.group().toLowerCase(Locale.ROOT));
        System.out.print(REGISTRATION.matcher(typed).replaceFirst(
                Matcher.quoteReplacement(WRAPPER + "complete -F _complete_relay_values ")));
        return Relay.OK;
    }
}
