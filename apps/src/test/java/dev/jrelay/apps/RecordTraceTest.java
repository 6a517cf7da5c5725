// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.relayapp.RotatedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code relay record --ctf}, read again by {@code relay decode} and, where it is installed, by babeltrace2. */
@Timeout(300)
class RecordTraceTest {
    private static final Pattern DISCARDED = Pattern.compile("Tracer discarded (\\d+) (event|packet)s? between");

    @TempDir
    private Path directory;

    private RelayProcess.Outcome record(String input, String... options) throws IOException {
        Files.writeString(directory.resolve("input"), input, ISO_8859_1);
        final List<String> arguments = new ArrayList<>(List.of("record", "-i", directory.resolve("input").toString(),
                "-o", out().toString(), "--channel-dir", directory.resolve("channel").toString()));
        arguments.addAll(List.of(options));
        return RelayProcess.run(arguments.toArray(String[]::new));
    }

    private Path out() {
        return directory.resolve("out");
    }

    private static String text(int lines) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append("line ").append(i).append(' ').repeat('a' + i % 26, i % 90).append(".\n");
        }
        return text.toString();
    }

    /** The messages of a trace, sorted. */
    private List<String> messages() {
        return ChannelCommandsTest.run("decode", out().toString()).out().lines()
                .map(line -> line.substring(line.indexOf(": ") + 2)).sorted().toList();
    }

    /** What babeltrace2 says: how many events, or packets, were discarded; that it reads so many is checked. */
    private long discarded(String what, long events) throws IOException, InterruptedException {
        final Path errors = directory.resolve("babeltrace.txt");
        final Process process;
        try {
            process = new ProcessBuilder("babeltrace2", out().toString()).redirectError(errors.toFile()).start();
        } catch (IOException missing) {
            assumeTrue(false, "babeltrace2 is not installed: run .ci/need babeltrace2");
            throw missing;
        }
        process.getOutputStream().close();
        assertThat(process.inputReader(ISO_8859_1).lines().count()).as("events").isEqualTo(events);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        long sum = 0L;
        final Matcher matcher = DISCARDED.matcher(Files.readString(errors));
        while (matcher.find()) {
            sum += matcher.group(2).equals(what) ? Long.parseLong(matcher.group(1)) : 0L;
        }
        return sum;
    }

    /** Writers that have waited have lost nothing, and the trace says so. */
    @Test
    void writesAndProvesATraceThatRotates() throws Exception {
        final String input = text(20_000);
        final RelayProcess.Outcome outcome = record(input, "--ctf", "-w", "3", "-c", "2", "-b", "1k", "-n", "2",
                "--rotate", "200k", "--json");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(outcome.out()).contains("\"check\":\"ok\"").contains("\"ctf\":true")
                .contains("\"bytesRead\":" + input.length()).contains("\"lostRecords\":0")
                .containsPattern("\"waits\":[1-9]");
        final List<Path> files = new ArrayList<>(RotatedFiles.find(out(), "cpu", 0));
        files.addAll(RotatedFiles.find(out(), "cpu", 1));
        assertThat(files).hasSizeGreaterThan(4)
                .allSatisfy(file -> assertThat(Files.size(file)).isLessThan((200 << 10) + 200));
        assertThat(messages()).isEqualTo(input.lines().sorted().toList());
        assertThat(discarded("event", 20_000L)).isZero();
    }

    @Test
    void tellsWhatIsLost() throws Exception {
        final RelayProcess.Outcome outcome = record(text(20_000) + "x".repeat(2_000) + "\n", "--ctf", "-w", "1", "-b",
                "1k", "-n", "2", "--on-full=drop");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(outcome.out()).contains("exactly what was written minus what is reported lost")
                .contains("the longest has 2,024 bytes with the header of its event, the limit is 1,024");
        final long read = messages().size();
        assertThat(discarded("event", read)).isEqualTo(20_001L - read).isGreaterThan(1L);
    }

    @Test
    void tellsWhatIsOverwritten() throws Exception {
        final RelayProcess.Outcome outcome = record(text(20_000), "--ctf", "-w", "2", "-c", "1", "-b", "1k", "-n", "2",
                "--overwrite", "--json");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(outcome.out()).contains("\"check\":\"ok\"");
        final Matcher overwritten = Pattern.compile("\"overwritten\":\\{\"subBuffers\":(\\d+)").matcher(outcome.out());
        assertThat(overwritten.find()).isTrue();
        assertThat(discarded("packet", messages().size())).isEqualTo(Long.parseLong(overwritten.group(1)))
                .isPositive();
    }

    @Test
    void writesBlocksAsRawEventsAndATraceOfNothing() throws Exception {
        assertThat(record("abcdefgh", "--ctf", "-w", "1", "--format=blocks", "--block", "3").code()).isZero();
        assertThat(messages()).containsExactly("61 62 63", "64 65 66", "67 68");
        assertThat(record("", "--ctf", "-w", "1", "--force").code()).isZero();
        assertThat(messages()).isEmpty();
        assertThat(discarded("event", 0L)).isZero();
    }

    @Test
    void anEarlierTraceIsReplacedAsAWholeOrKept() throws IOException {
        assertThat(record("one\n", "--ctf", "-w", "1").code()).isZero();
        Files.delete(out().resolve("cpu0"));
        assertThat(record("two\n", "-w", "1").err()).contains("metadata: exists already");
        assertThat(record("two\n", "-w", "1", "--force").code()).isZero();
        assertThat(out().resolve("metadata")).doesNotExist();
        Files.delete(out().resolve("cpu0"));
        Files.writeString(out().resolve("metadata"), "somebody's");
        assertThat(record("three\n", "--ctf", "-w", "1").err()).contains("metadata: exists already");
        assertThat(record("four\n", "-w", "1").code()).isZero();
        assertThat(out().resolve("metadata")).hasContent("somebody's");
    }

    @Test
    void namesWrongSizes() throws IOException {
        final RelayProcess.Outcome small = record("", "--ctf", "-b", "24");
        assertThat(small.code()).isEqualTo(Relay.USAGE);
        assertThat(small.err()).contains("-b 24: must be 32 to");
        assertThat(record("", "--ctf", "-b", "4k", "--format=blocks").err())
                .contains("--block 4k: must be 1 to 4076");
    }
}
