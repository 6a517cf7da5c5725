// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream screen = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong now = new AtomicLong();

    @Test
    void tellsHowManyAreDoneAndWhatRuns() {
        try (StatusLine line = new StatusLine(screen, true, 3, now::get)) {
            line.started("Close");
            now.set(62_000_000_000L);
            line.started("Flush");
            assertThat(last()).isEqualTo("0/3  1:02  Close 1:02, Flush 0:00");
            line.ended("Close", () -> screen.println("Close ok"));
            assertThat(written()).contains("\033[KClose ok\n");
            assertThat(last()).isEqualTo("1/3  1:02  Flush 0:00");
            line.note("Flush", "x".repeat(100));
            assertThat(last()).hasSize(79).endsWith("x…");
        }
        assertThat(last()).isEmpty();
    }

    @Test
    void writesNothingInAPipeButNotes() {
        try (StatusLine line = new StatusLine(screen, false, 2, now::get)) {
            line.started("Close");
            line.note("Close", "1,000 states");
            line.ended("Close", () -> { });
            assertThat(line.position()).isEqualTo("1/2");
        }
        assertThat(written()).isEqualToNormalizingNewlines("Close: 1,000 states\n");
    }

    /** What the terminal shows in its last line. */
    private String last() {
        return written().substring(written().lastIndexOf("\033[K") + 3);
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
