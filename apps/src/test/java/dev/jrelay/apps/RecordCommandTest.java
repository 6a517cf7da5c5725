// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.relayapp.RotatedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code relay record} from end to end, with its consumer process. */
class RecordCommandTest {
    @TempDir
    private Path directory;

    @AfterEach
    void nothingIsLeft() {
        assertThat(directory.resolve("channel")).doesNotExist();
    }

    private RelayProcess.Outcome record(byte[] input, String... options) throws IOException {
        final Path file = directory.resolve("input");
        Files.write(file, input);
        return RelayProcess.run(arguments(file.toString(), options));
    }

    private String[] arguments(String input, String... options) {
        final List<String> arguments = new ArrayList<>(List.of("record", "--input", input, "--output",
                directory.resolve("out").toString(), "--channel-dir", directory.resolve("channel").toString()));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    private List<byte[]> outputs() throws IOException {
        final List<byte[]> contents = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("out")).sorted()) {
            for (final Path file : files.toList()) {
                assertThat(file.getFileName().toString()).isEqualTo("cpu" + contents.size());
                contents.add(Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private byte[] output() throws IOException {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        outputs().forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Lines with their ends, sorted. */
    private static List<String> lines(byte[] bytes) {
        final List<String> lines = new ArrayList<>(
                List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("(?<=\n)")));
        Collections.sort(lines);
        return lines;
    }

    private static byte[] text(int seed, int bytes) {
        final Random random = new Random(seed);
        final StringBuilder text = new StringBuilder();
        for (int line = 0; text.length() < bytes; line++) {
            text.append(line).append(' ').repeat('a' + line % 26, random.nextInt(120)).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void relaysLinesOverSeveralCpus() throws IOException {
        final byte[] input = text(1, 8 << 20);
        final RelayProcess.Outcome outcome = record(input, "-w", "3", "-c", "3", "-b", "16k", "-n", "4");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(outcome.err()).contains("3 cpus x 4 x 16 KiB = 192 KiB, no-overwrite, 3 writers");
        assertThat(outcome.out()).contains("max backlog").contains(" of 4").contains("each in its place");
        assertThat(outputs()).hasSize(3);
        assertThat(lines(output())).isEqualTo(lines(input));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "1"})
    void relaysWithSeveralWritersOnOneBuffer(String count) throws IOException {
        final byte[] input = text(2, 4 << 20);
        final RelayProcess.Outcome outcome = record(input, "-w", "3", "-c", "1", "-b", "4k", "-n", count);
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(lines(output())).isEqualTo(lines(input));
    }

    /** With one writer the output is the input. */
    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a", "a\n", "\n\n\n", "one\r\ntwo\r\n\r\nthree", "no end\nhere"})
    void keepsTheBytesOfSmallInputs(String input) throws IOException {
        final RelayProcess.Outcome outcome = record(input.getBytes(StandardCharsets.UTF_8), "-w", "1", "-b", "64");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(output()).isEqualTo(input.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void keepsTheOrderOfOneWriter() throws IOException {
        final byte[] input = Arrays.copyOf(text(3, 5 << 20), 5 << 20); // the last line is cut
        assertThat(record(input, "-w", "1", "-q").err()).isEmpty();
        assertThat(output()).isEqualTo(input);
    }

    @Test
    void writesALineWithoutEndLast() throws IOException {
        final byte[] input = (new String(text(4, 3 << 20), StandardCharsets.ISO_8859_1) + "the end")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertThat(record(input, "-w", "4", "-c", "2").code()).isZero();
        final List<byte[]> files = outputs();
        assertThat(new String(files.getFirst(), StandardCharsets.ISO_8859_1)).endsWith("\nthe end");
        Collections.reverse(files);
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        files.forEach(all::writeBytes);
        assertThat(lines(all.toByteArray())).isEqualTo(lines(input));
    }

    @Test
    void relaysBinaryDataAsLines() throws IOException {
        final byte[] input = new byte[3 << 20];
        new Random(5).nextBytes(input);
        assertThat(record(input, "-w", "1").code()).isZero();
        assertThat(output()).isEqualTo(input);
    }

    @Test
    void relaysBlocks() throws IOException {
        final byte[] input = new byte[(3 << 20) + 777];
        new Random(6).nextBytes(input);
        final RelayProcess.Outcome outcome = record(input, "-w", "1", "--format=blocks", "--block", "3000");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(output()).isEqualTo(input);
    }

    @Test
    void relaysPrefixedRecords() throws IOException {
        final byte[] input = prefixed(7, 4 << 20, 5000);
        assertThat(record(input, "-w", "1", "--format=prefixed", "-b", "8k").code()).isZero();
        assertThat(output()).isEqualTo(input);
    }

    private static byte[] prefixed(int seed, int bytes, int maxLength) {
        final Random random = new Random(seed);
        final ByteBuffer records = ByteBuffer.allocate(bytes + maxLength + 4).order(ByteOrder.LITTLE_ENDIAN);
        while (records.position() < bytes) {
            final byte[] record = new byte[random.nextInt(maxLength)];
            random.nextBytes(record);
            records.putInt(record.length).put(record);
        }
        return Arrays.copyOf(records.array(), records.position());
    }

    @Test
    void saysThatPrefixedInputEndsTooEarly() throws IOException {
        final byte[] whole = {1, 0, 0, 0, 'x', 9, 0, 0, 0, 'y', 'z'};
        final RelayProcess.Outcome outcome = record(whole, "--format=prefixed");
        assertThat(outcome.code()).isEqualTo(Relay.FAILED);
        assertThat(outcome.out()).contains("INPUT INCOMPLETE").contains("of which 6 bytes are there");
        assertThat(output()).isEqualTo(Arrays.copyOf(whole, 5));
    }

    @Test
    void relaysRecordsLongerThanAChunk() throws IOException {
        final byte[] input = (("x".repeat(1_500_000) + "\n").repeat(3) + "y".repeat(3_000_000))
                .getBytes(StandardCharsets.UTF_8);
        assertThat(record(input, "-w", "1", "-b", "4M", "-n", "2").code()).isZero();
        assertThat(output()).isEqualTo(input);
    }

    @Test
    void countsTooLongLines() throws IOException {
        final String shortLines = "short\n".repeat(1000);
        final String input = shortLines + "x".repeat(99) + "\n" + shortLines + "y".repeat(1_500_000) + "\n"
                + shortLines + "z".repeat(2_500_000);
        final RelayProcess.Outcome outcome = record(input.getBytes(StandardCharsets.UTF_8), "-w", "1", "-b", "64",
                "--fail-on-loss");
        assertThat(outcome.code()).isEqualTo(Relay.LOST);
        assertThat(outcome.out()).contains("LOST 3 of 3,003 messages").contains("the record was too large")
                .contains("the longest has 2,500,000 bytes, the limit is 64 (-b 64); -b 4M would have held it")
                .contains("minus what is reported lost");
        assertThat(new String(output(), StandardCharsets.UTF_8)).isEqualTo(shortLines.repeat(3));
    }

    @Test
    void readsAPipe() throws IOException {
        final byte[] input = text(8, 3 << 20);
        try (RelayProcess relay = RelayProcess.start(null, null, arguments("-", "-w", "1"))) {
            try (OutputStream pipe = relay.stdin()) {
                for (int at = 0; at < input.length; at += 7919) { // pieces that cut lines
                    pipe.write(input, at, Math.min(7919, input.length - at));
                    pipe.flush();
                }
            }
            assertThat(relay.await().code()).isZero();
        }
        assertThat(output()).isEqualTo(input);
    }

    @Test
    void accountsForWhatIsDropped() throws IOException {
        final byte[] input = text(9, 30 << 20);
        final RelayProcess.Outcome outcome = record(input, "-w", "2", "-c", "2", "-b", "1k", "-n", "2",
                "--on-full=drop", "--fail-on-loss");
        assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.LOST);
        assertThat(outcome.err()).contains("buffer full, dropping");
        assertThat(outcome.out()).containsPattern("LOST [0-9,]+ of [0-9,]+ messages").contains("the buffer was full")
                .containsPattern("-n [0-9]+ would have held the longest episode").contains("minus what is reported");
        final List<String> written = lines(output());
        assertThat(written).doesNotHaveDuplicates();
        assertThat(lines(input)).containsAll(written.subList(0, 100));
        final String all = lines(input).size() + " messages";
        assertThat(outcome.out().replace(",", "")).contains(" of " + all)
                .contains("LOST " + (lines(input).size() - written.size()) + " of " + all);
    }

    @Test
    void exitsWithZeroOnLossUnlessAsked() throws IOException {
        assertThat(record(text(9, 30 << 20), "-w", "1", "-b", "1k", "-n", "2", "--on-full=drop", "-q"))
                .satisfies(outcome -> assertThat(outcome.code()).isZero())
                .satisfies(outcome -> assertThat(outcome.err()).startsWith("LOST "));
    }

    @Test
    void accountsForWhatIsOverwritten() throws IOException {
        final byte[] input = text(10, 30 << 20);
        final RelayProcess.Outcome outcome = record(input, "-w", "3", "-c", "2", "-b", "1k", "-n", "2", "--overwrite",
                "--json");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(outcome.out()).contains("\"check\":\"ok\"").contains("\"mode\":\"overwrite\"");
        final List<String> written = lines(output());
        assertThat(written).doesNotHaveDuplicates();
        assertThat(number(outcome.out(), "records")).isEqualTo(written.size()).isPositive();
        assertThat(number(outcome.out(), "lostRecords")).isEqualTo(lines(input).size() - written.size()).isPositive();
        assertThat(number(outcome.out(), "bytesRead")).isEqualTo(input.length);
    }

    private static long number(String json, String field) {
        final java.util.regex.Matcher matcher = java.util.regex.Pattern.compile("\"" + field + "\":([0-9]+)")
                .matcher(json);
        assertThat(matcher.find()).as(field).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void rotatesAndProvesAllFiles() throws IOException {
        final byte[] input = text(12, 1 << 20);
        final RelayProcess.Outcome outcome = record(input, "-w", "1", "-b", "4k", "-n", "8", "--rotate", "64k,1h");
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        final List<Path> files = RotatedFiles.find(directory.resolve("out"), "cpu", 0);
        assertThat(files).hasSizeGreaterThan(16);
        assertThat(outcome.out()).contains("read again from " + files.size() + " files").contains("each in its place");
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final Path file : files) {
            assertThat(file).isNotEmptyFile();
            assertThat(Files.size(file)).isLessThanOrEqualTo(64 << 10);
            all.writeBytes(Files.readAllBytes(file));
        }
        assertThat(all.toByteArray()).isEqualTo(input);

        final RelayProcess.Outcome refused = record(input, "-w", "1");
        assertThat(refused.code()).isEqualTo(Relay.FAILED);
        assertThat(refused.err()).contains("exists already").contains("--force");
        Files.delete(directory.resolve("out/cpu0"));
        assertThat(record(input, "-w", "1").err()).contains("cpu0.1: exists already");
        final RelayProcess.Outcome again = record(input, "-w", "1", "--rotate", "1M", "--force", "--json");
        assertThat(again.code()).as(again.toString()).isZero();
        assertThat(again.out()).contains("\"rotate\":\"1M\"").contains("\"check\":\"ok\"")
                .contains("out/cpu0\",\"").contains("out/cpu0.1\"]");
        assertThat(RotatedFiles.find(directory.resolve("out"), "cpu", 0)).hasSize(2);
    }

    @Test
    void namesAWrongRotation() throws IOException {
        final RelayProcess.Outcome outcome = record(new byte[0], "--rotate", "soon");
        assertThat(outcome.code()).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).contains("--rotate").contains("'soon'").contains("64M");
    }

    @Test
    void keepsExistingOutput() throws IOException {
        Files.createDirectory(directory.resolve("out"));
        Files.writeString(directory.resolve("out/cpu7"), "precious");
        final RelayProcess.Outcome refused = record(new byte[0]);
        assertThat(refused.code()).isEqualTo(Relay.FAILED);
        assertThat(refused.err()).contains("cpu7: exists already").contains("--force");
        assertThat(directory.resolve("out/cpu7")).hasContent("precious");
        assertThat(record("new\n".getBytes(StandardCharsets.UTF_8), "--force", "-w", "1").code()).isZero();
        assertThat(output()).asString().isEqualTo("new\n");
    }

    @Test
    void usesAnExistingChannelDirectoryAndLeavesIt() throws IOException {
        final Path existing = Files.createDirectory(directory.resolve("shared"));
        Files.writeString(existing.resolve("other"), "not ours");
        final Path file = Files.writeString(directory.resolve("input"), "a\nb\n");
        final RelayProcess.Outcome outcome = RelayProcess.run("record", "-i", file.toString(), "-o",
                directory.resolve("out").toString(), "--channel-dir", existing.toString());
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        try (Stream<Path> files = Files.list(existing)) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactly("other");
        }
    }
}
