// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code relay} in a project that is built, with a JDK that tells how it was started. */
class ScriptTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void project() throws IOException {
        final Path script = Path.of("../relay");
        assumeTrue(Files.isReadable(script) && Files.isExecutable(Path.of("/bin/bash")));
        Files.copy(script, directory.resolve("relay"));
        for (final String file : new String[] {"spec/help/check.txt", "jcstress-tests/help/stress.txt",
            "jmh/help/size.txt", "spec/help/mutate.txt", "it/help/install.txt"}) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "help of " + file + "\n");
        }
        for (final String file : new String[] {"pom.xml", "core/pom.xml", "core/src/main/x", "toolkit/pom.xml",
            "toolkit/src/main/x", "adapters/kafka/src/main/x", "apps/pom.xml", "apps/target/relay.jar"}) {
            Files.createDirectories(directory.resolve(file).getParent());
            Files.writeString(directory.resolve(file), "");
        }
        Files.createDirectories(directory.resolve("jdk/bin"));
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        Files.writeString(directory.resolve("jdk/bin/java"), "#!/bin/sh\necho \"$LC_ALL $LANG\"\n");
        Files.writeString(directory.resolve("jdk/bin/javac"), "#!/bin/sh\n");
        for (final String tool : new String[] {"java", "javac"}) {
            assertThat(directory.resolve("jdk/bin").resolve(tool).toFile().setExecutable(true)).isTrue();
        }
    }

    private String run(Map<String, String> locale, String... arguments) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder("/bin/bash", directory.resolve("relay").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().putAll(locale);
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        final Process process = builder.redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(output.startsWith("relay: ") ? Relay.USAGE : Relay.OK);
        return output;
    }

    /** So that names beyond ASCII can be opened. */
    @ParameterizedTest
    @CsvSource({"'', ''", "POSIX, ''", "C, de_DE.UTF-8", "'', C"})
    void thePosixLocaleBecomesUtf8(String all, String lang) throws Exception {
        assertThat(run(Map.of("LC_ALL", all, "LANG", lang), "stat")).startsWith("C.UTF-8 ");
    }

    @Test
    void anyOtherLocaleStays() throws Exception {
        assertThat(run(Map.of("LANG", "de_DE.UTF-8"), "stat")).isEqualTo(" de_DE.UTF-8\n");
    }

    /** Those that do not go to the apps, which show them. */
    @Test
    void controlCharactersOfArgumentsReachNoTerminal() throws Exception {
        for (final String command : new String[] {"check", "stress", "bench", "size", "example", "mutate", "install"}) {
            assertThat(run(Map.of(), command, "\u001b[31mred")).isEqualTo("relay: " + command
                    + ": control characters in the arguments\n");
        }
    }

    @Test
    void helpNeedsNoBuild() throws Exception {
        assertThat(run(Map.of(), "check", "--help")).isEqualTo("help of spec/help/check.txt\n");
        assertThat(run(Map.of(), "stress", "-h")).isEqualTo("help of jcstress-tests/help/stress.txt\n");
        assertThat(run(Map.of(), "size", "--rate", "1M", "--help")).isEqualTo("help of jmh/help/size.txt\n");
        assertThat(run(Map.of(), "mutate", "Window", "--help")).isEqualTo("help of spec/help/mutate.txt\n");
        assertThat(run(Map.of(), "install", "-h")).isEqualTo("help of it/help/install.txt\n");
    }

    /** Before Maven is asked, which takes its time. */
    @ParameterizedTest
    @CsvSource({"mutate,Windows,no class Windows in core", "mutate,--all,no class --all in core",
        "mutate,../x,no class ../x in core", "install,--large,at most one argument"})
    void aWrongArgumentIsNamedAtOnce(String command, String argument, String message) throws Exception {
        assertThat(run(Map.of(), command, argument)).startsWith("relay: ").contains(message);
    }
}
