// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that consumes what a benchmark in another one writes. It says {@code ready}, and at the end how many messages
 * it has got.
 */
public final class ConsumerProcess {
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader output;

    /** Starts it and waits until it is ready; the writer's files are there. */
    ConsumerProcess(String subject, Path directory, Setting setting) throws IOException {
        final List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        command.addAll(Bench.JVM_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ConsumerProcess.class.getName(), subject,
                directory.toString(), Integer.toString(setting.size()), Integer.toString(setting.capacity())));
        process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        output = process.inputReader(StandardCharsets.US_ASCII);
        final String said = output.readLine();
        if (!READY.equals(said)) {
            process.destroyForcibly();
            throw new IOException("the consumer process said '" + said + "' instead of ready");
        }
    }

    /** Waits for its end; the writer's side has been closed. */
    long messages() throws IOException, InterruptedException {
        final String said = output.readLine();
        if (process.waitFor() != 0 || said == null) {
            throw new IOException("the consumer process ended with exit code " + process.exitValue());
        }
        return Long.parseLong(said);
    }

    /** The other JVM. */
    public static void main(String[] arguments) throws IOException {
        final Setting setting =
                new Setting(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), Place.FILES);
        System.out.println(Pipe.open(arguments[0], setting).consume(Path.of(arguments[1]),
                () -> System.out.println(READY)));
    }
}
