// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.jmh;

import dev.jrelay.bench.Bench;
import dev.jrelay.size.SizeCommand;
import java.util.Arrays;

/** The commands of the jar: {@code size} as the first word is {@code relay size}, all else {@code relay bench}. */
public final class Main {
    private Main() {
    }

    /** The command line. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("size")) {
            SizeCommand.main(Arrays.copyOfRange(arguments, 1, arguments.length));
        } else {
            Bench.main(arguments);
        }
    }
}
