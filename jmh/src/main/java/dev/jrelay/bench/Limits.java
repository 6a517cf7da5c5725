// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The bar: {@code limits.c}, compiled by the gcc that is there and run beside the benchmarks. */
final class Limits {
    private static final String SOURCE = "limits.c";
    private static final List<String> FLAGS = List.of("-O2", "-pthread");

    private final Map<String, List<Double>> rows = new LinkedHashMap<>();

    /** Nothing known. */
    Limits() {
    }

    /** One more batch: a line of the program's output. */
    void add(String line) {
        final int last = line.lastIndexOf(',');
        rows.computeIfAbsent(line.substring(0, last), key -> new ArrayList<>())
                .add(Double.parseDouble(line.substring(last + 1)));
    }

    /** The median of a row, ns per message; empty if it is not known. */
    OptionalDouble median(String name, int size) {
        for (final int threads : new int[] {1, 2}) {
            final List<Double> values = rows.get(name + "," + threads + "," + size);
            if (values != null) {
                return OptionalDouble.of(Sample.median(values));
            }
        }
        return OptionalDouble.empty();
    }

    Map<String, List<Double>> rows() {
        return rows;
    }

    /** Compiles and runs the program; leaves its source's output in {@code directory}. No gcc, no limits. */
    static Limits run(Path directory, int batches) throws IOException, InterruptedException {
        final Limits limits = new Limits();
        final Path work = Files.createTempDirectory("jrelay-limits");
        final Path source = work.resolve(SOURCE);
        final Path program = work.resolve("limits");
        final Path output = directory.resolve("limits.csv");
        try (InputStream resource = Limits.class.getResourceAsStream(SOURCE)) {
            Files.copy(resource, source);
            final List<String> compile = new ArrayList<>(List.of("gcc"));
            compile.addAll(FLAGS);
            compile.addAll(List.of(source.toString(), "-o", program.toString()));
            if (start(new ProcessBuilder(compile).inheritIO()) == 0
                    && start(new ProcessBuilder(program.toString(), Integer.toString(batches))
                            .redirectOutput(output.toFile())) == 0) {
                Files.readAllLines(output, StandardCharsets.UTF_8).forEach(limits::add);
            }
        } finally {
            Files.deleteIfExists(source);
            Files.deleteIfExists(program);
            Files.delete(work);
        }
        return limits;
    }

    private static int start(ProcessBuilder builder) throws InterruptedException {
        try {
            return builder.start().waitFor();
        } catch (IOException missing) {
            System.err.println("bench: no limits from C: " + missing.getMessage());
            return -1;
        }
    }
}
