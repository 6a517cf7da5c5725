// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs a main class of the tests with this build's classes. */
final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final PrintStream input;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader();
        this.input = new PrintStream(process.getOutputStream(), true);
    }

    /** What a program printed, and how it ended. */
    record Outcome(int status, String output, String errors) {
    }

    static Path tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name);
    }

    /** Where the classes of {@code type} were loaded from. */
    static Path classes(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static List<String> command(List<String> options, Class<?> main, String... arguments) {
        final List<String> command = new ArrayList<>(List.of(tool("java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp",
                classes(Channel.class) + File.pathSeparator + classes(Child.class)));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a program to its end. */
    static Outcome run(List<String> command) {
        try {
            final Process process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            final Thread[] readers = new Thread[1];
            final String[] errors = new String[1];
            readers[0] = Thread.ofVirtual().start(() -> errors[0] = text(process.errorReader()));
            final String output = text(process.inputReader());
            readers[0].join();
            return new Outcome(process.waitFor(), output, errors[0]);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String text(BufferedReader reader) {
        try {
            return reader.readAllAsString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Child start(Class<?> main, String... arguments) throws IOException {
        return new Child(new ProcessBuilder(command(List.of(), main, arguments))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The next line it prints; null when it has ended. */
    String line() throws IOException {
        return output.readLine();
    }

    void tell(String line) {
        input.println(line);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(30L, TimeUnit.SECONDS)).isTrue();
    }

    int await() throws InterruptedException {
        assertThat(process.waitFor(60L, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
