// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code relay help}: what {@code --help} says, for those who ask the other way round. */
@Command(name = "help", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Shows the commands, or the help of one.%n",
        footer = {"%nExamples:", "  relay help", "  relay help record"})
final class HelpCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "COMMAND", completionCandidates = Names.class,
            description = "A command.")
    private String command;

    /** The names of all commands. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Relay.commandLine().getSubcommands().keySet().iterator();
        }
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final CommandLine relay = spec.root().commandLine();
        final CommandLine wanted = command == null ? relay : relay.getSubcommands().get(command);
        if (wanted == null) {
            throw new ParameterException(relay, "'" + command + "': no such command; there are "
                    + String.join(", ", relay.getSubcommands().keySet()));
        }
        System.out.print(wanted.getUsageMessage(CommandLine.Help.Ansi.OFF));
        return Relay.OK;
    }
}
