// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code relay man}: the manual page, made from what the commands say of themselves. */
@Command(name = "man", sortOptions = false, mixinStandardHelpOptions = true,
        header = "Prints relay's manual page.%n",
        footer = {"%nExamples:", "  relay man > relay.1 && man ./relay.1",
            "  relay man > ~/.local/share/man/man1/relay.1"})
final class ManCommand implements Callable<Integer> {
    private final StringBuilder page = new StringBuilder();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        final CommandSpec relay = spec.root();
        line(".TH RELAY 1");
        line(".SH NAME");
        text("relay - " + String.join(" ", relay.usageMessage().description()));
        line(".SH SYNOPSIS");
        text("relay COMMAND [OPTIONS]");
        line(".SH COMMANDS");
        relay.subcommands().values().forEach(this::command);
        line(".SH EXIT STATUS");
        term(Relay.OK + "", "Success.");
        term(Relay.FAILED + "", "Something failed.");
        term(Relay.USAGE + "", "Wrong options.");
        term(Relay.LOST + "", "Data was lost, and --fail-on-loss was given.");
        System.out.print(page);
        return Relay.OK;
    }

    private void command(CommandLine command) {
        final CommandSpec of = command.getCommandSpec();
        final Help help = new Help(of, Help.defaultColorScheme(Help.Ansi.OFF));
        line(".SS " + escape("relay " + of.name()));
        text(help.header());
        text(help.description());
        for (final ArgSpec positional : of.positionalParameters()) {
            term(positional.paramLabel(), description(positional));
        }
        for (final OptionSpec option : of.options()) {
            final boolean flag = option.arity().max() == 0;
            term(String.join(", ", option.names()) + (flag ? "" : "=" + option.paramLabel()), description(option));
        }
        line(".PP\n.nf");
        text(help.footer());
        line(".fi");
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", argument.description()).replace("%n", "\n").replace("%%", "%");
    }

    private void term(String what, String meaning) {
        line(".TP\n\\fB" + escape(what) + "\\fR");
        text(meaning);
    }

    private void text(String text) {
        text.strip().lines().forEach(each -> line(escape(each)));
    }

    /** A backslash, a hyphen that is a minus, and a line that begins like a request mean something to roff. */
    private static String escape(String text) {
        final String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}
