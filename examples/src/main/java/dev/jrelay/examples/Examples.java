// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs an example by its name: {@code ./relay example NAME}. */
public final class Examples {
    private static final Map<String, Program> PROGRAMS = new TreeMap<>(Map.of(
            "padding", PaddingHeader::main, "reserve", Reserve::main, "exported", Exported::main,
            "kleak", Kleak::main, "klog", KlogLines::main, "tee", TeeOut::main, "relay-app", CollectedApp::main,
            "trace", Trace::main));
    private static final int USAGE = 2;

    /** The {@code main} of an example. */
    @FunctionalInterface
    private interface Program {
        void run(String[] arguments) throws Exception;
    }

    private Examples() {
    }

    /** The command line: the name, then the example's own arguments. */
    public static void main(String[] arguments) throws Exception {
        final String names = String.join(", ", PROGRAMS.keySet());
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.println("relay example NAME runs an example and prints what it shows; NAME is one of " + names);
            return;
        }
        final Program program = arguments.length == 0 ? null : PROGRAMS.get(arguments[0]);
        if (program == null) {
            System.err.println("relay example: " + (arguments.length == 0 ? "a name is missing"
                    : "'" + arguments[0] + "'") + ": must be one of " + names);
            System.exit(USAGE);
        }
        program.run(Arrays.copyOfRange(arguments, 1, arguments.length));
    }
}
