// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Has TLC write the state graph of a configuration, without its properties: other runs check these. */
final class StateGraphs {
    static final Path MODULES = Path.of("src/main/tla").toAbsolutePath();
    private static final List<Path> CONFIGURATIONS = List.of(Path.of("src/main/cfg"), Path.of("src/test/cfg"));
    private static final Path TRACE_CONSTANTS = Path.of("src/test/tla/TraceConstants.tla").toAbsolutePath();
    private static final List<String> DEFINITIONS = List.of("RelayModels", "RelayExclusive", ModelConstants.CLAIMS,
            ModelConstants.HANDLES, ModelConstants.LEASE);

    private StateGraphs() {
    }

    /** A configuration of the model, or one made for these tests. */
    static Path configuration(String name) {
        return CONFIGURATIONS.stream().map(folder -> folder.resolve(name + ".cfg").toAbsolutePath())
                .filter(Files::exists).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no configuration " + name));
    }

    /** The constants of a configuration. */
    static ModelConstants constants(String name) throws IOException {
        return ModelConstants.read(configuration(name), Stream.concat(Stream.of(TRACE_CONSTANTS),
                DEFINITIONS.stream().map(module -> MODULES.resolve(module + ".tla"))).toArray(Path[]::new));
    }

    /** Runs TLC over a configuration and reads its graph. */
    static Graph read(String name) {
        try {
            final ModelConstants constants = constants(name);
            final Path folder = Files.createTempDirectory("graph");
            final Path configuration = folder.resolve(name + ".cfg");
            final Path dot = folder.resolve("graph.dot");
            try {
                Files.write(configuration, bare(Files.readAllLines(configuration(name))));
                final TlcResult result = new Tlc(MODULES).options("-dump", "dot,actionlabels", dot.toString())
                        .run(constants.module(), configuration);
                if (result.exit() != TlcResult.OK) {
                    throw new IllegalStateException("TLC ended with " + result.exit() + "\n" + result.output());
                }
                return Graph.read(constants, dot);
            } finally {
                Files.deleteIfExists(dot);
                Files.deleteIfExists(configuration);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The configuration's behaviours and constants, and nothing to check. */
    static List<String> bare(List<String> configuration) {
        final int properties = (int) configuration.stream()
                .takeWhile(line -> !line.matches("(INVARIANT|PROPERT).*")).count();
        return configuration.subList(0, properties).stream()
                .map(line -> line.replaceFirst("^SPECIFICATION (\\w*?)(Fair)?Spec$", "SPECIFICATION $1Spec")).toList();
    }
}
