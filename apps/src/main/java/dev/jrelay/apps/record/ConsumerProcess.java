// SPDX-License-Identifier: Apache-2.0
package dev.jrelay.apps.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The process that drains the channel, as the process that started it sees it. It runs the same jar with the hidden
 * subcommand {@code consume}.
 *
 * <p>The two hold on to each other: this side learns of the consumer's end from its exit; the consumer learns of this
 * side's end from the channel's control page and, should that not tell (a dead process that nobody reaps), from its
 * stdin, which this side keeps open. Ctrl-C at a terminal goes to both; the consumer ignores it and drains.
 */
final class ConsumerProcess implements AutoCloseable {
    private static final int START_SECONDS = 60;

    private final Process process;
    private final Deliveries[] deliveries;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final Thread reader;
    private volatile String error;

    private ConsumerProcess(Process process, int buffers) {
        this.process = process;
        this.deliveries = new Deliveries[buffers];
        for (int i = 0; i < buffers; i++) {
            deliveries[i] = new Deliveries();
        }
        this.reader = Thread.ofPlatform().daemon().name("consumer-report").start(this::readReport);
    }

    /**
     * Starts the process.
     *
     * @param directory where the channel's files are
     * @throws IOException if it cannot be started
     */
    static ConsumerProcess start(ChannelDirectory directory, RecordPlan plan) throws IOException {
        final List<String> command = ConsumerJvm.command(directory.path(), plan.output(), plan.kind(),
                plan.rotation(), directory.isFresh(), plan.buffers(), plan.geometry());
        return new ConsumerProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(),
                plan.buffers());
    }

    private void readReport() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                accept(line);
            }
        } catch (IOException | RuntimeException garbled) {
            error = "the report of the consumer process cannot be read: " + garbled;
            process.destroyForcibly(); // it ignores signals
        }
    }

    private void accept(String line) {
        final String[] words = line.split(" ", 2);
        switch (words[0]) {
            case "ready" -> ready.complete(null);
            case "run" -> {
                final String[] numbers = words[1].split(" ");
                deliveries[Integer.parseInt(numbers[0])].add(Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
            }
            case "passed" -> {
                final String[] numbers = words[1].split(" ");
                deliveries[Integer.parseInt(numbers[0])].addPassed(Long.parseLong(numbers[1]));
            }
            case "error" -> error = words[1];
            default -> System.err.println("relay: consumer: " + line); // a JVM prints its warnings there too
        }
    }

    /** Waits until the consumer has mapped the channel and opened its files. */
    void awaitReady() throws IOException, InterruptedException {
        process.onExit().thenRun(() -> ready.completeExceptionally(new IOException("ended")));
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException ended) {
            throw new IOException(describeEnd(), ended);
        } catch (TimeoutException late) {
            throw new IOException("the consumer process " + process.pid() + " did not start within " + START_SECONDS
                    + " s", late);
        }
    }

    /** Has {@code action} run when the process ends, for whatever reason. */
    void onExit(Runnable action) {
        process.onExit().thenRun(action);
    }

    /** Waits for the end; true if the consumer says that it drained everything. */
    boolean awaitEnd() throws InterruptedException {
        process.waitFor();
        reader.join();
        return process.exitValue() == 0 && error == null;
    }

    /** Why the process ended before its time. */
    String describeEnd() throws InterruptedException {
        awaitEnd();
        if (error != null) {
            return error;
        }
        final int code = process.exitValue();
        return "the consumer process " + process.pid() + " ended too early: "
                + (code > 128 ? "killed by signal " + (code - 128) : "exit code " + code);
    }

    /** What the consumer says it has written. To be asked after its end. */
    Deliveries deliveries(int buffer) {
        return deliveries[buffer];
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the process if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
