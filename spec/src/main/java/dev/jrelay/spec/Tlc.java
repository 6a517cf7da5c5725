// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs TLC, each time in a JVM of its own: TLC keeps static state, and a liveness check that runs out of memory ends
 * its JVM. Each run also has its own folder for temporary files, because TLC unpacks its standard modules there under
 * fixed names. For many short runs {@link WarmTlc} is quicker.
 */
final class Tlc {
    /** The processes to be ended with this one. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final Path modules;
    private Path jar = jarOf("tlc2.TLC");
    private int workers = 1;
    private String memory = "2g";
    private Duration timeout = Duration.ofMinutes(10);
    private final List<String> options = new ArrayList<>();
    private Consumer<String> progress = line -> { };

    /**
     * Prepares a run.
     *
     * @param modules the folder with the modules; a configuration may lie elsewhere
     */
    Tlc(Path modules) {
        this.modules = modules;
    }

    /** The jar with TLC, if not the one that this command comes with. */
    Tlc jar(Path file) {
        jar = file;
        return this;
    }

    Tlc workers(int count) {
        workers = count;
        return this;
    }

    /** The most heap that TLC may use, as in {@code -Xmx}. */
    Tlc memory(String size) {
        memory = size;
        return this;
    }

    Tlc timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** Further options of TLC, for instance {@code -coverage 1}. */
    Tlc options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Called with each line of progress while TLC runs. */
    Tlc progress(Consumer<String> listener) {
        progress = listener;
        return this;
    }

    /**
     * Checks a configuration.
     *
     * @param module the root module, without {@code .tla}
     * @param configuration the file
     * @throws IOException if TLC cannot be started
     */
    TlcResult run(String module, Path configuration) throws IOException, InterruptedException {
        final Path scratch = Files.createTempDirectory("tlc");
        try {
            final long start = System.nanoTime();
            final Process process = start(module, configuration.toAbsolutePath(), scratch);
            final Thread watchdog = Thread.ofVirtual().start(() -> killLate(process));
            final TlcResult result = new TlcResult();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    result.add(line);
                    if (line.startsWith("Progress(")) {
                        progress.accept(line);
                    }
                }
                final int exit = process.waitFor();
                final boolean late = System.nanoTime() - start >= timeout.toNanos();
                return result.finish(late ? TlcResult.TIMED_OUT : exit, Duration.ofNanos(System.nanoTime() - start));
            } finally {
                end(process);
                watchdog.interrupt();
            }
        } finally {
            ModelFolder.delete(scratch);
        }
    }

    private Process start(String module, Path configuration, Path scratch) throws IOException {
        final List<String> java = new ArrayList<>(List.of(workers == 1 ? "-XX:+UseSerialGC" : "-XX:+UseParallelGC",
                "-Xmx" + memory));
        java.addAll(List.of("-cp", jar.toString(), "tlc2.TLC"));
        java.addAll(arguments(module, configuration, scratch.resolve("states"), workers, options));
        return start(modules, scratch, java);
    }

    /** What TLC is told on its command line. */
    static List<String> arguments(String module, Path configuration, Path states, int workers, List<String> options) {
        final List<String> arguments = new ArrayList<>(List.of("-tool", "-workers", Integer.toString(workers),
                "-metadir", states.toString(), "-config", configuration.toAbsolutePath().toString()));
        arguments.addAll(options);
        arguments.add(module);
        return arguments;
    }

    /**
     * Starts a JVM that finds the modules, and that ends when this one does.
     *
     * @param scratch its folder for temporary files
     */
    static Process start(Path modules, Path scratch, List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xss16m",
                "-Djava.io.tmpdir=" + scratch, "-DTLA-Library=" + modules.toAbsolutePath() + File.pathSeparator
                        + modules.resolve("mutants").toAbsolutePath()));
        command.addAll(arguments);
        final Process process = new ProcessBuilder(command).directory(modules.toFile()).redirectErrorStream(true)
                .start();
        RUNNING.add(process);
        return process;
    }

    static void end(Process process) {
        process.destroyForcibly();
        RUNNING.remove(process);
    }

    private void killLate(Process process) {
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    /** The jar or folder that a class comes from: its own, or the all-in-one jar of this command. */
    static Path jarOf(String name) {
        try {
            final Class<?> type = Class.forName(name, false, Tlc.class.getClassLoader());
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IllegalStateException(name + " is not on the class path", e);
        }
    }
}
