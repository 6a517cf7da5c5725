// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jrelay.Channel;
import dev.jrelay.ChannelConfig;
import dev.jrelay.RelayDirectory;
import dev.jrelay.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands end when they are told to, and when nobody reads or nothing can be read; and leave nothing behind. */
@Timeout(300)
class StopTest {
    /** Two seconds, and what a busy machine makes of them; in looks, so that one that stands still fails no test. */
    private static final int LOOKS_IN_TIME = 2_000;
    private static final long LOOK_MILLIS = 10L;

    @TempDir
    private Path directory;

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start().waitFor()).isZero();
    }

    private static void endsInTime(RelayProcess relay) throws InterruptedException {
        for (int look = 0; !relay.process().waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS); look++) {
            assertThat(look).as("ended in time").isLessThan(LOOKS_IN_TIME);
        }
    }

    /** Until its thread waits in the system call. */
    private static void awaitOpening(RelayProcess relay) {
        RelayProcess.await(() -> {
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + relay.process().pid() + "/task"))) {
                return tasks.anyMatch(task -> {
                    try {
                        return Files.readString(task.resolve("wchan")).contains("wait_for_partner")
                                || Files.readString(task.resolve("syscall")).startsWith("257 "); // openat
                    } catch (IOException ended) {
                        return false;
                    }
                });
            }
        });
    }

    private Path fifo() throws IOException, InterruptedException {
        final Path fifo = directory.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0);
        return fifo;
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void aFifoThatNobodyWritesToKeepsNobodyFromEnding(String name) throws Exception {
        final Path fifo = fifo();
        try (RelayProcess tail = RelayProcess.start(null, Path.of("/dev/null"), "tail", fifo.toString());
                RelayProcess record = RelayProcess.start(null, Path.of("/dev/null"), "record", "-i", fifo.toString(),
                        "-o", directory.resolve("out").toString(), "--channel-dir", directory.resolve("ch").toString(),
                        "-b", "4k")) {
            awaitOpening(tail);
            record.consumer();
            awaitOpening(record);
            signal(name, tail.process().pid());
            signal(name, record.process().pid());
            endsInTime(tail);
            endsInTime(record);
            assertThat(tail.await().code()).isZero();
            final RelayProcess.Outcome recorded = record.await();
            assertThat(recorded.code()).as(recorded.toString()).isZero();
            assertThat(recorded.out()).contains("; stopped");
            assertThat(directory.resolve("ch")).doesNotExist();
        }
    }

    @Test
    void theSecondSignalEndsItAtOnce() throws Exception {
        try (RelayProcess record = RelayProcess.start(null, null, "record", "-i", "-", "-o",
                directory.resolve("out").toString(), "--channel-dir", directory.resolve("ch").toString(), "-b", "4k",
                "-w", "1")) {
            final ProcessHandle consumer = record.consumer();
            signal("STOP", consumer.pid()); // so that it cannot end in order
            try {
                signal("INT", record.process().pid());
                assertThat(record.process().waitFor(500L, TimeUnit.MILLISECONDS)).as("waits").isFalse();
                signal("INT", record.process().pid());
                endsInTime(record);
                assertThat(record.await().code()).isEqualTo(130);
            } finally {
                signal("CONT", consumer.pid());
            }
            RelayProcess.await(() -> !consumer.isAlive());
            assertThat(directory.resolve("ch")).as("its consumer cleans up").doesNotExist();
        }
    }

    /** As a service manager does, which tells all processes of a service to end. */
    @Test
    void aSignalToAllOfItsProcessesLosesNothing() throws Exception {
        try (RelayProcess record = RelayProcess.start(null, null, "record", "-i", "-", "-o",
                directory.resolve("out").toString(), "--channel-dir", directory.resolve("ch").toString(), "-b", "4k",
                "-w", "1")) {
            final ProcessHandle consumer = record.consumer();
            record.stdin().write("a line\n".getBytes(StandardCharsets.US_ASCII));
            record.stdin().flush();
            signal("TERM", consumer.pid());
            signal("TERM", record.process().pid());
            final RelayProcess.Outcome outcome = record.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(outcome.out()).contains("; stopped");
        }
    }

    /** Whoever stands still has not been patient meanwhile, and the application has not been silent. */
    @Test
    void aCollectorThatStoodStillItselfIsNotImpatient() throws Exception {
        final Path books = Files.createDirectory(directory.resolve("books"));
        final Path app = directory.resolve("app");
        try (RelayProcess application = RelayProcess.start(null, null, SoakApplication.class, app.toString(),
                books.toString(), "1")) {
            application.awaitOut("ready");
            try (RelayProcess collector = RelayProcess.start(null, Path.of("/dev/null"), "collect", app.toString(),
                    "-o", directory.resolve("out").toString(), "-b", "4k")) {
                collector.awaitErr("Logging");
                signal("STOP", application.process().pid());
                signal("TERM", collector.process().pid());
                Thread.sleep(200L); // it asks the application for the end, and gives it a second
                signal("STOP", collector.process().pid());
                Thread.sleep(1_500L);
                signal("CONT", collector.process().pid());
                signal("CONT", application.process().pid());
                final RelayProcess.Outcome outcome = collector.await();
                assertThat(outcome.code()).as(outcome.toString()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "tail"})
    void aClosedPipeEndsItQuietly(String command) throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").subBufferSize(4096).subBufferCount(4)
                .bufferCount(1).storage(Storage.files(directory)).build())) {
            final String[] arguments = command.equals("stat")
                    ? new String[] {"stat", "-i", "20ms", directory.toString()}
                    : new String[] {"tail", "-f", directory.toString()};
            try (RelayProcess relay = RelayProcess.start("\"$@\" | head -1", Path.of("/dev/null"), arguments)) {
                while (relay.process().isAlive()) {
                    final byte[] line = "a line\n".getBytes(StandardCharsets.US_ASCII);
                    channel.writer(0).write(line, 0, line.length);
                    relay.process().waitFor(10L, TimeUnit.MILLISECONDS);
                }
                assertThat(relay.await().err()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "stat --json", "tail", "tail -f", "snapshot --json -o DIR/out", "list", "--help",
        "completion", "record -i FILE -o DIR/out", "record -i FILE -o DIR/out --json"})
    void aFullDiskBehindStdoutIsAnError(String command) throws Exception {
        try (Channel channel = Channel.open(ChannelConfig.builder("demo").subBufferSize(4096).subBufferCount(4)
                .bufferCount(1).storage(Storage.files(directory)).build())) {
            channel.writer(0).write("a line\n".getBytes(StandardCharsets.US_ASCII), 0, 7);
            final boolean asksForOne = command.matches("(stat|tail|snapshot).*");
            final Path input = Files.writeString(directory.resolve("input"), "a line\n");
            final List<String> words = List.of((command + (asksForOne ? " DIR" : ""))
                    .replace("DIR", directory.toString()).replace("FILE", input.toString()).split(" "));
            try (RelayProcess relay = RelayProcess.start("exec \"$@\" > /dev/full", Path.of("/dev/null"),
                    words.toArray(String[]::new))) {
                final RelayProcess.Outcome outcome = relay.await();
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).endsWith("relay: stdout: No space left on device\n");
                if (!command.startsWith("record")) { // which has said what it does
                    assertThat(outcome.err().lines()).hasSize(1);
                }
            }
        }
    }

    @Test
    void aClosedStdinIsRefused() {
        for (final String[] arguments : new String[][] {
            {"record", "-i", "-", "-o", directory.resolve("out").toString()},
            {"create", directory.resolve("ch").toString(), "--lines", "-c", "1"}}) {
            try (RelayProcess relay = RelayProcess.start("exec \"$@\" <&-", Path.of("/dev/null"), arguments)) {
                final RelayProcess.Outcome outcome = relay.await();
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).contains("relay: stdin is closed");
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    /** The first file that the JVM opens gets the number. */
    @ParameterizedTest
    @ValueSource(strings = {"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/dev/../dev/stdin"})
    void aClosedDescriptorIsRefusedHoweverItIsNamed(String input) {
        for (final String[] arguments : new String[][] {
            {"record", "-i", input, "-o", directory.resolve("out").toString()}, {"tail", input}}) {
            try (RelayProcess relay = RelayProcess.start("exec \"$@\" <&-", Path.of("/dev/null"), arguments)) {
                final RelayProcess.Outcome outcome = relay.await();
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).isEqualTo("relay: " + input + ": is closed\n");
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aSelftestThatIsStoppedLeavesNothing() throws Exception {
        final Path temporary = Files.createDirectory(directory.resolve("tmp"));
        try (RelayProcess selftest = RelayProcess.start("JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + temporary
                + " exec \"$@\"", Path.of("/dev/null"), "selftest", "--time", "600s", "-c", "1")) {
            RelayProcess.await(() -> {
                try (Stream<Path> files = Files.walk(temporary)) {
                    return files.anyMatch(file -> file.endsWith("cpu0") && file.toFile().length() > 0L);
                }
            });
            signal("INT", selftest.process().pid());
            endsInTime(selftest);
            assertThat(selftest.await().code()).isEqualTo(Relay.FAILED);
        }
        assertThat(temporary).isEmptyDirectory();
        try (Stream<Path> left = Files.list(RelayDirectory.root())) {
            assertThat(left.filter(file -> file.getFileName().toString().startsWith("relay-selftest-"))).isEmpty();
        }
    }

    @Test
    void theFileThatFindsNoRoomIsNamed() throws Exception {
        Namespaces.assume();
        final Path small = Files.createDirectory(directory.resolve("small"));
        final Path dead = directory.resolve("dead");
        try (RelayProcess writer = RelayProcess.start(null, null, "create", dead.toString(), "--lines", "-c", "1", "-b",
                "64k", "-n", "4", "--keep")) {
            writer.awaitOut("Ctrl-C");
            writer.stdin().write("a line\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII));
            writer.stdin().close();
            assertThat(writer.await().code()).isZero();
        }
        for (final String command : new String[] {"snapshot", "recover"}) {
            try (RelayProcess relay = RelayProcess.start("exec unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs "
                    + small + " && exec \"$@\"' sh \"$@\"", Path.of("/dev/null"), command, dead.toString(), "-o",
                    small.resolve("out").toString())) {
                final RelayProcess.Outcome outcome = relay.await();
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).isEqualTo("relay: " + small + "/out/cpu0: No space left on device\n");
            }
        }
        assertThat(dead.resolve("cpu0")).exists();
    }

    @Test
    void aChannelThatFindsNoRoomLeavesNoDirectory() throws Exception {
        Namespaces.assume();
        final Path small = Files.createDirectory(directory.resolve("small"));
        final String shell = "exec unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs " + small
                + " && { \"$@\"; echo $?; ls " + small + "; }' sh \"$@\"";
        try (RelayProcess relay = RelayProcess.start(shell, Path.of("/dev/null"), "create",
                small.resolve("ch").toString(), "-b", "64k", "-n", "16", "-c", "1")) { // but for the control words
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.out()).isEqualTo("1\n");
            assertThat(outcome.err()).startsWith("relay: ").contains(small.toString()).contains("the channel needs");
        }
    }
}
