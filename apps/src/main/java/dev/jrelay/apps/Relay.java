// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import dev.jrelay.relayapp.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code relay} command. A new subcommand is a class with {@code @Command}, and its name in the list below. */
@Command(name = "relay", description = "Relays high-rate streams through per-CPU buffers.",
        mixinStandardHelpOptions = true, version = "relay 0.1.0-SNAPSHOT", sortOptions = false,
        subcommands = {RecordCommand.class, CreateCommand.class, ListCommand.class, StatCommand.class,
            TailCommand.class, SnapshotCommand.class, RecoverCommand.class, SelftestCommand.class, CollectCommand.class,
            DecodeCommand.class, GetCommand.class, SetCommand.class, HelpCommand.class, CompletionCommand.class,
            ManCommand.class})
public final class Relay implements Runnable {
    /** Exit code: success. */
    public static final int OK = 0;
    /** Exit code: something failed. */
    public static final int FAILED = 1;
    /** Exit code: wrong options. */
    public static final int USAGE = 2;
    /** Exit code: data was lost, and {@code --fail-on-loss} was given. */
    public static final int LOST = 3;

    /** Set to anything, it makes failures print their stack trace. */
    private static final String TRACE = "RELAY_TRACE";

    /** What the JVM makes of bytes of an argument that are no character. */
    private static final char UNREADABLE = '\uFFFD';
    private static final int HELP_WIDTH = 80;
    private static final int MIN_HELP_WIDTH = 55;
    private static final int MAX_HELP_WIDTH = 120;
    private static final Map<String, String> OTHER_MODULES = new TreeMap<>(Map.of(
            "bench", "Measures the kernel beside its peers.",
            "check", "Model-checks the protocol.",
            "example", "Runs an example by its name.",
            "mutate", "Plants faults into the kernel and says which of them no test finds.",
            "install", "Installs the libraries for Maven; with a folder, makes a repository there.",
            "size", "Says which sub-buffer size and count a load needs.",
            "stress", "Runs the races of the kernel under jcstress."));

    @Spec
    private CommandSpec spec;

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        StandardOutput.installErr();
        if (ConsumeCommand.isMeant(arguments)) {
            System.exit(ConsumeCommand.execute(arguments)); // goes on though nobody reads its reports
        }
        StandardOutput.install();
        int code;
        try {
            code = execute(arguments);
            System.out.flush();
        } catch (StandardOutput.FailedException failed) { // in the help, or at the end
            code = outputFailed(failed);
        }
        System.exit(code);
    }

    /**
     * Runs a command.
     *
     * @param arguments the subcommand and its options
     * @return the exit code
     */
    public static int execute(String... arguments) {
        for (final String argument : arguments) {
            if (argument.indexOf(UNREADABLE) >= 0) { // a file of another name would be read or written
                System.err.println("relay: '" + Terminal.plain(argument) + "': not in the encoding of this locale, "
                        + System.getProperty("sun.jnu.encoding"));
                return USAGE;
            }
        }
        final StringWriter help = new StringWriter(); // printed here, where a failure is noticed
        try {
            final int code = commandLine().setUsageHelpWidth(helpWidth(arguments)).setOut(new PrintWriter(help))
                    .execute(arguments);
            System.out.writeBytes(help.toString().getBytes(System.out.charset())); // may have colours
            System.out.flush();
            return code;
        } catch (VirtualMachineError failure) { // of which picocli takes no care
            return failed(failure);
        }
    }

    /** As wide as the terminal, within what can be read; it is asked only if help is wanted. */
    private static int helpWidth(String... arguments) {
        final boolean isWanted = !Collections.disjoint(List.of(arguments), List.of("-h", "--help", "help"));
        final TerminalSize terminal = isWanted ? TerminalSize.of(TerminalSize.STDOUT) : null;
        return terminal == null ? HELP_WIDTH : Math.clamp(terminal.columns(), MIN_HELP_WIDTH, MAX_HELP_WIDTH);
    }

    /** The command with all its subcommands, those that the script {@code relay} finds in other modules among them. */
    static CommandLine commandLine() {
        final CommandLine relay = new CommandLine(new Relay());
        OTHER_MODULES.forEach((name, header) -> relay.addSubcommand(name, OtherModule.of(name, header)));
        return relay.setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // a file may be named @log
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(Relay::misused)
                .setExecutionExceptionHandler(Relay::failed);
    }

    /** Without a subcommand: says which there are. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: "
                + String.join(", ", spec.subcommands().keySet()));
    }

    private static int misused(ParameterException wrong, String[] arguments) {
        final String command = wrong.getCommandLine().getCommandSpec().qualifiedName(" ");
        System.err.println("relay: " + Terminal.plain(text(wrong)));
        System.err.println("see: " + command + " --help");
        return USAGE;
    }

    /** What is wrong, and what may have been meant. */
    private static String text(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
            return wrong.getMessage();
        }
        final String first = unmatched.getUnmatched().getFirst();
        if (wrong.getCommandLine().getParent() != null || first.startsWith("-")) {
            return wrong.getMessage();
        }
        final List<String> similar = Spelling.similar(first, wrong.getCommandLine().getSubcommands().keySet());
        return "'" + first + "': no such command"
                + (similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?");
    }

    private static int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        return failed(failure);
    }

    private static int failed(Throwable failure) {
        if (System.getenv(TRACE) != null) {
            failure.printStackTrace();
        }
        if (failure instanceof StandardOutput.FailedException output) {
            return outputFailed(output);
        }
        System.err.println("relay: " + Terminal.plain(Failures.describe(failure)));
        return FAILED;
    }

    private static int outputFailed(StandardOutput.FailedException failed) {
        if (failed.isClosedPipe()) {
            return OK;
        }
        System.err.println("relay: " + failed.getMessage());
        return FAILED;
    }
}
