// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that runs TLC on one configuration after the other, for runs so short that most of each would be the start of
 * its JVM. {@link TlcLoop} is its other side. If TLC ends the JVM, because memory runs out for instance, that is the
 * result of that one run, and the next one starts a new JVM. So does a run after some others, since what these leave
 * fills the heap: TLC exports its set of fingerprints for its distributed mode, and RMI then holds its classes and all
 * that is in their static fields. Used by one thread at a time.
 */
final class WarmTlc implements AutoCloseable {
    /** A run leaves some 20 MB: those of twelve fit beside the next one in a heap of 512 MB. */
    private static final int RUNS_OF_A_JVM = 12;

    private final Path modules;
    private final Path jar;
    private final String memory;
    private final Path scratch;
    private Process process;
    private BufferedReader lines;
    private Writer jobs;
    private int runs;

    /**
     * Prepares a JVM; the first run starts it.
     *
     * @param modules the folder with the modules
     * @param jar the jar with TLC
     * @param memory the most heap, as in {@code -Xmx}
     */
    WarmTlc(Path modules, Path jar, String memory) throws IOException {
        this.modules = modules;
        this.jar = jar;
        this.memory = memory;
        scratch = Files.createTempDirectory("tlc");
    }

    /** Checks a configuration with one worker. */
    TlcResult run(String module, Path configuration, List<String> options, Duration timeout)
            throws IOException, InterruptedException {
        final long start = System.nanoTime();
        if (process != null && runs % RUNS_OF_A_JVM == 0) {
            endJvm();
        }
        if (process == null) {
            startJvm();
        }
        final Process running = process;
        final Thread watchdog = Thread.ofVirtual().start(() -> killAfter(running, timeout));
        final Path states = scratch.resolve("states" + ++runs);
        try {
            final TlcResult result = new TlcResult();
            final int exit = run(Tlc.arguments(module, configuration, states, 1, options), result);
            final boolean late = System.nanoTime() - start >= timeout.toNanos();
            return result.finish(late ? TlcResult.TIMED_OUT : exit, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            watchdog.interrupt();
            if (Files.exists(states)) {
                ModelFolder.delete(states);
            }
        }
    }

    private int run(List<String> arguments, TlcResult result) throws IOException, InterruptedException {
        try {
            jobs.write(String.join("\n", arguments) + "\n\n");
            jobs.flush();
        } catch (IOException died) {
            result.add(String.valueOf(died.getMessage()));
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(TlcLoop.END)) {
                return Integer.parseInt(line.substring(TlcLoop.END.length()));
            }
            result.add(line);
        }
        final int exit = process.waitFor();
        endJvm();
        return exit;
    }

    /**
     * The first compiler only and the simplest collector: what a class loader brings is compiled anew for each run, and
     * few of them last long enough to repay the second compiler.
     */
    private void startJvm() throws IOException {
        process = Tlc.start(modules, scratch, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx" + memory,
                "-cp", Tlc.jarOf(TlcLoop.class.getName()).toString(), TlcLoop.class.getName(), jar.toString()));
        lines = process.inputReader(StandardCharsets.UTF_8);
        jobs = process.outputWriter(StandardCharsets.UTF_8);
    }

    private void endJvm() {
        Tlc.end(process);
        process = null;
    }

    private static void killAfter(Process process, Duration timeout) {
        try {
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            final Process ended = process;
            endJvm();
            ended.onExit().join();
        }
        ModelFolder.delete(scratch);
    }
}
