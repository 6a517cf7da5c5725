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
import java.util.stream.Stream;

/**
 * Runs TLC, each time in a JVM of its own: TLC keeps static state, and a liveness check that runs out of memory ends
 * its JVM. Each run also has its own folder for temporary files, because TLC unpacks its standard modules there under
 * fixed names.
 */
final class Tlc {
    private final Path modules;
    /** The processes to be ended with this one. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private int workers = 1;
    private String memory = "2g";
    private Duration timeout = Duration.ofMinutes(10);
    private final List<String> jvm = new ArrayList<>();
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

    /**
     * For a run of a few seconds, most of which would be the start of the JVM and its compiler: the classes come from
     * an archive that the first such run writes, and the second compiler stays out of it.
     *
     * @param archive the file; made if it is not there
     */
    Tlc quick(Path archive) {
        jvm.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive, "-Xlog:disable", "-Xlog:all=error:stderr"));
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
            RUNNING.add(process);
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
                RUNNING.remove(process);
                process.destroyForcibly();
                watchdog.interrupt();
            }
        } finally {
            delete(scratch);
        }
    }

    private Process start(String module, Path configuration, Path scratch) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm.isEmpty() ? List.of("-XX:+UseParallelGC") : jvm);
        command.addAll(List.of("-Xmx" + memory, "-Xss16m", "-Djava.io.tmpdir=" + scratch,
                "-DTLA-Library=" + modules.toAbsolutePath() + File.pathSeparator
                        + modules.resolve("mutants").toAbsolutePath(), "-cp", classPath(), "tlc2.TLC", "-tool",
                "-workers", Integer.toString(workers), "-metadir", scratch.resolve("states").toString(),
                "-config", configuration.toString()));
        command.addAll(options);
        command.add(module);
        return new ProcessBuilder(command).directory(modules.toFile()).redirectErrorStream(true).start();
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

    /** The jar that TLC comes from: its own, or the all-in-one jar of this command. */
    private static String classPath() {
        try {
            final Class<?> tlc = Class.forName("tlc2.TLC", false, Tlc.class.getClassLoader());
            return Path.of(tlc.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IllegalStateException("TLC is not on the class path", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        final List<Path> all;
        try (Stream<Path> tree = Files.walk(folder)) {
            all = new ArrayList<>(tree.toList());
        }
        for (final Path path : all.reversed()) {
            Files.deleteIfExists(path);
        }
    }
}
