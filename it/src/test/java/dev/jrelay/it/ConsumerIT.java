// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's small project with the installed library: it compiles without a warning, runs, and can be linked. */
class ConsumerIT {
    private static final String VERSION = System.getProperty("version");
    private static final Path REPOSITORY = Path.of(System.getProperty("repository"));
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    private static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
                <modelVersion>4.0.0</modelVersion>
                <groupId>client</groupId>
                <artifactId>client</artifactId>
                <version>1</version>
                %s
                <dependencies>
                    %s
                </dependencies>
            </project>
            """;

    private static final String BILL_OF_MATERIALS = """
            <dependencyManagement>
                <dependencies>
                    <dependency>
                        <groupId>dev.jrelay</groupId>
                        <artifactId>jrelay-bom</artifactId>
                        <version>%s</version>
                        <type>pom</type>
                        <scope>import</scope>
                    </dependency>
                </dependencies>
            </dependencyManagement>
            """.formatted(VERSION);

    private static final String DEPENDENCY = """
            <dependency>
                <groupId>dev.jrelay</groupId>
                <artifactId>jrelay-core</artifactId>
            </dependency>
            """;

    private static final String MODULE = """
            module client {
                requires dev.jrelay;
            }
            """;

    private static final String PROGRAM = """
            package client;

            import dev.jrelay.*;
            import java.nio.file.Path;

