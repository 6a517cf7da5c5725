// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of TLC that share a JVM share nothing else. */
class WarmTlcTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String TLC = "tlc2.TLC";

    private ModelFolder folder;
    private WarmTlc tlc;

    @BeforeEach
    void start() throws IOException {
        folder = ModelFolder.unpack();
        tlc = new WarmTlc(folder.path(), Tlc.jarOf(TLC), "512m");
    }

    @AfterEach
    void end() throws IOException {
        tlc.close();
        folder.close();
    }

    /**
     * Other variables, other definitions, a violation, liveness: each leaves its mark in TLC's static fields. The last
     * two are in a second JVM.
     */
    @Test
    void isUnaffectedByTheRunsBefore() throws IOException, InterruptedException {
        final List<String> names = List.of("Retry", "WMExclusive_Partial", "traps/CrashBlocksDelivery", "Retry",
                "ExclusiveDrains", "WMWake", "traps/NeverFull", "Retry", "WMWake", "Retry");
        final List<Model> models = Model.readAll(folder.path());
        for (final String name : names) {
            final Model model = models.stream().filter(row -> row.configuration().equals(name)).findFirst()
                    .orElseThrow();
            final TlcResult result = tlc.run(model.module(), configuration(name), List.of(), LIMIT);
            assertThat(model.compare(result, folder.path(), true)).as("%s%n%s", name, result.output()).isEmpty();
            assertThat(result.output()).doesNotContain("Exception");
        }
    }

    @Test
    void saysAllThatTlcSaysInItsOwnJvm() throws IOException, InterruptedException {
        final Path configuration = configuration("traps/NeverFull");
        tlc.run("RelayModels", configuration("WMWake"), List.of(), LIMIT);
        final TlcResult warm = tlc.run("RelayModels", configuration, List.of("-coverage", "1"), LIMIT);
        final TlcResult own = new Tlc(folder.path()).options("-coverage", "1").run("RelayModels", configuration);
        assertThat(warm.exit()).isEqualTo(own.exit()).isEqualTo(TlcResult.INVARIANT);
        assertThat(warm.violated()).isEqualTo(own.violated()).isEqualTo("NeverFull");
        assertThat(warm.trace()).isEqualTo(own.trace()).isNotEmpty();
        assertThat(warm.coverage()).isEqualTo(own.coverage()).isNotEmpty();
        assertThat(warm.version()).isEqualTo(own.version()).contains("Version");
    }

    @Test
    void aRunThatIsKilledIsFollowedByOthers() throws IOException, InterruptedException {
        assertThat(tlc.run("RelayModels", configuration("Wakeup"), List.of(), Duration.ofMillis(1)).exit())
                .isEqualTo(TlcResult.TIMED_OUT);
        assertThat(tlc.run("RelayModels", configuration("traps/NeverFull"), List.of(), LIMIT).violated())
                .isEqualTo("NeverFull");
    }

    @Test
    void whatDoesNotParseIsNotViolated() throws IOException, InterruptedException {
        final Path broken = folder.path().resolve("Broken.tla");
        Files.writeString(broken, "---- MODULE Broken ----\nInit == x\n====\n");
        final TlcResult result = tlc.run("Broken", configuration("WMWake"), List.of(), LIMIT);
        assertThat(result.exit()).isGreaterThan(TlcResult.PROPERTY);
        assertThat(result.violated()).isEmpty();
    }

    private Path configuration(String name) {
        return folder.path().resolve(name + ".cfg");
    }
}
