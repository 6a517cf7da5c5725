// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.bench;

import java.io.IOException;
import java.io.InputStream;
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

    /** The compiled program. */
    static final class Program implements AutoCloseable {
        private final Path folder = Files.createTempDirectory("jrelay-limits");
        private final boolean compiled;

        /** Compiles it. No gcc, no limits. */
        Program() throws IOException, InterruptedException {
            final Path source = folder.resolve(SOURCE);
            try (InputStream resource = Limits.class.getResourceAsStream(SOURCE)) {
                Files.copy(resource, source);
            }
            final List<String> compile = new ArrayList<>(List.of("gcc"));
            compile.addAll(FLAGS);
            compile.addAll(List.of(source.toString(), "-o", binary().toString()));
            compiled = start(new ProcessBuilder(compile).inheritIO()) == 0;
        }

        private Path binary() {
            return folder.resolve("limits");
        }

        /** Appends batches to {@code csv}. */
        void run(Path csv, int batches) throws IOException, InterruptedException {
            if (compiled && start(new ProcessBuilder(binary().toString(), Integer.toString(batches))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(csv.toFile()))) != 0) {
                throw new IOException(binary() + ": failed");
            }
        }

        private static int start(ProcessBuilder builder) throws InterruptedException {
            try {
                return builder.start().waitFor();
            } catch (IOException missing) {
                System.err.println("bench: no limits from C: " + missing.getMessage());
                return -1;
            }
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(folder.resolve(SOURCE));
            Files.deleteIfExists(binary());
            Files.delete(folder);
        }
    }
}
