// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machine and the moment: what a number means nothing without. */
final class Environment {
    /** Load that others may put on the machine before a run counts as disturbed. */
    private static final double QUIET = 0.5;

    private final Map<String, String> entries = new LinkedHashMap<>();

    private Environment() {
    }

    /** Looks around. */
    static Environment now(List<String> command) {
        final Environment environment = new Environment();
        final Map<String, String> entries = environment.entries;
        entries.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        entries.put("command", "bench " + String.join(" ", command));
        entries.put("cpu", cpu());
        entries.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        entries.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        entries.put("jdk", System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.name") + " "
                + System.getProperty("java.vm.version"));
        entries.put("jvm flags", String.join(" ", Bench.JVM_FLAGS));
        entries.put("gcc", firstLine("gcc", "--version"));
        entries.put("commit", firstLine("git", "describe", "--always", "--dirty"));
        entries.put("load before", load());
        return environment;
    }

    /** Looks again at the end; the load then includes the benchmarks' own. */
    void finish() {
        entries.put("load after", load());
        final double before = Double.parseDouble(entries.get("load before").split(" ")[0]);
        entries.put("quiet", before <= QUIET ? "yes" : "no: other work ran before and perhaps during the run");
    }

    Map<String, String> entries() {
        return entries;
    }

    void write(Path file) throws IOException {
        final StringBuilder text = new StringBuilder();
        entries.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
        Files.writeString(file, text);
    }

    private static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).strip();
        } catch (IOException elsewhere) {
            return Double.toString(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        }
    }

    private static String cpu() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model"))
                    .map(line -> line.replaceAll("\\s+", " ")).distinct().reduce((a, b) -> b + ", " + a)
                    .orElse("unknown");
        } catch (IOException elsewhere) {
            return System.getProperty("os.arch");
        }
    }

    private static String firstLine(String... command) {
        try {
            final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? output.lines().findFirst().orElse("") : "none";
        } catch (IOException missing) {
            return "none";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "none";
        }
    }
}
