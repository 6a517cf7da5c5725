// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.ChannelFiles;
import dev.jrelay.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every command that reads a channel, beside a peer that truncates its files, scribbles over them or lies: it may show
 * nonsense or end with an error of one line, but not crash, hang, or spend memory on what a page claims. What the
 * kernel does is in the kernel's tests.
 */
@Timeout(300)
class HostileCommandsTest {
    private static final int WRITER_AT = 48;
    private static final long NOBODY = 0x7fff_fff0L << 32 | 1L;
    private static final int PAGES = 20;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String LITTLE = "JAVA_TOOL_OPTIONS='-Xmx32m -XX:+UseSerialGC MODE' exec \"$@\"";

    @TempDir
    private Path directory;

    private Path channel() {
        return directory.resolve("ch");
    }

    private Path control() {
        return channel().resolve(ChannelFiles.controlName("cpu"));
    }

    @BeforeEach
    void make() throws IOException {
        Files.createDirectory(channel());
    }

    private Channel open() throws IOException {
        final Channel channel = Channel.open(ChannelConfig.builder("cpu").bufferCount(2).subBufferSize(256)
                .subBufferCount(64).keep(true).storage(Storage.files(channel())).build());
        final byte[] line = "a line of some length\n".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 200; i++) {
            channel.writer(i % 2).write(line, 0, line.length);
        }
        return channel;
    }

    private String[] arguments(String command) {
        return command.replace("CH", channel().toString()).replace("OUT", directory.resolve("out").toString())
                .split(" ");
    }

    /** The commands that go on: cold ones, whose every access is interpreted, and warm ones. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "tail -f CH                                     | .cpu.control | -Xint",
        "tail -f CH                                     | cpu0         | -Xint",
        "stat -i 20ms CH                                | .cpu.control | -XX:TieredStopAtLevel=1",
        "snapshot CH -o OUT --when backlog=99% --times 2 | .cpu.control | -XX:TieredStopAtLevel=1",
        "consume CH OUT keep 1M FILES                   | .cpu.control | -Xint",
        "consume CH OUT keep 1M TRACE                   | cpu1         | -XX:TieredStopAtLevel=1",
        "consume CH OUT keep 1M FILES                   | cpu1         | -XX:TieredStopAtLevel=1",
    })
    void aTruncatedFileIsAnError(String command, String file, String mode) throws Exception {
        Files.createDirectory(directory.resolve("out"));
        final Channel channel = open(); // never closed: its memory is gone
        try (RelayProcess relay = RelayProcess.start(LITTLE.replace("MODE", mode),
                Path.of("/dev/null"), arguments(command))) {
            if (command.startsWith("consume")) {
                relay.awaitOut("ready");
            } else {
                awaitMapped(relay, channel);
            }
            try (FileChannel cut = FileChannel.open(channel().resolve(file), StandardOpenOption.WRITE)) {
                cut.truncate(0L);
            }
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).as(outcome.toString()).isIn(Relay.OK, Relay.FAILED);
            assertThat(outcome.err() + outcome.out()).doesNotContain("SIGBUS").doesNotContain("\tat ");
            assertThat(outcome.code() == Relay.FAILED).as(outcome.toString())
                    .isEqualTo((outcome.err() + outcome.out()).contains("truncated"));
        }
    }

    /** The application's writers end with an error, too; the collector never says that all is saved. */
    @Test
    void aTruncatedFileEndsACollectorWithAnError() throws Exception {
        final Path books = Files.createDirectory(directory.resolve("books"));
        try (RelayProcess application = RelayProcess.start(null, null, SoakApplication.class, channel().toString(),
                books.toString(), "2")) {
            application.awaitOut("ready");
            try (RelayProcess collector = RelayProcess.start(null, Path.of("/dev/null"), "collect",
                    channel().toString(), "-o", directory.resolve("out").toString(), "-b", "4k", "--delay", "10ms")) {
                collector.awaitErr("Logging");
                try (FileChannel cut = FileChannel.open(control(), StandardOpenOption.WRITE)) {
                    cut.truncate(0L);
                }
                final RelayProcess.Outcome outcome = collector.await();
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).contains("truncated").doesNotContain("\tat ");
            }
        }
    }

    /** Until it has looked at the channel once, or consumes it. */
    private void awaitMapped(RelayProcess relay, Channel channel) {
        final Path maps = Path.of("/proc/" + relay.process().pid() + "/maps");
        RelayProcess.await(() -> channel.bufferCount() == 2 && Files.readString(maps).contains("/ch/cpu1"));
    }

    /** What it prints goes nowhere but into what is told if it fails. */
    private int execute(String command, ByteArrayOutputStream printed) {
        final PrintStream out = System.out;
        final PrintStream err = System.err;
        try (PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            return Relay.execute(arguments(command));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** In this process, which would not survive it either. */
    @Test
    void pagesThatLieAreAnErrorOrNonsense() throws IOException {
        open().close();
        final byte[] good = Files.readAllBytes(control());
        ByteBuffer.wrap(good).order(ByteOrder.nativeOrder()).putLong(WRITER_AT, NOBODY); // else recover refuses
        for (int seed = 0; seed < PAGES; seed++) {
            final Random random = new Random(seed);
            final byte[] page = good.clone();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                lie(ByteBuffer.wrap(page).order(ByteOrder.nativeOrder()), random);
            }
            for (final String command : List.of("stat CH", "stat CH --json", "tail CH", "tail --hex CH",
                    "tail --klog CH", "snapshot CH -o OUT --force", "recover CH -o OUT --force --assume-dead",
                    "recover CH -o OUT --force --assume-dead --klog", "list CH")) {
                Files.write(control(), page);
                final String what = command + " of page " + seed;
                final ByteArrayOutputStream printed = new ByteArrayOutputStream();
                final int code = assertTimeoutPreemptively(LIMIT, () -> execute(command, printed), what);
                final String text = printed.toString(StandardCharsets.UTF_8);
                assertThat(code).as("%s: %s", what, text).isIn(Relay.OK, Relay.FAILED);
                assertThat(text).as(what).doesNotContain("Exception").doesNotContain("Error");
            }
        }
    }

    /** Mostly the header, and the first words of each buffer, where a lie has consequences. */
    private static void lie(ByteBuffer page, Random random) {
        final int block = (page.capacity() - 4096) / 2;
        final int at = switch (random.nextInt(3)) {
            case 0 -> 8 * random.nextInt(16);
            case 1 -> 4096 + block * random.nextInt(2) + 8 * random.nextInt(block / 8);
            default -> 4096 + block * random.nextInt(2) + 128 * random.nextInt(9);
        };
        switch (random.nextInt(5)) {
            case 0 -> page.putLong(at, random.nextLong());
            case 1 -> page.putLong(at, -1L >>> random.nextInt(64));
            case 2 -> page.putInt(at + 4 * random.nextInt(2), 1 << random.nextInt(32));
            case 3 -> page.putLong(at, page.getLong(at) + random.nextInt(200) - 100L);
            default -> page.put(at + random.nextInt(8), (byte) random.nextInt());
        }
    }
}
