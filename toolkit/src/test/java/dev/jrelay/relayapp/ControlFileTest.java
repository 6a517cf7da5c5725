// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.relayapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control files with a client's own read and write functions. */
class ControlFileTest {
    @TempDir
    Path directory;

    @Test
    void readsAndWritesThroughTheClientsFunctions() throws IOException {
        final AtomicReference<String> value = new AtomicReference<>("first");
        final Path path;
        try (ControlFile file = ControlFile.create("level", directory, value::get, value::set)) {
            path = file.path();
            assertThat(ControlFile.ask(path, null)).isEqualTo("first");
            assertThat(ControlFile.ask(path, "second value")).isEqualTo("ok");
            assertThat(value).hasValue("second value");
            assertThat(ControlFile.ask(path, "")).isEqualTo("second value");
        }
        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> ControlFile.ask(path, null)).isInstanceOf(IOException.class)
                .hasMessageContaining("no process serves");
    }

    @Test
    void aRefusalReachesTheOtherSide() throws IOException {
        try (ControlFile file = ControlFile.create("level", directory, null, value -> {
            throw new IOException("'" + value + "': must be 0 or 1");
        })) {
            assertThatThrownBy(() -> ControlFile.ask(file.path(), "7")).hasMessageContaining("'7': must be 0 or 1");
            assertThatThrownBy(() -> ControlFile.ask(file.path(), null)).hasMessageContaining("cannot be read");
        }
    }

    @Test
    void whatAKilledProcessLeftIsReplacedAndALivingOnesIsNot() throws IOException {
        final Path left = directory.resolve("level");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(left));
        }
        assertThat(left).exists();
        try (ControlFile file = ControlFile.create("level", directory, () -> "1", null)) {
            assertThatThrownBy(() -> ControlFile.create("level", directory, () -> "2", null))
                    .hasMessageContaining("exists already");
            assertThat(ControlFile.ask(file.path(), null)).isEqualTo("1");
        }
    }

    /** Else it would look as if it had been written. */
    @Test
    void whatDoesNotFitIntoALineIsRefusedAndNoAnswerIsNone() throws IOException {
        final AtomicReference<String> value = new AtomicReference<>("first");
        try (ControlFile file = ControlFile.create("level", directory, value::get, value::set);
                ControlFile mute = ControlFile.create("mute", directory, connection -> connection.readLine())) {
            assertThat(ControlFile.ask(file.path(), "x".repeat(4096))).isEqualTo("ok");
            assertThatIllegalArgumentException().isThrownBy(() -> ControlFile.ask(file.path(), "x".repeat(4097)))
                    .withMessageContaining("a value of 4097 bytes: must be one line of at most 4096");
            assertThatIllegalArgumentException().isThrownBy(() -> ControlFile.ask(file.path(), "0\n1"))
                    .withMessageContaining("in several lines: must be one line");
            assertThat(value).hasValue("x".repeat(4096));
            assertThatThrownBy(() -> ControlFile.ask(mute.path(), "1")).isInstanceOf(IOException.class)
                    .hasMessageEndingWith("mute: the connection was ended without an answer");
        }
    }

    /** Of a process that is not trusted. */
    @Test
    void anEndlessAnswerIsCutShort() throws IOException {
        try (ControlFile endless = ControlFile.create("endless", directory, connection -> {
            for (;;) {
                connection.writeLine("x".repeat(1000));
            }
        })) {
            assertThatThrownBy(() -> ControlFile.ask(endless.path(), null)).isInstanceOf(IOException.class)
                    .hasMessageEndingWith("endless: the answer is longer than 1048576 characters");
        }
    }

    /** Asks for {@code level} in the directory that is its argument, for a second. */
    static final class Asker {
        private Asker() {
        }

        public static void main(String[] arguments) {
            System.out.println("asks");
            try {
                System.out.println(ControlFile.ask(Path.of(arguments[0], "level"), null, Duration.ofSeconds(1)));
            } catch (IOException silent) {
                System.out.println(silent.getMessage());
            }
        }
    }

    /** Who stands still has not waited. */
    @Test
    void whoeverAsksIsPatientByWhatItHasSeenAndNotByTheClock() throws Exception {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch answer = new CountDownLatch(1);
        try (ControlFile file = ControlFile.create("level", directory, () -> {
            asked.countDown();
            awaitUninterruptibly(answer);
            return "7";
        }, null); Jvm asker = Jvm.start("exec \"$@\"", Asker.class, directory.toString())) {
            assertThat(file.path()).exists();
            assertThat(asker.line()).isEqualTo("asks");
            asked.await();
            signal("STOP", asker.pid());
            Thread.sleep(1_500L); // longer than it is patient
            signal("CONT", asker.pid());
            answer.countDown();
            assertThat(asker.line()).isEqualTo("7");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException impossible) {
            throw new IOException(impossible);
        }
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(pid)).start().waitFor()).isZero();
    }

    /** Serves {@code level} in the directory that is its argument, until it is killed. */
    static final class Server {
        private Server() {
        }

        public static void main(String[] arguments) throws IOException, InterruptedException {
            try (ControlFile file = ControlFile.create("level", Path.of(arguments[0]), () -> "7", null)) {
                System.out.println(file.path());
                Thread.currentThread().join();
            }
        }
    }

    @Test
    void goesOnAfterALackOfFileDescriptors() throws IOException {
        final List<SocketChannel> idle = new ArrayList<>();
        try (Jvm server = Jvm.start("ulimit -n 64; exec \"$@\"", Server.class, directory.toString())) {
            final Path path = Path.of(server.line());
            assertThat(ControlFile.ask(path, null)).isEqualTo("7");
            for (int i = 0; i < 80; i++) { // more than it can have
                idle.add(SocketChannel.open(UnixDomainSocketAddress.of(path)));
            }
            assertThatThrownBy(() -> ControlFile.ask(path, null, Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class).hasMessageContaining("no answer within 300")
                    .hasMessageContaining("out of file descriptors");
            for (final SocketChannel client : idle) {
                client.close();
            }
            assertThat(ControlFile.ask(path, null)).isEqualTo("7");
        }
    }
}
