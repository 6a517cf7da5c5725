// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.stress;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lincheck on the kernel, in a JVM of its own, since it instruments only what the system class loader loads. In front
 * on that JVM's class path are the shipped classes that a planted fault changes.
 */
final class InterleavingRun {
    private final Path folder;

    /** Prepares a kernel with these faults; {@code folder} gets its classes. */
    InterleavingRun(Path folder, List<Edit> faults) throws IOException {
        this.folder = folder;
        final Map<String, byte[]> changed = new HashMap<>();
        for (final Edit edit : faults) {
            final byte[] before = changed.get(edit.className());
            changed.put(edit.className(), edit.apply(before == null ? shipped(edit.className()) : before));
        }
        Files.createDirectories(folder.resolve("dev/jrelay"));
        for (final Map.Entry<String, byte[]> each : changed.entrySet()) {
            Files.write(folder.resolve("dev/jrelay/" + each.getKey() + ".class"), each.getValue());
        }
    }

    private static byte[] shipped(String simpleName) throws IOException {
        try (InputStream in = InterleavingRun.class.getResourceAsStream("/dev/jrelay/" + simpleName + ".class")) {
            return in.readAllBytes();
        }
    }

    /** Runs scenarios of {@code Interleavings}; the output has a line {@code NAME passed} or {@code NAME found}. */
    String run(int invocations, List<String> scenarios) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+EnableDynamicAgentLoading", "-Xmx1g", "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                "dev.jrelay.Interleavings", Integer.toString(invocations)));
        command.addAll(scenarios);
        final Path output = folder.resolve("output.txt");
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        return Files.readString(output);
    }
}
