// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jrelay.relayapp.RelayApp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application and its collector in two containers that share the channel's directory and nothing else. */
@Timeout(300)
class ContainerTest {
    private static final int RECORDS = 5_000;

    /** Namespaces of its own for all that has one, and a {@code /dev/shm} of its own. */
    private static final String CONTAINER = "exec unshare --pid --fork --kill-child --mount-proc --ipc --uts --net "
            + "--mount sh -c 'mount -t tmpfs -o size=64m tmpfs /dev/shm && exec \"$@\"' sh \"$@\"";

    @TempDir
    private Path directory;

    /** Writes while somebody collects, in the directory that is its argument. */
    static final class Application {
        private Application() {
        }

        public static void main(String[] arguments) throws IOException {
            try (RelayApp app = RelayApp.open(Path.of(arguments[0]), "cpu", new RelayApp.Events() { })) {
                System.out.println("ready");
                for (int i = 0; i < RECORDS;) {
                    final byte[] record = "record %06d\n".formatted(i).getBytes(StandardCharsets.US_ASCII);
                    i += app.write(record, 0, record.length) >= 0L ? 1 : 0;
                }
                System.out.println("written");
                System.in.read();
            }
        }
    }

    @BeforeEach
    void namespaces() throws IOException, InterruptedException {
        Namespaces.assume();
    }

    @Test
    void theyMeetInTheDirectory() throws Exception {
        final Path shared = directory.resolve("shared");
        final Path out = directory.resolve("out");
        final Process application = new ProcessBuilder("/bin/sh", "-c", CONTAINER, "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Application.class.getName(),
                shared.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (RelayProcess collector = collect(application, shared, out)) {
            assertThat(application.inputReader().readLine()).isEqualTo("written");
            application.getOutputStream().close();
            final RelayProcess.Outcome outcome = collector.await();
            assertThat(outcome.code()).as(outcome.toString()).isZero();
            final StringBuilder all = new StringBuilder();
            for (int i = 0; Files.exists(out.resolve("cpu" + i)); i++) {
                all.append(Files.readString(out.resolve("cpu" + i)));
            }
            assertThat(all.toString().lines()).hasSize(RECORDS).doesNotHaveDuplicates();
            assertThat(application.waitFor(60L, TimeUnit.SECONDS)).isTrue();
        } finally {
            application.destroyForcibly();
        }
    }

    private static RelayProcess collect(Process application, Path shared, Path out) throws IOException {
        assertThat(application.inputReader().readLine()).isEqualTo("ready");
        return RelayProcess.start(CONTAINER, Path.of("/dev/null"), "collect", shared.toString(), "-o", out.toString(),
                "-b", "64k", "-n", "8");
    }

    @Test
    void whatDoesNotFitIsSaidBeforeItBegins() {
        try (RelayProcess relay = RelayProcess.start(CONTAINER, Path.of("/dev/null"), "create", "/dev/shm/ch", "-c",
                "33")) {
            final RelayProcess.Outcome outcome = relay.await();
            assertThat(outcome.code()).isEqualTo(Relay.FAILED);
            assertThat(outcome.err()).contains("the channel needs 66.1 MiB, but only 64 MiB are free");
        }
    }

    /** As pid 1 of a container that is started again: its namesake of before has left something. */
    @Test
    void aRestartedContainerFindsNothingInItsWay() throws Exception {
        final Path input = Files.writeString(directory.resolve("input"), "a line\n");
        final String shell = "exec unshare --pid --fork --kill-child --mount-proc \"$@\"";
        for (int i = 0; i < 2; i++) {
            try (RelayProcess killed = RelayProcess.start(shell, null, "record", "-i", "-", "-o",
                    directory.resolve("killed" + i).toString(), "-b", "4k")) {
                killed.awaitErr("consumer process ");
                killed.process().descendants().forEach(ProcessHandle::destroyForcibly); // its consumer, too
            }
            try (RelayProcess again = RelayProcess.start(shell, Path.of("/dev/null"), "record", "-i", input.toString(),
                    "-o", directory.resolve("again" + i).toString(), "-b", "4k")) {
                final RelayProcess.Outcome outcome = again.await();
                assertThat(outcome.code()).as(outcome.toString()).isZero();
            }
        }
    }
}
