// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command that the script {@code relay} finds in another module, as its help says what it is: to be listed, explained
 * and completed. The script never gives it to this process. A test of its module compares the help with the command.
 */
final class OtherModule {
    /** An option, and its description up to the next one or an empty line or one that begins a section. */
    private static final Pattern OPTION = Pattern.compile("(?m)^ {2,6}(?:(-\\w{1,2}), )?(--[a-z][a-z-]*)"
            + "(\\[?)(?:=([^\\s\\]]+)(?:\\[,\\S*\\])?\\]?)?((?: {2,}| *\\n {8,}).*(?:\\n {8,}(?!-).*)*)");
    /** Values that a description begins with: {@code QUICK, DEFAULT, TOUGH, in any case}. */
    private static final Pattern VALUES = Pattern.compile("([A-Z]{2,}(?:, [A-Z]{2,})+), in any case");
    /** A parameter that may be left out, and its description. */
    private static final Pattern PARAMETER = Pattern.compile("(?m)^ {6}([A-Z]+)( {2,}.*(?:\\n {8,}(?!-).*)*)");
    /** Values of the one parameter: {@code NAME is one of a, b}. */
    private static final Pattern NAMES = Pattern.compile("NAME is one of (\\w[\\w-]*(?:, \\w[\\w-]*)*)");
    private static final Pattern EXAMPLES = Pattern.compile("(?ms)^Examples?:.*");
    private static final List<String> PATHS = List.of("DIR", "FILE", "PATH", "JAR");
    private static final List<String> OWN = List.of("--help", "--version");

    private OtherModule() {
    }

    /** The command. */
    static CommandSpec of(String name, String header) {
        final Callable<Integer> command = () -> {
            System.err.println("relay: " + name + " is in a module of its own: start it by the script relay");
            return Relay.USAGE;
        };
        final CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
        final String help = help(name);
        final Matcher examples = EXAMPLES.matcher(help);
        final String example = examples.find() ? examples.group().strip() : "Example:\n  relay " + name + " --help";
        spec.usageMessage().header(header + "%n").footer(("\n" + example).replace("%", "%%").split("\n", -1));
        OPTION.matcher(help).results().filter(found -> !OWN.contains(found.group(2)))
                .forEach(found -> spec.addOption(option(found)));
        PARAMETER.matcher(help).results().forEach(found -> spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(found.group(1)).type(type(found.group(1))).arity("0..*")
                .description(text(found.group(2))).build()));
        NAMES.matcher(help).results().forEach(found -> spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("NAME").index("0").type(String.class).arity("1").description("Which one.")
                .completionCandidates(List.of(found.group(1).split(", "))).build()));
        spec.usageMessage().sortOptions(false);
        spec.mixinStandardHelpOptions(true);
        spec.parser().unmatchedArgumentsAllowed(true);
        return spec;
    }

    private static OptionSpec option(MatchResult found) {
        final String[] names = found.group(1) == null ? new String[] {found.group(2)}
                : new String[] {found.group(1), found.group(2)};
        final String label = found.group(4);
        final String description = text(found.group(5));
        final OptionSpec.Builder option = OptionSpec.builder(names).description(description);
        if (label == null) {
            return option.type(boolean.class).arity("0").build();
        }
        final Matcher values = VALUES.matcher(description);
        if (values.lookingAt()) {
            option.completionCandidates(List.of(values.group(1).toLowerCase(Locale.ROOT).split(", ")));
        }
        return option.paramLabel(label).type(type(label))
                .arity(found.group(3).isEmpty() ? "1" : "0..1").build();
    }

    private static Class<?> type(String label) {
        return PATHS.contains(label) ? File.class : String.class;
    }

    /** A description in one line, as picocli takes it. */
    private static String text(String lines) {
        return lines.strip().replaceAll("\\s*\\n\\s*", " ").replace("%", "%%");
    }

    /** What it says of itself. */
    private static String help(String name) {
        try (InputStream file = OtherModule.class.getResourceAsStream("help/" + name + ".txt")) {
            return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
