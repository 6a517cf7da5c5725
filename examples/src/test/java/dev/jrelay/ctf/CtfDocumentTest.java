// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.ctf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.examples.Trace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/ctf.md} says what the code does. */
class CtfDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "ctf.md");

    @TempDir
    Path directory;

    @Test
    void showsTheMetadata() throws Exception {
        final Ctf ctf = new Ctf(1, 2);
        ctf.writeMetadata(directory);
        final String metadata = Files.readString(directory.resolve("metadata"));
        assertThat(Files.readString(DOCUMENT)).contains(metadata.replace(ctf.uuid().toString(), "%s"));
        assertThat(CtfMetadata.uuid(directory)).isEqualTo(ctf.uuid());
    }

    @Test
    void showsTheExample() throws Exception {
        final String program = Files.readString(Path.of("src/main/java/dev/jrelay/examples/Trace.java"));
        final String document = Files.readString(DOCUMENT);
        final int from = document.indexOf("```java\n") + 8;
        assertThat(program).contains(document.substring(from, document.indexOf("```", from)).indent(8).stripTrailing());
    }

    @Test
    void theExampleRuns() throws Exception {
        Trace.write(directory);
        final List<String> events = new ArrayList<>();
        final Babeltrace result =
                Babeltrace.read(directory, (cpu, time, name, length, value) -> events.add(name + " " + value));
        assertThat(events).hasSize(11).startsWith("klog \"request 0\"")
                .endsWith("klog \"request 9\"", "raw [ [0] = 0x1, [1] = 0x2, [2] = 0x3 ]");
        assertThat(result.lostEvents).isEqualTo(Map.of(0, 3L));
        assertThat(result.errors).contains("discarded 2 events", "discarded 1 event ");
    }
}
