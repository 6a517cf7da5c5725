// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's small project, on the module path and on the class path: it compiles without a warning and runs. */
class PlainProjectTest {
    private static final Path KERNEL = Child.classes(Channel.class);

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

    @TempDir
    private Path directory;

    private void compile(String... options) throws IOException {
        final Path sources = Files.createDirectories(directory.resolve("src/client"));
        final List<String> command = new ArrayList<>(List.of(Child.tool("javac").toString(), "-Xlint:all",
                "-Werror", "-d", directory.resolve("out").toString()));
        command.addAll(List.of(options));
        command.add(Files.writeString(sources.resolve("Main.java"), PROGRAM).toString());
        if (options[0].equals("--module-path")) {
            command.add(Files.writeString(sources.resolveSibling("module-info.java"), MODULE).toString());
        }
        assertThat(Child.run(command)).isEqualTo(new Child.Outcome(0, "", ""));
    }

    private String run(String... arguments) {
        final List<String> command = new ArrayList<>(List.of(Child.tool("java").toString(), "-Xmx64m"));
        command.addAll(List.of(arguments));
        command.add(directory.toString());
        final Child.Outcome outcome = Child.run(command);
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.status()).isZero();
        return outcome.output();
    }

    @Test
    void onTheModulePath() throws IOException {
        compile("--module-path", KERNEL.toString());
        assertThat(run("--module-path", KERNEL + File.pathSeparator + directory.resolve("out"), "-m",
                "client/client.Main")).startsWith("READABLE hello\nproduced=1 consumed=1")
                .endsWith(" module dev.jrelay\n");
    }

    @Test
    void onTheModulePathWithNativeAccessForTheKernelAlone() throws IOException {
        compile("--module-path", KERNEL.toString());
        assertThat(run("--enable-native-access=dev.jrelay", "--illegal-native-access=deny", "--module-path",
                KERNEL + File.pathSeparator + directory.resolve("out"), "-m", "client/client.Main"))
                .startsWith("READABLE hello\n");
    }

    @Test
    void onTheClassPath() throws IOException {
        compile("-cp", KERNEL.toString());
        assertThat(run("-cp", KERNEL + File.pathSeparator + directory.resolve("out"), "client.Main"))
                .startsWith("READABLE hello\nproduced=1 consumed=1").contains("delivered=1/5B", " unnamed module ");
    }
}
