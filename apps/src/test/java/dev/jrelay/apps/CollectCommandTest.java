// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.ChannelFiles;
import dev.jrelay.relayapp.RelayApp;
import dev.jrelay.relayapp.RotatedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code relay collect} as a process that is killed or has no room, and the one that finishes its run. The application
 * is here: one thread, so that its records lie in one file. {@code -Dkills=300} kills more often.
 */
@Timeout(600)
class CollectCommandTest {
    private static final int KILLS = Integer.getInteger("kills", 8);

    @TempDir
    private Path directory;

    /** Writes numbered lines until told to stop; what is refused is written again, so that nothing is left out. */
    private static final class Writer {
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final RelayApp app;
        private final Thread thread;
        private volatile boolean stopped;

        Writer(RelayApp app) {
            this.app = app;
            this.thread = Thread.ofPlatform().start(this::run);
        }

        private void run() {
            for (int number = 0; !stopped; number++) {
                final byte[] record = ("record " + number + "\n").getBytes(StandardCharsets.UTF_8);
                boolean done = false;
                while (!done && !stopped) {
                    done = app.write(record, 0, record.length) >= 0L;
                    if (!done || number % 64 == 0) {
                        LockSupport.parkNanos(100_000L);
                    }
                }
                if (done) {
                    written.writeBytes(record);
                }
            }
        }

        byte[] stop() throws InterruptedException {
            stopped = true;
            thread.join();
            return written.toByteArray();
        }
    }

    private RelayProcess collect(String shell, String rotate) {
        final RelayProcess collector = RelayProcess.start(shell, Path.of("/dev/null"), "collect",
                directory.resolve("app").toString(), "-o", directory.resolve("out").toString(), "-b", "4k", "-n", "64",
                "--rotate", rotate);
        collector.awaitErr("Logging");
        return collector;
    }

    private List<Path> files() throws IOException {
        final List<Path> files = new ArrayList<>();
        for (int cpu = 0; Files.exists(directory.resolve("out/cpu" + cpu)); cpu++) {
            files.addAll(RotatedFiles.find(directory.resolve("out"), "cpu", cpu));
        }
        return files;
    }

    private long size() throws IOException {
        long size = 0L;
        for (final Path file : files()) {
            size += Files.size(file);
        }
        return size;
    }

