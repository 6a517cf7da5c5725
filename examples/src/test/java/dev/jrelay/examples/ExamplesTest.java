// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each example runs by its name, and shows what it is there for. */
@ResourceLock(Resources.SYSTEM_OUT)
@Timeout(60)
class ExamplesTest {
    private static String run(String... arguments) throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, UTF_8));
        try {
            Examples.main(arguments);
        } finally {
            System.setOut(before);
        }
        return out.toString(UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "reserve   | sub-buffer 0: slot of 128 bytes, 5 written: three; sub-buffer 1: slot of",
        "exported  | cpu1, 128 bytes, begins with: written to cpu1; closed, and the file is gone",
        "padding   | padding 8, data: message 00message 01; lost 7, overwritten 0; lost 0, overwritten 8",
        "kleak     | site 2 leaked 33 allocations, 2112 bytes",
        "klog      | opened a.txt, 4096 bytes; load=0.5; 3 bytes: [1, 2, 3]; WARNING org.example: through",
        "tee       | before; after; in the channel: during; in the channel: 2 lines",
        "relay-app | off:     nobody collects; written: somebody; cpu0: somebody; off:     nobody again"
    })
    void showsWhatItIsThereFor(String name, String shown) throws Exception {
        // The writing thread has some buffer: which of the collector's files has its record is not known.
        final String out = run(name).replaceAll("cpu\\d+: somebody", "cpu0: somebody");
        assertThat(out).contains(shown.split("; ")).doesNotContain("in the channel: before", "in the channel: after");
    }

    @Test
    void theTraceIsWhereItIsAskedFor(@TempDir Path directory) throws Exception {
        assertThat(run("trace", directory.toString())).contains("babeltrace2 " + directory);
        assertThat(directory).isDirectoryContaining("glob:**metadata").isDirectoryContaining("glob:**cpu0");
    }
}
