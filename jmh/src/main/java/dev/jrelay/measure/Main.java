// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.measure;

import dev.jrelay.bench.Bench;
import dev.jrelay.size.SizeCommand;
import java.util.Arrays;

/** What the jar runs: {@code relay size} if that is its first word, else {@code relay bench}. */
public final class Main {
    private Main() {
    }

    /** The command line. */
    public static void main(String[] arguments) {
        System.exit(arguments.length > 0 && arguments[0].equals("size")
                ? SizeCommand.run(Arrays.copyOfRange(arguments, 1, arguments.length)) : Bench.run(arguments));
    }
}
