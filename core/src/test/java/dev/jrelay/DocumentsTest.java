// SPDX-License-Identifier: Apache-2.0
package dev.jrelay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in the documents: the README's example and the reader in C do what they say. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    @Test
    void theExampleOfTheReadmeCompilesAndRuns() throws Exception {
        final Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(block.find()).isTrue();
        final Path source = Files.writeString(directory.resolve("Hello.java"), block.group(1));
        final String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        final String output = run(new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"),
                source.toString()).redirectErrorStream(true));

        assertThat(output).isEqualTo("OK\nhello, relay\n");
    }

    @Test
    void theReaderInCReadsWhatWasWritten() throws Exception {
        assumeTrue(hasCompiler(), "no C compiler");
        final Path reader = directory.resolve("reader");
        run(new ProcessBuilder("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", reader.toString(),
                ROOT.resolve("docs/reader.c").toString()).redirectErrorStream(true));
        final Path output = directory.resolve("output");
        final Process process;
        final StringBuilder written = new StringBuilder();
        try (Channel channel = Channel.open(ChannelConfig.builder("c").bufferCount(2).subBufferSize(40)
                .subBufferCount(4).storage(Storage.files(directory)).build())) {
            process = new ProcessBuilder(reader.toString(), directory.toString(), "c", "1")
                    .redirectOutput(output.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            final SharedWriter buffer = channel.writer(1);
            for (int i = 0; i < 10_000; i++) {
                final byte[] record = ("record " + i + "\n").getBytes(UTF_8);
                while (!buffer.hasRoom(record.length)) {
                    assertThat(process.isAlive()).isTrue();
                    Thread.onSpinWait();
                }
                assertThat(buffer.write(record, 0, record.length)).isNotNegative();
                written.append("record ").append(i).append('\n');
            }
            channel.flush();
            while (channel.buffer(1).statsSinceReset().consumed() == 0L) {
                Thread.onSpinWait(); // the reader must have opened the files before they are removed
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(output)).isEqualTo(written.toString());
    }

    private static boolean hasCompiler() {
        for (final String folder : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, "cc"))) {
                return true;
            }
        }
        return false;
    }

    private static String run(ProcessBuilder command) throws IOException, InterruptedException {
        final Process process = command.start();
        final String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command.command(), output).isZero();
        return output;
    }
}