    private byte[] content() throws IOException {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final Path file : files()) {
            all.writeBytes(Files.readAllBytes(file));
        }
        return all.toByteArray();
    }

    private static RelayProcess.Outcome stop(RelayProcess collector) {
        collector.process().destroy();
        return collector.await();
    }

    /** Where a living collector writes, or a killed one can be gone on with, nobody else does. */
    @Test
    void theOutputOfACollectorIsNobodyElses() throws Exception {
        final Path input = Files.writeString(directory.resolve("input"), "a line\n");
        final Path out = directory.resolve("out");
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { });
                RelayApp other = RelayApp.open(directory.resolve("other"), "cpu", new RelayApp.Events() { });
                RelayProcess collector = collect(null, "1G")) {
            final byte[] record = "record\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(app.write(record, 0, record.length)).isNotNegative();
            assertThat(other.write(record, 0, record.length)).isEqualTo(RelayApp.OFF);
            for (final String line : List.of("snapshot APP -o OUT --force", "record -i IN -o OUT --force")) {
                final RelayProcess.Outcome refused = run(line);
                assertThat(refused.code()).as(refused.toString()).isEqualTo(Relay.FAILED);
                assertThat(refused.err()).contains("out: holds the run of a collector that is not finished");
            }
            final RelayProcess.Outcome second = run("collect OTHER -o OUT --force");
            assertThat(second.code()).as(second.toString()).isEqualTo(Relay.FAILED);
            assertThat(second.err()).contains("out: a collector writes there");
            final RelayProcess.Outcome outcome = stop(collector);
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            assertThat(new String(content(), StandardCharsets.US_ASCII)).isEqualTo("record\n");
        }
        assertThat(run("record -i IN -o OUT --force").code()).as("it is finished").isZero();
        assertThat(out.resolve(".collector")).doesNotExist();
    }

    @Test
    void aCollectorNeverSaysThatAllIsInAFileThatIsNotThere() throws Exception {
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { });
                RelayProcess collector = collect(null, "1G")) {
            final byte[] record = "record\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(app.write(record, 0, record.length)).isNotNegative();
            Files.delete(directory.resolve("out/cpu0"));
            final RelayProcess.Outcome outcome = stop(collector);
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("out/cpu0: was removed or replaced while it was written");
            final RelayProcess.Outcome next = run("collect APP -o DIR/out2");
            assertThat(next.code()).as(next.toString()).isEqualTo(Relay.FAILED);
            assertThat(next.err()).contains("exists already, of a channel that a collector did not finish");
        }
    }

    @Test
    void whatAKilledApplicationLeftIsNamedWithWhatToDo() throws Exception {
        Files.createDirectory(directory.resolve("app"));
        Files.writeString(directory.resolve("app/cpu0"), "of before");
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { })) {
            assertThat(app.write(new byte[1], 0, 1)).isEqualTo(RelayApp.OFF);
            for (final String line : new String[] {"collect APP -o OUT", "collect APP -o OUT --force"}) {
                final RelayProcess.Outcome refused = run(line);
                assertThat(refused.code()).as(refused.toString()).isEqualTo(Relay.FAILED);
                assertThat(refused.err()).contains("app/cpu0: exists already, of a process that has ended: "
                        + "relay recover");
            }
            assertThat(directory.resolve("app/cpu0")).hasContent("of before");
        }
    }

    private RelayProcess.Outcome run(String line) {
        return RelayProcess.run(line.replace("APP", directory + "/app").replace("OTHER", directory + "/other")
                .replace("OUT", directory + "/out").replace("IN", directory + "/input")
                .replace("DIR", directory.toString()).split(" "));
    }

    @Test
    void whateverMomentACollectorIsKilledTheNextOneFinishesItsRun() throws Exception {
        final long seed = new Random().nextLong();
        final Random random = new Random(seed);
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { })) {
            final Writer writer = new Writer(app);
            for (int kill = 0; kill < KILLS; kill++) {
                try (RelayProcess collector = collect(null, "30k")) {
                    final long until = size() + random.nextInt(300_000);
                    RelayProcess.await(() -> size() >= until);
                    collector.process().destroyForcibly().waitFor();
                }
            }
            try (RelayProcess last = collect(null, "30k")) {
                final byte[] written = writer.stop();
                final RelayProcess.Outcome outcome = stop(last);
                assertThat(outcome.code()).as("seed " + seed + "\n" + outcome.err()).isZero();
                assertThat(content()).as("seed " + seed).isEqualTo(written);
                assertThat(files()).hasSizeGreaterThan(Runtime.getRuntime().availableProcessors())
                        .allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(30L << 10));
            }
            assertThat(directory.resolve("out/.collector")).as("the run is finished").doesNotExist();
            assertThat(directory.resolve("app").resolve(ChannelFiles.controlName("cpu")))
                    .as("nobody needs the channel").doesNotExist();
        }
    }

    @Test
    void aFullDiskIsSaidAndWhatTheBufferHoldsIsSavedWhenThereIsRoom() throws Exception {
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { })) {
            final Writer writer = new Writer(app);
            final byte[] written;
            try (RelayProcess full = collect("ulimit -f 40; exec \"$@\"", "1h")) {
                full.awaitErr("kept in the channel, and tried again");
                written = writer.stop();
                final RelayProcess.Outcome outcome = stop(full);
                assertThat(outcome.code()).isEqualTo(Relay.FAILED);
                assertThat(outcome.out()).containsPattern("cpu \\d+: NOT SAVED \\d+ records \\(\\d+ bytes\\)")
                        .contains("mend that and collect into");
                assertThat(size()).isBetween(1L, 40L * 1024L).isLessThan(written.length);
            }
            try (RelayProcess next = collect(null, "1h")) {
                final RelayProcess.Outcome outcome = next.await(); // the application has closed the channel
                assertThat(outcome.code()).as(outcome.err()).isZero();
            }
            assertThat(content()).isEqualTo(written);
        }
    }

    /** A journal that is mapped without its pages would be the end of the JVM. */
    @Test
    void aDiskThatIsFullAtTheBeginIsSaidAndTheApplicationLeftAsItWas() throws Exception {
        Namespaces.assume();
        final Path full = Files.createDirectory(directory.resolve("full"));
        final String shell = "exec unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs " + full
                + " && { cat /dev/zero > " + full + "/ballast 2> " + full + "/err; exec \"$@\"; }' sh \"$@\"";
        try (RelayApp app = RelayApp.open(directory.resolve("app"), "cpu", new RelayApp.Events() { });
                RelayProcess collector = RelayProcess.start(shell, Path.of("/dev/null"), "collect",
                        directory.resolve("app").toString(), "-o", full.resolve("out").toString())) {
            final RelayProcess.Outcome outcome = collector.await();
            assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).startsWith("relay: " + full.resolve("out"))
                    .endsWith(": No space left on device\n");
            assertThat(app.write(new byte[1], 0, 1)).isEqualTo(RelayApp.OFF);
            assertThat(directory.resolve("app").resolve(ChannelFiles.controlName("cpu"))).doesNotExist();
        }
    }

    /** An application in a JVM of its own, so that it can be stopped: it writes one record, then waits. */
    static final class Application {
        private Application() {
        }

        public static void main(String[] arguments) throws IOException {
            try (RelayApp app = RelayApp.open(Path.of(arguments[0]), "cpu", new RelayApp.Events() { })) {
                System.out.println("ready");
                final byte[] record = "a record\n".getBytes(StandardCharsets.UTF_8);
                while (app.write(record, 0, record.length) < 0L) {
                    LockSupport.parkNanos(1_000_000L);
                }
                System.out.println("written");
                System.in.read();
            }
        }
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start().waitFor()).isZero();
    }

    @Test
    void anApplicationThatIsStoppedDoesNotKeepItsCollectorAndLosesNothing() throws Exception {
        final Process application = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Application.class.getName(),
                directory.resolve("app").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertThat(application.inputReader().readLine()).isEqualTo("ready");
            try (RelayProcess collector = collect(null, "1h")) {
                assertThat(application.inputReader().readLine()).isEqualTo("written");
                signal("STOP", application);
                final RelayProcess.Outcome outcome = stop(collector);
                assertThat(outcome.code()).as(outcome.toString()).isEqualTo(Relay.FAILED);
                assertThat(outcome.err()).contains("is silent: it is stopped").contains("when it goes on");
            }
            signal("CONT", application);
            try (RelayProcess next = RelayProcess.start(null, Path.of("/dev/null"), "collect",
                    directory.resolve("app").toString(), "-o", directory.resolve("out").toString())) {
                assertThat(next.await().code()).as("it finishes the run").isZero();
            }
            assertThat(content()).asString().isEqualTo("a record\n");
        } finally {
            application.destroyForcibly();
        }
    }
}
