// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.Storage;
import dev.jrelay.apps.ChannelCommandsTest.Outcome;
import dev.jrelay.klog.Klog;
import dev.jrelay.klog.KlogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code relay decode}, of what {@code snapshot} has written. */
class DecodeCommandTest {
    private static final long SECOND = 1_000_000_000L;
    private static final String DAY = "2026-01-31T12:00:";

    @TempDir
    private Path directory;

    private static Outcome run(String... arguments) {
        return ChannelCommandsTest.run(arguments);
    }

    private static void write(Channel channel, int cpu, int id, int second, String text) {
        final long noon = 1_769_860_800L;
        assertThat(KlogRecord.write(channel.writer(cpu), id, (noon + second) * SECOND, text.getBytes(US_ASCII), 0,
                text.length())).isNotNegative();
    }

    private String snapshot() throws IOException {
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").subBufferSize(4096).subBufferCount(2)
                .bufferCount(2).storage(Storage.files(directory)).build())) {
            write(channel, 1, KlogRecord.TEXT, 1, "first");
            write(channel, 0, KlogRecord.TEXT, 2, "second \u001b[31m\n");
            write(channel, 1, KlogRecord.TRUNCATED, 3, "third");
            write(channel, 0, KlogRecord.RAW, 4, "\u0001\u0002");
            assertThat(run("snapshot", directory.toString(), "-o", directory.resolve("out").toString()).code())
                    .isZero();
        }
        return directory.resolve("out").toString();
    }

    @Test
    void printsAllCpusInTheOrderOfTime() throws IOException {
        final String out = snapshot();
        final Outcome text = run("decode", out);
        assertThat(text.code()).isZero();
        assertThat(text.err()).isEmpty();
        assertThat(text.out()).isEqualTo(DAY + "01.000000000Z cpu1: first\n"
                + DAY + "02.000000000Z cpu0: second \\x1b[31m\n"
                + DAY + "03.000000000Z cpu1: third …\n"
                + DAY + "04.000000000Z cpu0: 01 02\n");
        final Outcome json = run("decode", out, "--json", "--cpu", "1");
        assertThat(json.out()).isEqualTo("{\"cpu\":1,\"timeNanos\":1769860801000000000,\"time\":\"" + DAY
                + "01.000000000Z\",\"text\":\"first\"}\n{\"cpu\":1,\"timeNanos\":1769860803000000000,\"time\":\"" + DAY
                + "03.000000000Z\",\"text\":\"third\",\"truncated\":true}\n");
        assertThat(run("decode", out, "--from", DAY + "02Z", "--to", DAY + "03", "--json").out().lines())
                .singleElement().asString().contains("\"text\":\"second \\u001B[31m\\n\"");
        assertThat(run("decode", out, "--text", "^(fi|th)").out().lines()).hasSize(2);
        assertThat(run("decode", out, "--from", "1h").out()).as("it is of long ago").isEmpty();
        assertThat(run("decode", Path.of(out).resolve("demo1").toString()).out().lines()).hasSize(2);
        assertThat(run("decode", out, "--format", "text", "--cpu", "0").out()).contains("cpu0: \\x00");
    }

    @Test
    void whatIsMissingIsSaid() throws IOException {
        final String out = snapshot();
        Files.writeString(Path.of(out).resolve("demo0"), "and no record", StandardOpenOption.APPEND);
        final Outcome text = run("decode", out, "--fail-on-loss");
        assertThat(text.code()).isEqualTo(Relay.LOST);
        assertThat(text.out().lines()).hasSize(4);
        assertThat(text.err()).isEqualTo("relay: " + DAY + "04.000000000Z cpu0: 13 bytes DAMAGED\n");
        assertThat(run("decode", out, "--json").out()).contains("\"damagedBytes\":13}\n");
        assertThat(run("decode", out, "--fail-on-loss", "--cpu", "1").code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"--from yesterday, 'yesterday': must be a moment", "--cpu x, 'x': must be a number",
        "--text (, '(': must be a regular expression: Unclosed group", "--format json, json"})
    void wrongOptionsAreNamed(String options, String message) {
        final Outcome outcome = run(("decode " + directory + " " + options).split(" "));
        assertThat(outcome.code()).isEqualTo(Relay.USAGE);
        assertThat(outcome.err()).contains(message);
    }

    @Test
    void klogReadsItsOwnTimes() throws IOException {
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").bufferCount(1)
                .storage(Storage.files(directory)).build())) {
            final Klog klog = new Klog();
            klog.attach(channel);
            klog.print("now");
            run("snapshot", directory.toString(), "-o", directory.resolve("out").toString());
        }
        assertThat(run("decode", directory.resolve("out").toString(), "--from", "1h").out()).contains("cpu0: now");
    }
}
