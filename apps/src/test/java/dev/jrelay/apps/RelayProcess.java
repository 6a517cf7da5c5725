// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The relay command in a JVM of its own, as a user starts it. */
final class RelayProcess implements AutoCloseable {
    /** Counted in looks and not in time, so that a machine that stands still for a while fails no test. */
    private static final int PATIENCE = 12_000;
    private static final long LOOK_MILLIS = 10L;

    private final Process process;
    private final Path out;
    private final Path err;

    private RelayProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a command that ended has left. */
    record Outcome(int code, String out, String err) {
    }

    /**
     * Starts it.
     *
     * @param shell a shell command with {@code "$@"} in it, to run it under limits; null for none
     * @param input stdin; null for a pipe, see {@link #stdin}
     */
    static RelayProcess start(String shell, Path input, String... arguments) {
        return start(shell, input, Relay.class, arguments);
    }

    /** Starts another class's {@code main} in the same way. */
    static RelayProcess start(String shell, Path input, Class<?> main, String... arguments) {
        try {
            final Path out = Files.createTempFile("relay", ".out");
            final Path err = Files.createTempFile("relay", ".err");
            // What was started in the background ignores signals, and so does what it starts.
            final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
            if (shell != null) {
                command.addAll(List.of("/bin/sh", "-c", shell, "sh"));
            }
            command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1",
                    "-cp", System.getProperty("java.class.path"), main.getName()));
            command.addAll(List.of(arguments));
            final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            if (input != null) {
                builder.redirectInput(input.toFile());
            }
            return new RelayProcess(builder.start(), out, err);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs it to its end without any input on stdin. */
    static Outcome run(String... arguments) {
        try (RelayProcess relay = start(null, Path.of("/dev/null"), arguments)) {
            return relay.await();
        }
    }

    /** Whether it runs, or how it ended. */
    @Override
    public String toString() {
        try {
            return process.isAlive() ? "running" : "ended with " + process.exitValue() + ": " + Files.readString(err);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    OutputStream stdin() {
        return process.getOutputStream();
    }

    Process process() {
        return process;
    }

    /** The consumer process, as soon as it has been announced. */
    ProcessHandle consumer() throws IOException {
        awaitErr("consumer process ");
        final String text = Files.readString(err);
        final int at = text.indexOf("consumer process ") + "consumer process ".length();
        return ProcessHandle.of(Long.parseLong(text.substring(at).lines().findFirst().orElseThrow().strip()))
                .orElseThrow();
    }

    /** Waits until stderr holds a complete line with {@code text} in it. */
    void awaitErr(String text) {
        await(() -> {
            final boolean hasEnded = !process.isAlive();
            final String all = Files.readString(err);
            final boolean holds = all.contains(text) && all.indexOf('\n', all.indexOf(text)) >= 0;
            assertThat(hasEnded && !holds).as("ended without '%s': %s", text, all).isFalse();
            return holds;
        });
    }

    /** Waits until stdout holds {@code text}. */
    void awaitOut(String text) {
        await(() -> Files.readString(out).contains(text));
    }

    /** Something that is to become true. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Waits for a condition that another process brings about. */
    static void await(Condition condition) {
        try {
            for (int look = 0; !condition.holds(); look++) {
                assertThat(look).as("looks").isLessThan(PATIENCE);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Outcome await() {
        try {
            for (int look = 0; !process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS); look++) {
                assertThat(look).as("ended in time").isLessThan(PATIENCE);
            }
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException ignored) {
            // only a temporary file
        }
    }
}