            public class Main {
                public static void main(String[] arguments) throws Exception {
                    Path directory = RelayDirectory.create("relay", Path.of(arguments[0]));
                    ChannelConfig config = ChannelConfig.builder("cpu").bufferCount(2).mode(Mode.NO_OVERWRITE)
                            .cpuSelector(CpuSelector.cpuId()).storage(Storage.files(directory)).build();
                    try (Channel channel = Channel.open(config)) {
                        channel.writer(1).write("hello".getBytes(), 0, 5);
                        channel.flush();
                        try (MappedChannel mapped = MappedChannel.open(directory, "cpu");
                                Consumer consumer = mapped.consumer(1)) {
                            System.out.println(consumer.poll(0) + " " + new String(consumer.next().segment()
                                    .asSlice(0, 5).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)));
                            consumer.subBuffersConsumed(1);
                        }
                        System.out.println(channel.statsSinceReset() + " " + Channel.class.getModule());
                    }
                    RelayDirectory.remove(directory);
                }
            }
            """;

    /** The class path of a client that imports the bill of materials. */
    private static String library;

    @TempDir
    private Path directory;

    @BeforeAll
    static void resolveByBillOfMaterials(@TempDir Path project) throws IOException {
        library = resolve(project, POM.formatted(BILL_OF_MATERIALS, DEPENDENCY));
    }

    @Test
    void whatIsInstalledIsComplete() throws IOException {
        assertThat(StagedRepository.problems(REPOSITORY, false, false)).isEmpty();
    }

    @Test
    void theLibraryIsOneJar() {
        assertThat(library).isEqualTo(REPOSITORY.resolve("dev/jrelay/jrelay-core/" + VERSION + "/jrelay-core-" + VERSION
                + ".jar").toString());
    }

    @Test
    void asReadmeSays() throws IOException {
        final String readme = Files.readString(Path.of("../README.md"));
        final String resolved = resolve(directory, POM.formatted("", block(readme, "xml", "<dependency>")));
        final Path source = Files.writeString(directory.resolve("Hello.java"), block(readme, "java", "class Hello"));
        run(tool("javac"), "-Xlint:all", "-Werror", "-cp", resolved, "-d", directory.toString(), source.toString());
        assertThat(run(tool("java"), "-cp", resolved + File.pathSeparator + directory, "Hello"))
                .isEqualTo("OK\nhello, relay\n");
    }

    @Test
    void onTheClassPath() throws IOException {
        final Path classes = compile("-cp");
        assertThat(run(tool("java"), "-cp", library + File.pathSeparator + classes, "client.Main",
                directory.toString())).startsWith("READABLE hello\nproduced=1 consumed=1")
                .contains("delivered=1/5B", " unnamed module ");
    }

    @Test
    void onTheModulePath() throws IOException {
        final Path classes = compile("--module-path");
        assertThat(run(tool("java"), "--module-path", library + File.pathSeparator + classes, "-m",
                "client/client.Main", directory.toString())).startsWith("READABLE hello\nproduced=1 consumed=1")
                .endsWith(" module dev.jrelay\n");
    }

    @Test
    void onTheModulePathWithNativeAccessForTheKernelAlone() throws IOException {
        final Path classes = compile("--module-path");
        assertThat(run(tool("java"), "--enable-native-access=dev.jrelay", "--illegal-native-access=deny",
                "--module-path", library + File.pathSeparator + classes, "-m", "client/client.Main",
                directory.toString())).startsWith("READABLE hello\n");
    }

    @Test
    void asAnImage() throws IOException {
        final Path classes = compile("--module-path");
        final Path image = directory.resolve("image");
        run(tool("jlink"), "--module-path", library + File.pathSeparator + classes, "--add-modules", "client",
                "--launcher", "client=client/client.Main", "--output", image.toString());
        assertThat(run(image.resolve("bin/client").toString(), directory.toString()))
                .startsWith("READABLE hello\nproduced=1 consumed=1").endsWith(" module dev.jrelay\n");
        assertThat(run(image.resolve("bin/java").toString(), "--list-modules").lines().map(line -> line.split("@")[0]))
                .containsExactlyInAnyOrder("client", "dev.jrelay", "java.base");
    }

    private Path compile(String path) throws IOException {
        final List<String> command = new ArrayList<>(List.of(tool("javac"), "-Xlint:all", "-Werror", path, library,
                "-d", directory.resolve("classes").toString()));
        command.add(Files.writeString(directory.resolve("Main.java"), PROGRAM).toString());
        if (path.equals("--module-path")) {
            command.add(Files.writeString(directory.resolve("module-info.java"), MODULE).toString());
        }
        run(command.toArray(String[]::new));
        return directory.resolve("classes");
    }

    /**
     * Has Maven resolve a project whose local repository holds nothing but the libraries. What Maven itself needs comes
     * from the files that the build around this test has fetched, so there is no network in it.
     */
    private static String resolve(Path project, String pom) throws IOException {
        Files.writeString(project.resolve("pom.xml"), pom);
        final Path settings = Files.writeString(project.resolve("settings.xml"), """
                <settings>
                    <mirrors>
                        <mirror>
                            <id>fetched</id>
                            <mirrorOf>*</mirrorOf>
                            <url>%s</url>
                        </mirror>
                    </mirrors>
                </settings>
                """.formatted(Path.of(System.getProperty("maven.repository")).toUri()));
        final Path classPath = project.resolve("class-path");
        final Outcome outcome = execute(System.getProperty("maven.home") + "/bin/mvn", "-B", "-q", "-f",
                project.toString(), "-s", settings.toString(), "-gs", settings.toString(),
                "-Dmaven.repo.local=" + REPOSITORY, "-Dmdep.outputFile=" + classPath,
                "org.apache.maven.plugins:maven-dependency-plugin:" + System.getProperty("dependency.plugin.version")
                        + ":build-classpath");
        // Its errors are not looked at: a Maven that is older than its JDK is warned about.
        assertThat(outcome.status()).as(outcome.output() + outcome.errors()).isZero();
        return Files.readString(classPath).strip();
    }

    /** The block of a language that contains a text, from a page in Markdown. */
    private static String block(String page, String language, String text) {
        final Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
        return blocks.results().map(found -> found.group(1)).filter(found -> found.contains(text)).findFirst()
                .orElseThrow(() -> new AssertionError("no block with " + text));
    }

    private static String tool(String name) {
        return JDK.resolve("bin").resolve(name).toString();
    }

    /** Runs a program that succeeds and prints no error; returns what it prints. */
    private static String run(String... command) throws IOException {
        final Outcome outcome = execute(command);
        assertThat(outcome).as(String.join(" ", command)).isEqualTo(new Outcome(0, outcome.output(), ""));
        return outcome.output();
    }

    /** What a program printed, and how it ended. */
    private record Outcome(int status, String output, String errors) {
    }

    private static Outcome execute(String... command) throws IOException {
        final Path errors = Files.createTempFile("errors", ".txt");
        try {
            final Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes());
            return new Outcome(process.waitFor(), output, Files.readString(errors));
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        } finally {
            Files.delete(errors);
        }
    }
}
